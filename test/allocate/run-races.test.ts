import { afterAll, describe, expect, test } from '@jest/globals';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, isTransaction } from '../support/faults.ts';
import { expectConsistent, expectInOrder } from '../support/in-order.ts';
import {
  chatIn,
  chatOf,
  heldBy,
  lostAnswer,
  type Others,
  openTeam,
  outcomesAbout,
  TO_AGENTS,
  transferOn,
} from '../support/transfers.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

/** What others do to the chat itself. */
const TO_THE_CHAT: readonly (readonly [string, Others, object])[] = [
  ['was closed', (world, id) => world.close(id), { state: 'closed', transfer: null }],
  ['was transferred to an agent', (world, id) => transferOn(world, id, { agentId: 'eve' }), heldBy('eve')],
];

describe('between what a run decided and its write', () => {
  const queueOne = async () => {
    const world = await openTeam(engine);
    await world.job('start');
    const id = await chatOf(world);
    await transferOn(world, id, { groupId: 'line-1' });
    return { world, id };
  };
  const runWith = async (others: Others) => {
    const { world, id } = await queueOne();
    world.door.next(
      isTransaction,
      afterOthers(() => others(world, id)),
    );
    const { body } = await world.job('run');
    expect(world.door.isThrough()).toBe(true);
    const { standing } = await expectConsistent(world);
    const { lastRun } = body as unknown as { lastRun: Record<string, number> };
    return { world, id, standing, lastRun, chat: chatIn(standing, id) };
  };

  test.each(TO_AGENTS)('%s: it is decided anew, once', async (_, others, winner) => {
    const { id, standing, chat, lastRun } = await runWith(others);
    expect(chat).toMatchObject({ state: 'open', agentId: winner, transfer: null });
    expect(outcomesAbout(standing, id)).toEqual(['assigned']);
    expect(standing.queue).toEqual([]);
    expect(lastRun).toMatchObject({ read: 1, distributed: 1, notDistributed: 0 });
  });

  test.each(TO_THE_CHAT)('the chat %s: nothing of that is undone', async (_, others, expected) => {
    const { chat, standing } = await runWith(others);
    expect(chat).toMatchObject(expected);
    expect(standing.queue).toEqual([]);
  });

  test('the chat was put on hold: it keeps its place, and its agent', async () => {
    const { id, chat, standing, lastRun } = await runWith((world, chatId) => world.hold(chatId));
    expect(chat).toMatchObject({ state: 'held', agentId: 'ada', transfer: { groupId: 'line-1' } });
    expect(standing.queue).toMatchObject([{ chatId: id, state: 'held' }]);
    expect(lastRun).toMatchObject({ read: 1, held: 1, distributed: 0 });
  });

  // Only members of the new group are asked, all of them, and the one who has it by now is relieved of it.
  test.each([
    ['by the same agent', [{ groupId: 'line-2' }]],
    ['after it went to another agent', [{ agentId: 'eve' }, { groupId: 'line-2' }]],
  ] as const)('the chat was queued for another group %s: it goes there', async (_, to) => {
    const { world, id } = await queueOne();
    world.door.next(
      isTransaction,
      afterOthers(() => transferOn(world, id, ...to)),
    );
    await world.job('run');
    await world.job('run');
    const { standing } = await expectConsistent(world);
    expect(chatIn(standing, id)).toMatchObject({ agentId: 'di', groupId: 'line-2' });
    expect(outcomesAbout(standing, id)).toEqual(['assigned']);
  });

  test('the chat went to another agent and was queued for the same group again: that agent is relieved', async () => {
    const { world, id } = await queueOne();
    world.door.next(
      isTransaction,
      afterOthers(() => transferOn(world, id, { agentId: 'eve' }, { groupId: 'line-1' })),
    );
    await world.job('run');
    await world.job('run');
    const { standing } = await expectConsistent(world);
    expect(chatIn(standing, id)).toMatchObject({ agentId: 'bo', groupId: 'line-1' });
    expect(standing.agents.find(one => one.id === 'eve')?.openChats).toBe(0);
  });

  test.each([
    ['an agent’s', 'open'],
    ['a bot’s', 'bot'],
  ] as const)(
    'the group was removed: %s chat is decided once all the same, and not lost',
    async (_, state) => {
      const world = await openTeam(engine);
      await world.job('start');
      const id = state === 'open' ? await chatOf(world) : (await world.start({ withBot: true })).body.chat.id;
      await transferOn(world, id, { groupId: 'line-1' });
      world.door.next(
        isTransaction,
        afterOthers(() => world.call('deleteGroup', { params: { groupId: 'line-1' } })),
      );
      await world.job('run');
      await world.passMinute();
      const { standing } = await expectInOrder(world);
      expect(standing.queue).toEqual([]);
      expect(chatIn(standing, id)).toMatchObject({ state: 'open', transfer: null });
    },
  );

  test('an agent dropped out: as many chats as a run takes are decided, not one more', async () => {
    const world = await openTeam(engine);
    await world.put({ settings: { distribution: { quantity: 2, frequencySeconds: 0 } } });
    await world.job('start');
    const ids = [await chatOf(world), await chatOf(world), await chatOf(world)];
    for (const id of ids) await transferOn(world, id, { groupId: 'line-1' });
    world.door.next(
      isTransaction,
      afterOthers(() => world.setStatus('bo', 'offline')),
    );
    const { body } = await world.job('run');
    const { standing } = await expectConsistent(world);
    expect(body).toMatchObject({ queued: 1, lastRun: { read: 2, distributed: 1, notDistributed: 1 } });
    expect(ids.map(id => chatIn(standing, id))).toMatchObject([
      { agentId: 'cy', transfer: null },
      { agentId: 'ada', transfer: null },
      { agentId: 'ada', transfer: { groupId: 'line-1' } },
    ]);
  });

  test('the write was carried out, its answer lost, and the chat closed: the run counts it as distributed', async () => {
    const world = await openTeam(engine);
    await world.job('start');
    const id = await chatOf(world);
    await transferOn(world, id, { groupId: 'line-1' });
    world.door.next(
      isTransaction,
      lostAnswer(() => world.close(id)),
    );
    const { body } = await world.job('run');
    const { standing } = await expectConsistent(world);
    expect(chatIn(standing, id)).toMatchObject({ state: 'closed', held: { agentId: 'bo' } });
    expect(body).toMatchObject({ lastRun: { read: 1, distributed: 1 } });
  });
});
