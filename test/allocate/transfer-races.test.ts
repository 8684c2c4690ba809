import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
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
import type { World } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

describe('between what a transfer to a group decided and its write, with the job off', () => {
  const transferWith = async (others: Others) => {
    const world = await openTeam(engine);
    const id = await chatOf(world);
    world.door.next(
      isTransaction,
      afterOthers(() => others(world, id)),
    );
    const reply = await world.transfer(id, { groupId: 'line-1' });
    const { standing } = await expectConsistent(world);
    return { id, reply, standing, chat: chatIn(standing, id) };
  };

  test.each(TO_AGENTS)('%s: it is decided anew', async (_, others, winner) => {
    const { id, reply, chat, standing } = await transferWith(others);
    expect(reply).toMatchObject({ status: 200, body: { outcome: 'transferred', chat: { agentId: winner } } });
    expect(chat).toMatchObject({ state: 'open', agentId: winner });
    expect(outcomesAbout(standing, id)).toEqual(['assigned']);
  });

  test.each<[string, Others, number, string | undefined, object]>([
    ['was closed', (world, id) => world.close(id), 409, 'state-forbids', { state: 'closed' }],
    [
      'was put on hold',
      (world, id) => world.hold(id),
      409,
      'state-forbids',
      { state: 'held', agentId: 'ada' },
    ],
    [
      'went to an agent',
      (world, id) => transferOn(world, id, { agentId: 'eve' }),
      200,
      undefined,
      { state: 'open', agentId: 'bo' },
    ],
    [
      'was queued by a job that was started',
      async (world, id) => {
        await world.job('start');
        await transferOn(world, id, { groupId: 'line-2' });
      },
      202,
      undefined,
      { state: 'open', agentId: 'ada', transfer: { groupId: 'line-1' } },
    ],
  ])('the chat %s: it is looked at anew', async (_, others, status, code, expected) => {
    const { reply, chat } = await transferWith(others);
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
    expect(chat).toMatchObject(expected);
  });

  test.each(['open', 'bot'] as const)(
    'the group was removed: a chat in state %s is not lost',
    async state => {
      const world = await openTeam(engine);
      const id = state === 'open' ? await chatOf(world) : (await world.start({ withBot: true })).body.chat.id;
      world.door.next(
        isTransaction,
        afterOthers(() => world.call('deleteGroup', { params: { groupId: 'line-1' } })),
      );
      await world.transfer(id, { groupId: 'line-1' });
      await world.passMinute();
      const { standing } = await expectInOrder(world);
      expect(chatIn(standing, id)?.state).toBe(state);
    },
  );
});

describe('between what a transfer to an agent has read and its write', () => {
  test.each<[string, Others, number, string | undefined, object]>([
    ['the agent got full', world => chatOf(world, 'bo'), 409, 'no-room', heldBy('ada')],
    [
      'the agent was deactivated',
      world => world.edit('bo', { active: false }),
      409,
      'agent-inactive',
      heldBy('ada'),
    ],
    [
      'the agent was removed',
      world => world.call('deleteAgent', { params: { agentId: 'bo' } }),
      422,
      'unknown-agent',
      heldBy('ada'),
    ],
    // The status is not asked, and neither is the channel.
    ['the agent went offline', world => world.setStatus('bo', 'offline'), 200, undefined, heldBy('bo')],
    [
      'the agent left the channel',
      world => world.edit('bo', { channels: ['mail'] }),
      200,
      undefined,
      heldBy('bo'),
    ],
    ['the current agent got another chat', world => chatOf(world), 200, undefined, heldBy('bo')],
    [
      'the chat was closed',
      (world, id) => world.close(id),
      409,
      'state-forbids',
      { state: 'closed', held: { agentId: 'ada' } },
    ],
    ['the chat was put on hold', (world, id) => world.hold(id), 409, 'state-forbids', { state: 'held' }],
    [
      'the chat went to that agent already',
      (world, id) => transferOn(world, id, { agentId: 'bo' }),
      200,
      undefined,
      { ...heldBy('bo'), version: 3 },
    ],
    [
      'the chat went to another agent',
      (world, id) => transferOn(world, id, { agentId: 'eve' }),
      200,
      undefined,
      { ...heldBy('bo'), version: 4 },
    ],
    [
      'the chat was queued for a group',
      async (world, id) => {
        await world.job('start');
        await transferOn(world, id, { groupId: 'line-1' });
      },
      200,
      undefined,
      heldBy('bo'),
    ],
  ])('%s: it is looked at anew', async (_, others, status, code, expected) => {
    const world = await openTeam(engine);
    const id = await chatOf(world);
    world.door.next(
      isTransaction,
      afterOthers(() => others(world, id)),
    );
    const reply = await world.transfer(id, { agentId: 'bo' });
    expect(world.door.isThrough()).toBe(true);
    const { standing } = await expectConsistent(world);
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
    expect(chatIn(standing, id)).toMatchObject(expected);
    expect(standing.queue).toEqual([]);
  });
});

describe('a write that was carried out while its answer was lost', () => {
  const putAside = async (world: World, id: ChatId) => {
    await world.hold(id);
    await world.resume(id);
  };

  test('of a transfer to a group is not repeated: one agent after the other has it no more than once', async () => {
    const world = await openTeam(engine);
    const id = await chatOf(world);
    world.door.next(
      isTransaction,
      lostAnswer(() => putAside(world, id)),
    );
    await world.transfer(id, { groupId: 'line-1' });
    const { standing } = await expectConsistent(world);
    expect(chatIn(standing, id)).toMatchObject({ state: 'open', agentId: 'bo' });
    expect(outcomesAbout(standing, id)).toEqual(['assigned']);
  });
});
