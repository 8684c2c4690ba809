import type { DecisionRecord } from './answers.ts';
import { type Bank, openBank } from './bank.ts';
import { bankDay } from './bank-day.ts';
import { type Commentary, commentary } from './commentary.ts';
import { type Connection, connect } from './connection.ts';
import { runDay } from './day.ts';
import type { Floor } from './floor.ts';
import { isGiven } from './recount/held-by.ts';
import { findings, numbers } from './recount/numbers.ts';
import { readDecisions, readStanding, type Standing } from './recount/standing.ts';
import type { Show } from './show.ts';

export type Outcome = Awaited<ReturnType<typeof playDay>>;

/** Plays the recorded day against a laptop at `url` and recounts it. */
export async function playDay(url: string, show: Show) {
  const startedAt = performance.now();
  const connection = connect(url);
  const bank = await openBank(connection);
  const calls = bankDay();
  const told = commentary(connection, bank, show, calls.length);
  const floor = await runDay(connection, bank, calls, told);
  show.end();
  const counted = await recount(connection, bank, floor, told);
  return {
    calls: calls.length,
    numbers: numbers(counted),
    findings: findings(counted),
    gotTheirChatBack: floor.totals().gotBack,
    recounts: told.recounts(),
    httpCalls: connection.calls(),
    tookSeconds: Math.round(performance.now() - startedAt) / 1_000,
  };
}

async function recount(connection: Connection, bank: Bank, floor: Floor, told: Commentary) {
  const standing = await readStanding(connection, bank);
  return {
    ...standing,
    decisions: await decisionsOf(connection, bank, standing),
    startedIds: floor.chats.keys(),
    loadDiffered: told.differences(),
  };
}

const READS_IN_PARALLEL = 16;

/** The decisions about every chat that an agent was given. */
async function decisionsOf(connection: Connection, bank: Bank, { chats }: Standing) {
  const decisions = new Map<string, readonly DecisionRecord[]>();
  const left = chats.filter(isGiven);
  const readOn = async () => {
    for (let chat = left.pop(); chat !== undefined; chat = left.pop()) {
      decisions.set(chat.id, await readDecisions(connection, bank, chat.id));
    }
  };
  await Promise.all(Array.from({ length: READS_IN_PARALLEL }, readOn));
  return decisions;
}
