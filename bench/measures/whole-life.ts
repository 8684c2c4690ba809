import type { AgentId, ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Timeouts } from '../../domain/timeouts.ts';
import { runDueTimers } from '../../functions/scheduled/timers.ts';
import { readChat } from '../../functions/store/chats.ts';
import { agentIdAt, closedBefore } from '../agents.ts';
import { readUnits, writeUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { DOLLARS_PER_MILLION_READS, DOLLARS_PER_MILLION_WRITES } from '../prices.ts';
import { populate, startOne, type World } from '../world.ts';

const CHATS = 100;
const AGENTS = 100;
const MESSAGES = 6;
const HELD_EACH = 10;
const MINUTE_MS = 60_000;
/** 15 in 100. */
const isTransferred = (chat: number) => chat % 20 < 3;

type Step = 'start' | 'messages' | 'hold and resume' | 'transfer' | 'close' | 'time-outs';
type Units = { writes: number; reads: number };

/**
 * What a chat costs from its start to its close, by the engine's own count, step by step; with time-outs on, also what
 * the sweep does for them.
 */
export async function wholeLife(world: World): Promise<readonly Measure[]> {
  const off = await livesOf(world, 'life', NO_TIMEOUTS);
  const on = await livesOf(world, 'watched-life', TIMEOUTS);
  return linesOf(off, on);
}

const NO_TIMEOUTS: Timeouts = {
  changeAgentMinutes: 0,
  changeAgentMaxMoves: 3,
  closeAfterLastMessageMinutes: 0,
};
const TIMEOUTS: Timeouts = { ...NO_TIMEOUTS, changeAgentMinutes: 5, closeAfterLastMessageMinutes: 15 };

type Steps = ReadonlyMap<Step, Units>;

async function livesOf(world: World, name: string, timeouts: Timeouts): Promise<Steps> {
  const projectId = await populate(world, name, {
    agents: AGENTS,
    maxLoad: 5,
    timeouts,
    card: index => ({ lastClosedAt: closedBefore(index) }),
  });
  const steps = new Map<Step, Units>();
  const during = async <T>(step: Step, work: () => Promise<T>): Promise<T> => {
    world.counter.reset();
    const result = await work();
    const { calls } = world.counter;
    const before = steps.get(step) ?? { writes: 0, reads: 0 };
    steps.set(step, { writes: before.writes + writeUnits(calls), reads: before.reads + readUnits(calls) });
    return result;
  };
  for (let chat = 0; chat < CHATS; chat += 1) await oneLife(world, projectId, chat, during);
  if (timeouts === TIMEOUTS) {
    const { context } = world;
    const due = (context.now() + TIMEOUTS.changeAgentMinutes * MINUTE_MS) as Instant;
    await during('time-outs', () => runDueTimers(context, due));
  }
  return steps;
}

type During = <T>(step: Step, work: () => Promise<T>) => Promise<T>;

async function oneLife(world: World, projectId: ProjectId, chat: number, during: During): Promise<void> {
  const { body } = await during('start', () => startOne(world, projectId, 'Hello, is anybody there?'));
  const { id } = body.chat;
  const params = { projectId, chatId: id };
  const agent = { agent: await agentOf(world, projectId, id), of: projectId };
  for (let message = 1; message < MESSAGES; message += 1) {
    const text = 'A sentence or two, as people write them in a chat: what they need, and since when.';
    const as = message % 2 === 1 ? agent : { visitor: body.visitorToken };
    await during('messages', () => world.call('postMessage', params, as, { text }));
  }
  const as = { operatorOf: projectId };
  if (chat % HELD_EACH === 0) {
    await during('hold and resume', async () => {
      await world.call('holdChat', params, as);
      await world.call('resumeChat', params, as);
    });
  }
  if (isTransferred(chat)) {
    const to = { agentId: await anotherThanOf(world, projectId, id, chat) };
    await during('transfer', () => world.call('transferChat', params, as, { to }));
  }
  await during('close', () => world.call('closeChat', params, as));
}

async function agentOf({ context }: World, projectId: ProjectId, id: ChatId): Promise<AgentId> {
  const stored = await readChat(context.table, projectId, id);
  if (stored?.chat.state !== 'open') throw new Error(`${id} has no agent`);
  return stored.chat.agentId;
}

async function anotherThanOf(world: World, projectId: ProjectId, id: ChatId, turn: number) {
  const next = agentIdAt(turn % AGENTS);
  return (await agentOf(world, projectId, id)) === next ? agentIdAt((turn + 1) % AGENTS) : next;
}

function linesOf(off: Steps, on: Steps): readonly Measure[] {
  const perChat = (steps: Steps, what: keyof Units) =>
    [...steps.values()].reduce((sum, units) => sum + units[what], 0) / CHATS;
  const dollars = (steps: Steps) =>
    (
      perChat(steps, 'writes') * DOLLARS_PER_MILLION_WRITES +
      perChat(steps, 'reads') * DOLLARS_PER_MILLION_READS
    ).toFixed(2);
  const by = (what: keyof Units) =>
    [...off].map(([step, units]) => `${step} ${(units[what] / CHATS).toFixed(2)}`).join(', ');
  const withTimeouts = (what: keyof Units) => `with both time-outs on ${perChat(on, what).toFixed(2)} in all`;
  return [
    {
      name: 'whole life of a chat: write units on average, indexes included',
      value: perChat(off, 'writes'),
      unit: 'WU',
      bar: 26,
      better: 'at-most',
      note: `${by('writes')}; ${withTimeouts('writes')}`,
    },
    {
      name: 'the same: read units',
      value: perChat(off, 'reads'),
      unit: 'RU',
      bar: 14,
      better: 'at-most',
      note: `${by('reads')}; ${withTimeouts('reads')}; $${dollars(off)} per million chats for both, with time-outs $${dollars(on)}`,
    },
  ];
}
