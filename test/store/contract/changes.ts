import { expect, test } from '@jest/globals';
import type { Agent } from '../../../domain/agent.ts';
import type { OpenChat } from '../../../domain/chat.ts';
import { taken, without } from '../../../domain/load.ts';
import { assign } from '../../../domain/verbs/assign.ts';
import { close } from '../../../domain/verbs/close.ts';
import { queue } from '../../../domain/verbs/transfer.ts';
import { readAgent, removeAgent, saveAgent } from '../../../functions/store/agents.ts';
import { type Changes, saveChange, saveChanges } from '../../../functions/store/changes.ts';
import type { StoredChat } from '../../../functions/store/chat-row.ts';
import { readChat, readDecisions } from '../../../functions/store/chats.ts';
import type { Table } from '../../../functions/store/client.ts';
import { readQueue } from '../../../functions/store/transfer-queue.ts';
import { agent, agentId, decisionId, LINE_1, NOW } from '../../support/domain.ts';
import {
  afterOthers,
  conflict,
  type Fault,
  isTransaction,
  openDoor,
  throttled,
  timedOutAfter,
  timedOutBefore,
} from '../../support/faults.ts';
import { ACME, ADA, ada, chatAt, DECISION, isCommitted, later, open, put, table } from './fixtures.ts';

const BO = agent({ id: 'bo' });
const HERE: readonly number[] = [1, 2, 3];
const MOVED = { ...DECISION, trigger: 'distribution' as const, winner: BO.id };
const bo = async () => (await readAgent(table, ACME, BO.id)) as Agent;

type Own = StoredChat & { readonly chat: OpenChat };

/** Three of Ada's that are queued for line 1, where Bo is. */
async function threeQueued(): Promise<readonly Own[]> {
  await put(ADA, BO);
  const all: Own[] = [];
  for (const number of HERE) {
    const before = await open(number);
    const to = { groupId: LINE_1.id, reason: null, isBotTransfer: false };
    const chat = queue(before.chat, to, later(number)) as OpenChat;
    expect(await saveChange(table, { before, after: chat }, [])).toEqual(isCommitted);
    all.push({ ...before, chat });
  }
  return all;
}

/** Moves them all from Ada to Bo, as both are now or as they are given. */
async function moveAll(
  all: readonly Own[],
  on: Table = table,
  seen: Partial<Record<'from' | 'to', Agent>> = {},
) {
  const { from = await ada(), to = await bo() } = seen;
  const changes = all.map((before, index) => {
    const id = decisionId(`dec_${index + 2}`);
    const after = assign(
      before.chat,
      {
        agentId: BO.id,
        method: 'distributed-by-operator',
        reason: null,
        forced: false,
        decisionId: id,
        createdOn: before.chat.transfer?.createdOn ?? null,
        weight: 1,
      },
      NOW,
    );
    return { before, after, decision: { ...MOVED, id, chatId: after.id } };
  });
  const left = all.reduce((one, { chat }) => without(one, chat), from);
  const got = all.reduce((one, { chat }) => taken(one, chat.id, 1), to);
  return saveChanges(on, ACME, changes, [
    { before: from, after: { ...left, version: from.version + 1 } },
    { before: to, after: { ...got, version: to.version + 1 } },
  ]);
}

const counts = async () => [(await ada()).openChats, (await bo()).openChats, (await queued()).length];
const queued = async () => (await readQueue(table, ACME)).queued;
const refused = (saved: Changes) => {
  if (saved.outcome !== 'refused') throw new Error(`it is ${saved.outcome}`);
  const { chats, agents, gone } = saved;
  return { chats: chats.map(({ chat }) => chat.id), agents: agents.map(({ id }) => id), gone };
};

export function changes(): void {
  test('of several chats are written together, with their decisions, their agents and the queue', async () => {
    const all = await threeQueued();
    expect(await moveAll(all)).toEqual(isCommitted);
    expect(await counts()).toEqual([0, 3, 0]);
    for (const number of HERE) {
      const id = chatAt(number);
      expect((await readChat(table, ACME, id))?.chat).toMatchObject({ agentId: 'bo', transfer: null });
      const decisions = await readDecisions(table, ACME, id);
      expect(decisions?.map(({ trigger }) => trigger)).toEqual(['start', 'distribution']);
    }
  });

  const status = async (one: Agent) =>
    saveAgent(table, ACME, { ...one, status: 'busy', version: one.version + 1 }, one.version);
  const closed = async ({ chat, ...rest }: Own) =>
    saveChange(table, { before: { ...rest, chat }, after: close(chat, 'closed-by-agent', NOW) }, []);

  type Others = (all: readonly Own[]) => Promise<unknown>;
  const OTHERS: readonly (readonly [string, Others, ReturnType<typeof refused>])[] = [
    [
      'a chat was closed',
      async ([, second]) => second && closed(second),
      { chats: [chatAt(2)], agents: [], gone: [] },
    ],
    ['an agent was changed', async () => status(await bo()), { chats: [], agents: [BO.id], gone: [] }],
    [
      'an agent was removed',
      async () => removeAgent(table, ACME, await bo()),
      { chats: [], agents: [], gone: [BO.id] },
    ],
    [
      'two chats and both agents were changed',
      async ([first, , third]) => {
        if (first === undefined || third === undefined) throw new Error('there are three');
        await Promise.all([closed(first), closed(third)]);
        await Promise.all([status(await ada()), status(await bo())]);
      },
      { chats: [chatAt(1), chatAt(3)], agents: [agentId('ada'), BO.id], gone: [] },
    ],
    [
      'one agent was changed, the other removed',
      async () => {
        await status(await ada());
        await removeAgent(table, ACME, await bo());
      },
      { chats: [], agents: [agentId('ada')], gone: [BO.id] },
    ],
  ];
  test.each(OTHERS)('are none of them written when %s, and say what was met', async (_, others, met) => {
    const all = await threeQueued();
    const seen = { from: await ada(), to: await bo() };
    await others(all);
    expect(refused(await moveAll(all, table, seen))).toEqual(met);
    expect((await ada()).openChats).toBe(3);
    expect((await readAgent(table, ACME, BO.id))?.openChats ?? 0).toBe(0);
    expect(await queued()).toHaveLength(3);
    for (const number of HERE) {
      expect(await readDecisions(table, ACME, chatAt(number))).toHaveLength(1);
    }
  });

  test('come with the rows as they are when they are refused', async () => {
    const all = await threeQueued();
    const seen = { from: await ada(), to: await bo() };
    await status(seen.to);
    const saved = await moveAll(all, table, seen);
    expect(saved).toMatchObject({ agents: [{ id: 'bo', status: 'busy', version: seen.to.version + 1 }] });
  });

  const FAULTS: readonly (readonly [string, Fault])[] = [
    ['a conflict', conflict],
    ['a throttle', throttled],
    ['a lost request', timedOutBefore],
    ['a lost answer', timedOutAfter],
  ];
  test.each(FAULTS)('survive %s, written once', async (_, fault) => {
    const all = await threeQueued();
    const door = openDoor();
    door.next(isTransaction, fault);
    expect(await moveAll(all, door.through(table))).toEqual(isCommitted);
    expect(door.isThrough()).toBe(true);
    expect(await counts()).toEqual([0, 3, 0]);
  });

  test.each([
    ['conflict', conflict],
    ['throttled', throttled],
  ] as const)('that stay in %s say so, and nothing is written', async (outcome, fault) => {
    const all = await threeQueued();
    const door = openDoor();
    door.always(isTransaction, fault);
    expect(await moveAll(all, door.through(table))).toEqual({ outcome });
    expect(await counts()).toEqual([3, 0, 3]);
  });

  test('whose answer was lost are recognised, though an agent was changed again before they were sent again', async () => {
    const all = await threeQueued();
    const door = openDoor();
    door.next(
      isTransaction,
      timedOutAfter,
      afterOthers(async () => status(await bo())),
    );
    expect(await moveAll(all, door.through(table))).toEqual(isCommitted);
    expect(await counts()).toEqual([0, 3, 0]);
  });

  test('that were lost on the way, and refused when sent again, are no success', async () => {
    const all = await threeQueued();
    const [first] = all;
    const door = openDoor();
    door.next(
      isTransaction,
      timedOutBefore,
      afterOthers(async () => first && closed(first)),
    );
    expect(refused(await moveAll(all, door.through(table)))).toEqual({
      chats: [chatAt(1)],
      agents: [],
      gone: [],
    });
    expect(await counts()).toEqual([3, 0, 3]);
  });
}
