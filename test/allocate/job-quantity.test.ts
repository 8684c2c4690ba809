import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId, Instant } from '../../domain/brands.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { runJob } from '../../functions/distribute/run-job.ts';
import { readJob } from '../../functions/store/jobs.ts';
import { agent, LINE_1, LINE_2, NOW } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  afterOthers,
  isTransaction,
  type Matches,
  queries,
  readsTheQueue,
  throttled,
} from '../support/faults.ts';
import { expectConsistent } from '../support/in-order.ts';
import { chatsOf, holderOf, idsOf, inQueue, openQueue, putQueued, queuedChats } from '../support/queued.ts';
import { decisionsAbout, type Standing } from '../support/standing.ts';
import { ACME, openWorld, type World } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const seconds = (count: number) => (NOW + count * 1_000) as Instant;
const lastRun = async ({ table }: World) => (await readJob(table, ACME)).lastRun;

/** Which decisions a run has made of each, by what came out. */
const decided = (standing: Standing, ids: readonly ChatId[]) =>
  ids.map(id =>
    decisionsAbout(standing, id)
      .map(({ outcome }) => outcome)
      .join(),
  );

describe('a run takes the quantity', () => {
  const at = (index: number) => ({ since: (NOW - 60_000 + index) as Instant });

  test.each([
    ['a few', 3],
    ['more than one reading holds', BOUNDS.queueBatchChatsMax + 7],
  ])('exactly, with %s held and closed ones in front', async (_, inFront) => {
    const world = await openWorld(engine);
    const held = queuedChats(world, inFront, { state: 'held', ...at(0) });
    const closed = queuedChats(world, 60, { state: 'closed', ...at(1_000) });
    const open = queuedChats(world, 6, at(2_000));
    const queued = [...held, ...closed, ...open];
    await world.put({
      groups: [{ ...LINE_1, members: 1 }],
      settings: { distribution: { frequencySeconds: 0, quantity: 4 } },
    });
    await putQueued(world, queued, [
      holderOf('ada', queued),
      agent({ id: 'bo', groups: [LINE_1], maxLoad: 3 }),
    ]);
    await world.job('run');
    const { standing } = await expectConsistent(world);
    expect(inQueue(standing)).toEqual([...idsOf(held), ...idsOf(open).slice(4)]);
    expect(decided(standing, idsOf(open))).toEqual(['assigned', 'assigned', 'assigned', 'all-full', '', '']);
    expect(await lastRun(world)).toEqual({
      at: NOW,
      read: inFront + 64,
      distributed: 3,
      notDistributed: 1,
      held: inFront,
      purged: 60,
      because: { 'all-full': 1 },
      tookMs: 0,
    });
  });

  test('in the order in which they were queued over all groups, whatever the ids and the groups are', async () => {
    const world = await openWorld(engine);
    const late = queuedChats(world, 3, { groupId: LINE_2.id, ...at(500) });
    const early = queuedChats(world, 3, { ...at(0) });
    const between = queuedChats(world, 2, { state: 'bot', groupId: LINE_2.id, ...at(250) });
    const queued = [...late, ...early, ...between];
    await world.put({
      groups: [LINE_1, LINE_2].map(line => ({ ...line, members: 1 })),
      settings: { distribution: { frequencySeconds: 0, quantity: 6 } },
    });
    await putQueued(world, queued, [
      holderOf('ada', queued),
      agent({ id: 'bo', groups: [LINE_1], maxLoad: null }),
      agent({ id: 'cy', groups: [LINE_2], maxLoad: null }),
    ]);
    await world.job('run');
    const { standing } = await expectConsistent(world);
    expect(inQueue(standing)).toEqual(idsOf(late).slice(1));
    const given = standing.chats.filter(({ chat }) => chat.assignments.length > 0);
    expect(new Set(given.map(({ chat }) => chat.assignments[0]?.method))).toEqual(
      new Set(['distributed-by-operator', 'distributed-by-chatbot']),
    );
  });

  test('and takes nothing out before its outcome is written', async () => {
    const { world, ids } = await openQueue(engine, 40, { quantity: 40, roomOf: 10 });
    await world.job('run');
    const history = await world.history();
    const left = history.flatMap(({ before, after }, index) =>
      String(before?.pk).endsWith('#QUEUE') && after === null ? [{ chatId: before?.chatId, index }] : [],
    );
    expect(left.map(({ chatId }) => chatId).sort()).toEqual([...ids].sort());
    for (const { chatId, index } of left) {
      const last = history
        .slice(0, index)
        .findLast(({ after }) => String(after?.pk).endsWith(String(chatId)));
      expect(last?.after).toMatchObject({ sk: 'CHAT', decision: expect.any(String) });
      expect(last?.after?.transfer).toBeUndefined();
    }
    const { standing } = await expectConsistent(world);
    const outcomes = decided(standing, ids);
    expect([
      outcomes.filter(one => one === 'assigned').length,
      outcomes.filter(one => one === 'all-full').length,
    ]).toEqual([10, 30]);
  });

  test('of nothing while automatic allocation is off: nothing is decided, purged or taken out', async () => {
    const { world, ids } = await openQueue(engine, 4);
    const closed = queuedChats(world, 2, { state: 'closed' });
    await putQueued(world, closed);
    await world.put({ settings: { automaticAllocation: false } });
    world.queue.push({ kind: 'run-job', projectId: ACME, dueAt: NOW });
    expect(await world.deliver()).toBe(0);
    expect((await world.job('run')).body).toMatchObject({ lastRun: { read: 0 }, queued: 4 });
    const { standing } = await expectConsistent(world);
    expect(new Set(inQueue(standing))).toEqual(new Set([...ids, ...idsOf(closed)]));
    expect(standing.decisions).toEqual([]);
  });

  test('and what each finds decides as if the ones before it were written: nobody gets more than fits', async () => {
    const { world, ids } = await openQueue(engine, 50, { quantity: 50, roomOf: 7 });
    await world.job('run');
    const { standing } = await expectConsistent(world);
    expect(chatsOf(standing, 'bo')).toEqual(ids.slice(0, 7));
  });
});

describe('a run over a queue that others change', () => {
  test('while it is read, page by page: a chat that is queued anew meanwhile is decided once', async () => {
    const world = await openWorld(engine);
    const [moved, ...others] = queuedChats(world, 3);
    const held = queuedChats(world, BOUNDS.queueBatchChatsMax, { state: 'held', since: NOW });
    if (moved === undefined) throw new Error('there are three');
    const queued = [moved, ...held, ...others.map(one => ({ ...one }))];
    await world.put({
      groups: [LINE_1, LINE_2].map(line => ({ ...line, members: 1 })),
      settings: { distribution: { frequencySeconds: 0, quantity: 10 } },
    });
    const bo = agent({ id: 'bo', groups: [LINE_1], maxLoad: null });
    const cy = agent({ id: 'cy', groups: [LINE_2], maxLoad: null });
    await putQueued(world, queued, [holderOf('ada', queued), bo, cy]);
    await world.job('start');
    world.door.next(
      readsTheQueue,
      carryOut => carryOut(),
      afterOthers(() => world.transfer(moved.chat.id, { groupId: 'line-2' })),
    );
    // The place it gets is behind all that were held.
    world.clock.now = seconds(10);
    expect((await world.job('run')).status).toBe(200);
    expect(world.door.isThrough()).toBe(true);
    await world.job('run');
    const { standing } = await expectConsistent(world);
    expect(standing.queue.every(({ state }) => state === 'held')).toBe(true);
    expect(chatsOf(standing, 'cy')).toEqual([moved.chat.id]);
    expect(decided(standing, [moved.chat.id])).toEqual(['assigned']);
  });

  test('purges what it can: what stays is not counted, and goes with the next run', async () => {
    const { world } = await openQueue(engine, 1);
    await putQueued(world, queuedChats(world, 3, { state: 'closed' }));
    const purges: Matches = ({ input }) =>
      ((input.TransactItems ?? []) as readonly object[]).every(item => 'Delete' in item);
    world.door.always(call => isTransaction(call) && purges(call), throttled);
    expect((await world.job('run')).body).toMatchObject({ lastRun: { read: 1, distributed: 1, purged: 0 } });
    await world.door.mend();
    expect((await world.job('run')).body).toMatchObject({ lastRun: { read: 3, purged: 3 } });
    expect(inQueue((await expectConsistent(world)).standing)).toEqual([]);
  });
});

describe('a run reads the agents once', () => {
  test('for 50 chats and 50 agents, and writes many moves in one transaction', async () => {
    const world = await openWorld(engine);
    const queued = [...queuedChats(world, 50)];
    const members = Array.from({ length: 50 }, (_, index) =>
      agent({ id: `bo-${String(index).padStart(2, '0')}`, groups: [LINE_1], maxLoad: 1 }),
    );
    await world.put({
      groups: [{ ...LINE_1, members: 50 }],
      settings: { distribution: { frequencySeconds: 0, quantity: 50 } },
    });
    await putQueued(world, queued, [holderOf('ada', queued), ...members]);
    world.door.calls.length = 0;
    const done = await runJob(world.context, ACME, { dueAt: null, budgetMs: 1_000 });
    expect(done).toMatchObject({ read: 50, distributed: 50 });
    const names = world.door.calls.map(({ name }) => name);
    const count = (name: string) => names.filter(one => one === name).length;
    // The group's members, their rows, and Ada; the chats themselves.
    expect(world.door.calls.filter(queries(/#MEMBERS#/))).toHaveLength(1);
    expect(count('BatchGet')).toBeLessThanOrEqual(4);
    expect(count('TransactWrite')).toBeLessThanOrEqual(4);
    expect(names.length).toBeLessThanOrEqual(25);
    await expectConsistent(world);
  });
});
