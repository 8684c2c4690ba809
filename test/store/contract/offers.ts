import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Agent } from '../../../domain/agent.ts';
import type { AgentId } from '../../../domain/brands.ts';
import { isLegal, type OfferedChat, type WaitingChat } from '../../../domain/chat.ts';
import type { Decision } from '../../../domain/decision.ts';
import { taken } from '../../../domain/load.ts';
import { assign } from '../../../domain/verbs/assign.ts';
import { close } from '../../../domain/verbs/close.ts';
import { offer, withdraw } from '../../../domain/verbs/offer.ts';
import { readAgent } from '../../../functions/store/agents.ts';
import { saveChange } from '../../../functions/store/changes.ts';
import type { StoredChat } from '../../../functions/store/chat-row.ts';
import { readChat, readDecisions } from '../../../functions/store/chats.ts';
import { chatPartition } from '../../../functions/store/keys.ts';
import { readLine } from '../../../functions/store/line.ts';
import {
  readOfferees,
  readOpenOffers,
  saveOffered,
  wasOffered,
  writeOfferees,
} from '../../../functions/store/offers.ts';
import { queryPartition } from '../../../functions/store/read.ts';
import { offerNew } from '../../../functions/store/start.ts';
import { findWork } from '../../../functions/store/sweep.ts';
import { agent, agentId, decisionId, LINE_1, NOW } from '../../support/domain.ts';
import { openDoor } from '../../support/faults.ts';
import {
  ACME,
  ADA,
  ada,
  chatAt,
  DECISION,
  isCommitted,
  join,
  later,
  NOBODY,
  put,
  storedAs,
  table,
  waiting,
} from './fixtures.ts';

const OFFERING: Decision = {
  ...NOBODY,
  id: decisionId('dec_offer'),
  outcome: 'offered',
  decidedBy: 'offer',
  offeredBecause: 'all-full',
};
const BO = agent({ id: 'bo', maxLoad: 0 });

const offered = (agents: number, given: Partial<WaitingChat> = {}, groupId: OfferedChat['groupId'] = null) =>
  offer(waiting(1, { version: 1, ...given }), { id: OFFERING.id, groupId, agents, at: NOW });

/** A chat as a start offers it to Ada and Bo. */
async function offerToTwo() {
  const stored = storedAs(offered(2), OFFERING);
  await writeOfferees(table, ACME, stored.chat.id, stored.chat.offer, [ADA.id, BO.id]);
  expect(await offerNew(table, stored, [])).toEqual(isCommitted);
  return stored;
}

const idsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => agentId(`agent-${String(index).padStart(4, '0')}`));

async function accept(before: StoredChat & { chat: OfferedChat }, by: Agent) {
  const given = { agentId: by.id, method: 'accepted' as const, reason: null, forced: true, decisionId: null };
  const after = assign(before.chat, { ...given, weight: 2 }, NOW);
  const saved = await saveChange(table, { before, after }, [{ before: by, after: taken(by, after.id, 2) }]);
  return { after, saved };
}

const withdrawn = async (before: StoredChat & { chat: OfferedChat }) =>
  (await saveChange(table, { before, after: withdraw(before.chat, later(5)) }, [])).outcome;
const closed = async (before: StoredChat & { chat: OfferedChat }) =>
  (await saveChange(table, { before, after: close(before.chat, 'closed-by-visitor', NOW) }, [])).outcome;

export function offers(): void {
  test.each([1, 2, 20, 21, 2_000])('to %i: everybody is found, nobody else is', async count => {
    const ids = idsOf(count);
    const chat = offered(count);
    await writeOfferees(table, ACME, chat.id, chat.offer, ids);
    expect(await readOfferees(table, ACME, chat.id, chat.offer.id)).toEqual(ids);
    const asked = [ids[0], ids[Math.floor(count / 2)], ids.at(-1)] as AgentId[];
    for (const id of asked) expect({ id, was: await wasOffered(table, chat, id) }).toEqual({ id, was: true });
    for (const id of ['agent', 'agent-2000', 'agent-00000', 'zz'].map(agentId)) {
      expect({ id, was: await wasOffered(table, chat, id) }).toEqual({ id, was: false });
    }
  });

  test.each([
    ['numbered', idsOf(2_000)],
    ['with the same ends', Array.from({ length: 2_000 }, (_, index) => agentId(`team-${index}-member`))],
  ])('to 2,000 %s agents stand in rows of less than two kilobytes', async (_, ids) => {
    const chat = offered(ids.length);
    await writeOfferees(table, ACME, chat.id, chat.offer, ids);
    const { rows } = await queryPartition(table, chatPartition(ACME, chat.id), { beginsWith: 'OFFER#' });
    expect(rows.length).toBeGreaterThan(50);
    expect(Math.max(...rows.map(row => JSON.stringify(row).length))).toBeLessThan(2_048);
  });

  test.each([2, 2_000])('to %i: looking one up reads one row, by its key', async count => {
    const chat = offered(count);
    await writeOfferees(table, ACME, chat.id, chat.offer, idsOf(count));
    const door = openDoor();
    expect(await wasOffered(door.through(table), chat, agentId('agent-0001'))).toBe(true);
    expect(door.calls.map(call => call.name)).toEqual(['Get']);
  });

  test('find everybody whatever the ids are', async () => {
    const id = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/).map(agentId);
    let offersMade = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(id, { minLength: 1, maxLength: 60 }), id, async (ids, other) => {
        offersMade += 1;
        const made = {
          ...offered(ids.length),
          offer: { ...offered(ids.length).offer, id: decisionId(`dec_${offersMade}`) },
        };
        await writeOfferees(table, ACME, made.id, made.offer, ids);
        expect(await readOfferees(table, ACME, made.id, made.offer.id)).toEqual([...ids].sort());
        for (const one of ids) expect(await wasOffered(table, made, one)).toBe(true);
        expect(await wasOffered(table, made, other)).toBe(ids.includes(other));
      }),
      { numRuns: 10 },
    );
  });

  test('of one chat do not mix: whom an earlier one went to is not asked for the later one', async () => {
    const first = offered(2);
    const second = { ...first, offer: { ...first.offer, id: decisionId('dec_offer2') } };
    await writeOfferees(table, ACME, first.id, first.offer, [ADA.id, BO.id]);
    await writeOfferees(table, ACME, second.id, second.offer, [ADA.id, agentId('cy')]);
    expect(await wasOffered(table, second, BO.id)).toBe(false);
    expect(await readOfferees(table, ACME, first.id, first.offer.id)).toEqual(['ada', 'bo']);
  });

  test('made at the start are read as they were written, and are listed as open', async () => {
    const stored = await offerToTwo();
    expect(await readChat(table, ACME, stored.chat.id)).toEqual(stored);
    expect(await readOpenOffers(table, ACME)).toEqual([
      { chatId: chatAt(1), groupId: null, offerId: OFFERING.id },
    ]);
    expect(await readDecisions(table, ACME, chatAt(1))).toEqual([OFFERING]);
    expect((await readLine(table, ACME, 5)).places).toEqual([]);
    expect((await findWork(table, NOW)).findings).toEqual([{ kind: 'offer', projectId: ACME }]);
  });

  const fromLine = async (decided: boolean) => {
    const why = { ...NOBODY, chatId: chatAt(1) };
    const before = await join(1, { groupId: LINE_1.id }, decided ? why : null);
    const [place] = (await readLine(table, ACME, 5)).places;
    if (place === undefined) throw new Error('it is in the line');
    const made = { id: OFFERING.id, groupId: LINE_1.id, agents: 2, at: NOW };
    const save = () => saveOffered(table, { before, after: offer(before.chat, made) }, OFFERING);
    return { before, why, save };
  };

  test.each([
    ['that was not decided yet', false],
    ['that waits with a reason', true],
  ])('take a chat %s from the line, with the decision', async (_, decided) => {
    const { why, save } = await fromLine(decided);
    expect(await save()).toEqual(isCommitted);
    expect((await readLine(table, ACME, 5)).places).toEqual([]);
    expect((await readOpenOffers(table, ACME))[0]).toMatchObject({ groupId: LINE_1.id });
    expect(await readDecisions(table, ACME, chatAt(1))).toEqual(decided ? [why, OFFERING] : [OFFERING]);
    expect((await readChat(table, ACME, chatAt(1)))?.chat).toMatchObject({ state: 'offered', version: 3 });
  });

  test('are not made of a chat that was closed, or offered, meanwhile', async () => {
    const { before, save } = await fromLine(true);
    await saveChange(table, { before, after: close(before.chat, 'closed-by-visitor', NOW) }, []);
    expect((await save()).outcome).toBe('refused');
    expect(await readOpenOffers(table, ACME)).toEqual([]);
  });

  test('of a waiting chat, two at once: one is made', async () => {
    const { save } = await fromLine(true);
    expect((await Promise.all([save(), save()])).map(({ outcome }) => outcome).sort()).toEqual([
      'committed',
      'refused',
    ]);
    expect(await readOpenOffers(table, ACME)).toHaveLength(1);
  });

  test('that are withdrawn put the chat back into the line, in the place of its age', async () => {
    const before = await offerToTwo();
    await join(2);
    expect(await withdrawn(before)).toBe('committed');
    const { places } = await readLine(table, ACME, 5);
    expect(places.map(place => place.chatId)).toEqual([chatAt(1), chatAt(2)]);
    expect(places[0]).toMatchObject({ since: later(5), decided: true, explained: false, attempts: 0 });
    expect((await readChat(table, ACME, chatAt(1)))?.chat).toMatchObject({ state: 'waiting', version: 3 });
    expect(await readOpenOffers(table, ACME)).toEqual([]);
    expect(await readDecisions(table, ACME, chatAt(1))).toEqual([OFFERING]);
  });

  test('accepted by several at once have exactly one winner, who alone is charged', async () => {
    const others = Array.from({ length: 8 }, (_, index) => agent({ id: `agent-${index}` }));
    await put(ADA, BO, ...others);
    const before = await offerToTwo();
    const all = await Promise.all([ADA, BO, ...others].map(one => accept(before, one)));
    const won = all.filter(({ saved }) => saved.outcome === 'committed');
    expect(won).toHaveLength(1);
    expect((await readChat(table, ACME, chatAt(1)))?.chat).toEqual(won[0]?.after);
    const loads = await Promise.all([ADA, BO, ...others].map(({ id }) => readAgent(table, ACME, id)));
    expect(loads.filter(one => one?.load === 2).map(one => one?.id)).toEqual([won[0]?.after.agentId]);
    expect(await readOpenOffers(table, ACME)).toEqual([]);
  });

  const ENDS = {
    accept: (before: StoredChat & { chat: OfferedChat }) =>
      accept(before, ADA).then(({ saved }) => saved.outcome),
    close: closed,
    withdraw: withdrawn,
  };
  test.each([
    ['accept', 'close'],
    ['accept', 'withdraw'],
    ['close', 'withdraw'],
  ] as const)('of %s and %s at once, one ends the offer', async (one, other) => {
    await put(ADA, BO);
    const before = await offerToTwo();
    const both = await Promise.all([ENDS[one](before), ENDS[other](before)]);
    expect(both.sort()).toEqual(['committed', 'refused']);
    expect(await readOpenOffers(table, ACME)).toEqual([]);
    const chat = (await readChat(table, ACME, chatAt(1)))?.chat;
    expect((await readLine(table, ACME, 5)).places).toHaveLength(chat?.state === 'waiting' ? 1 : 0);
    expect((await ada()).openChats).toBe(chat?.state === 'open' ? 1 : 0);
    expect(chat && isLegal('withdraw', chat)).toBe(false);
  });

  test('are not accepted by an agent that was deactivated, or changed, since it was read', async () => {
    await put(ADA, BO);
    const before = await offerToTwo();
    const { saved } = await accept(before, { ...ADA, version: 9 });
    expect(saved.outcome).toBe('refused');
    expect(await readOpenOffers(table, ACME)).toHaveLength(1);
  });

  test('are listed the oldest chat first, each project’s own', async () => {
    for (const number of [3, 1, 2]) {
      const chat = offered(1, { id: chatAt(number) }, number === 2 ? LINE_1.id : null);
      const stored = storedAs(chat, { ...DECISION, chatId: chat.id });
      expect(await offerNew(table, stored, [])).toEqual(isCommitted);
    }
    const found = await readOpenOffers(table, ACME);
    expect(found.map(({ chatId, groupId }) => [chatId, groupId])).toEqual([
      [chatAt(1), null],
      [chatAt(2), LINE_1.id],
      [chatAt(3), null],
    ]);
    expect(await readOpenOffers(table, 'acme-2' as typeof ACME)).toEqual([]);
  });
}
