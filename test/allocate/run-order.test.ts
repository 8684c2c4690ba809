import { afterAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { agent, LINE_1 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, isTransaction, timedOutBefore } from '../support/faults.ts';
import { expectConsistent, expectInOrder } from '../support/in-order.ts';
import { chatsOf, inQueue, openQueue } from '../support/queued.ts';
import { decisionsAbout } from '../support/standing.ts';
import { chatOf, openTeam, transferOn } from '../support/transfers.ts';
import { openWorld, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const FIVE_SECONDS_MS = 5_000;

describe('a run', () => {
  test('leaves a slot that it frees to the older chat that waits for it, and says why', async () => {
    const world = await openWorld(engine);
    const ada = agent({ id: 'ada', groups: [LINE_1], maxLoad: 1, channels: ['web', 'mail'] });
    const bo = agent({ id: 'bo', groups: [LINE_1], maxLoad: 1, channels: ['web'], status: 'offline' });
    await world.put({
      groups: [LINE_1],
      agents: [ada, bo],
      channels: [{ id: 'mail' as never, name: 'Mail', weight: 1 }],
    });
    const mine = await chatOf(world, 'ada');
    const [older] = waitingLine(world, 1, 'mail');
    if (older === undefined) throw new Error('it waits');
    await world.put({ waiting: [older] });
    const younger = (await world.start({ withBot: true })).body.chat.id;
    await world.job('start');
    await transferOn(world, mine, { groupId: 'line-1' });
    await world.call('transferChat', {
      params: { chatId: younger },
      as: 'bot',
      body: { to: { groupId: 'line-1' } },
    });
    await world.setStatus('bo', 'online');
    await world.job('run');
    const { standing } = await expectInOrder(world);
    expect([chatsOf(standing, 'bo'), chatsOf(standing, 'ada')]).toEqual([[mine], [older.id]]);
    const [decision] = decisionsAbout(standing, younger);
    expect(decision?.steps.flatMap(({ excluded }) => excluded)).toContainEqual({
      agentId: 'ada',
      why: 'lost-claim',
    });
  });

  test('gives as many as it may, though others take some of them in the meantime', async () => {
    const { world, ids } = await openQueue(engine, 8, { quantity: 4 });
    const [first, second] = ids;
    if (first === undefined || second === undefined) throw new Error('there are eight');
    world.door.next(
      isTransaction,
      afterOthers(async () => {
        await world.hold(first);
        await world.close(second);
      }),
    );
    const { body } = await world.job('run');
    expect((body as unknown as { lastRun: object }).lastRun).toMatchObject({
      read: 6,
      distributed: 4,
      held: 1,
      purged: 1,
    });
    const { standing } = await expectConsistent(world);
    expect(inQueue(standing)).toEqual([first, ...ids.slice(6)]);
  });

  test.each([0, 13, 40, 59])(
    'is missed by none of its times, whichever second the schedule fires at: %i',
    async second => {
      const { world } = await openQueue(engine, 200, { quantity: 1 });
      const at = (seconds: number) =>
        (Math.floor(world.clock.now / 60_000) * 60_000 + seconds * 1_000) as Instant;
      const [begin, end] = [at(50), at(230)];
      // Queued before, so the first armed; from then on only the schedule does.
      world.clock.now = begin;
      await world.job('start');
      const ranAt: number[] = [];
      for (let now = begin; now <= end; now = (now + 1_000) as Instant) {
        world.clock.now = now;
        if ((now / 1_000) % 60 === second) await world.minute();
        await world.deliver();
        const { lastRun } = (await world.call('readJob')).body as unknown as {
          lastRun: { at: string } | null;
        };
        const last = lastRun === null ? null : Date.parse(lastRun.at);
        if (last !== null && last !== ranAt.at(-1)) ranAt.push(last);
      }
      const due = Array.from(
        { length: (end - begin) / FIVE_SECONDS_MS },
        (_, index) => begin + (index + 1) * FIVE_SECONDS_MS,
      );
      expect(ranAt).toEqual(due);
    },
  );
});

describe('a request that was lost on its way', () => {
  const lostAnd = (others: () => Promise<unknown>) => async () => {
    await others();
    return timedOutBefore(async () => {}, { name: '', input: {} });
  };

  test('is not taken for done, because others changed the chat: a transfer to a group is queued then', async () => {
    const world = await openTeam(engine);
    await world.job('start');
    const id = await chatOf(world);
    const others = async () => {
      await world.hold(id);
      await world.resume(id);
    };
    world.door.next(isTransaction, lostAnd(others));
    expect((await world.transfer(id, { groupId: 'line-1' })).body.outcome).toBe('queued');
    expect(inQueue((await expectConsistent(world)).standing)).toEqual([id]);
  });

  test('is not taken for done: a chat that was resumed and put on hold by others is resumed again', async () => {
    const world = await openTeam(engine);
    const id = await chatOf(world);
    await world.hold(id);
    const others = async () => {
      await world.resume(id);
      world.clock.now = (world.clock.now + 1_000) as Instant;
      await world.hold(id);
    };
    world.door.next(isTransaction, lostAnd(others));
    expect((await world.resume(id)).body.outcome).toBe('resumed');
    const { standing } = await expectConsistent(world);
    expect(standing.chats[0]?.chat.state).toBe('open');
  });
});

test('two clicks on the same transfer, by the agent who had the chat, are one transfer and no error', async () => {
  const world = await openTeam(engine);
  const id = await chatOf(world);
  const as = { agent: 'ada' };
  expect((await world.transfer(id, { agentId: 'eve' }, { as })).body.outcome).toBe('transferred');
  expect((await world.transfer(id, { agentId: 'eve' }, { as })).body.outcome).toBe('already-there');
  await expectInOrder(world);
});
