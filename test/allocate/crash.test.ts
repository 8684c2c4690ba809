import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
import type { Group } from '../../domain/group.ts';
import { crashEverywhere, firstChat, inState } from '../support/crash.ts';
import { agent, channel, group, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import type { Standing } from '../support/standing.ts';
import { type Reply, team, type World, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const KEY = 'the-same-key';
describe('a process that stops after any call leaves nothing half done, and recovers', () => {
  test('a start that is given to an agent at once, repeated with its key: one chat', async () => {
    const answers: Reply[] = [];
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: world => world.put({ agents: team(3) }),
      run: async world => answers.push(await world.start({ key: KEY, message: 'hello' })),
      expected: standing => {
        expect(standing.chats).toHaveLength(1);
        expect(inState(standing, 'open')).toHaveLength(1);
        expect(answers.at(-1)?.body.chat.id).toBe(standing.chats[0]?.chat.id);
      },
    });
    expect(calls).toBeGreaterThan(3);
  });

  test('a start that joins the line, repeated with its key: one chat, in the line', async () => {
    const answers: Reply[] = [];
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: world => world.put({ agents: team(2, { maxLoad: 0 }) }),
      run: async world => answers.push(await world.start({ key: KEY })),
      expected: standing => {
        expect(standing.chats).toHaveLength(1);
        expect(standing.places).toHaveLength(1);
        expect(answers.at(-1)?.body.chat.id).toBe(standing.chats[0]?.chat.id);
      },
    });
    expect(calls).toBeGreaterThan(6);
  });

  test('a start behind an older chat: both are given out, by whoever comes by', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: world => world.put({ agents: team(2), waiting: waitingLine(world, 1) }),
      run: world => world.start({ key: KEY }),
      expected: standing => expect(inState(standing, 'open')).toHaveLength(2),
    });
    expect(calls).toBeGreaterThan(10);
  });

  test('a start of a visitor who was here before, repeated with its key: one more chat', async () => {
    const tokens = new Map<World, string>();
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await world.put({ agents: team(2) });
        const { body } = await world.start();
        await world.close(body.chat.id);
        tokens.set(world, body.visitorToken);
      },
      run: world => world.start({ key: KEY, visitor: tokens.get(world) ?? '' }),
      expected: standing => {
        expect(standing.chats).toHaveLength(2);
        expect(inState(standing, 'open')).toHaveLength(1);
        expect(inState(standing, 'open')[0]?.chat.returning).toBe(true);
      },
    });
    expect(calls).toBeGreaterThan(4);
  });

  test('a start of a visitor who was here before, repeated without a key: one more chat all the same', async () => {
    const tokens = new Map<World, string>();
    await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await world.put({ agents: team(2) });
        const { body } = await world.start();
        await world.close(body.chat.id);
        tokens.set(world, body.visitorToken);
      },
      run: world => world.start({ visitor: tokens.get(world) ?? '' }),
      expected: standing => expect(standing.chats).toHaveLength(2),
    });
  });

  test('a close with two chats waiting for the slot, repeated with its key: one of them gets it', async () => {
    const ids = new Map<World, ChatId>();
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await world.put({ agents: [agent({ id: 'ada', maxLoad: 1 })] });
        await world.start();
        ids.set(world, await firstChat(world));
        await world.start();
        await world.start();
      },
      run: world => world.close(ids.get(world) as ChatId, 'operator', KEY),
      expected: standing => {
        expect(inState(standing, 'closed')).toHaveLength(1);
        expect(inState(standing, 'open')).toHaveLength(1);
        expect(standing.places).toHaveLength(1);
      },
    });
    expect(calls).toBeGreaterThan(8);
  });

  test('an accept, repeated with its key: the agent has the chat once', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: world => world.put({ agents: [agent({ id: 'ada', maxLoad: 0 })], waiting: waitingLine(world, 1) }),
      run: async world =>
        world.call('acceptChat', {
          params: { chatId: await firstChat(world) },
          as: { agent: 'ada' },
          headers: { 'idempotency-key': KEY },
        }),
      expected: standing => {
        expect(standing.agents[0]?.openChats).toBe(1);
        expect(inState(standing, 'open')[0]?.chat.assignments).toHaveLength(1);
      },
    });
    expect(calls).toBeGreaterThan(4);
  });

  test('giving out a line of 30 over several agents and transactions: each chat once', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: world =>
        world.put({
          channels: [channel('mail', 2)],
          waiting: [...waitingLine(world, 24), ...waitingLine(world, 6, 'mail')],
          agents: [agent({ id: 'big', maxLoad: 25 }), ...team(3, { maxLoad: 4 })],
        }),
      run: world => world.search(),
      expected: standing => expect(standing.places).toHaveLength(0),
    });
    expect(calls).toBeGreaterThan(12);
  });

  const GROUPS = [LINE_1, LINE_2];
  const member = (id: string, ...groups: readonly Group[]) => agent({ id, groups });
  const MEMBERS = [
    member('ada', LINE_1),
    member('bo', LINE_1, LINE_2),
    member('cy', LINE_2),
    member('di', LINE_1),
    member('ed'),
  ];
  const positions = ({ agents }: Standing) => agents.map(one => `${one.id} ${one.queuePosition}`).sort();

  const BEFORE = ['ada 1', 'bo 1', 'cy 2', 'di 1', 'ed 999999'];

  test('a new queue position of a group: every member shows it, or none does', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: world => world.put({ groups: GROUPS, agents: MEMBERS }),
      run: world =>
        world.call('replaceGroup', {
          params: { groupId: LINE_1.id },
          body: { name: 'line-1', queuePosition: 9 },
        }),
      expected: standing => {
        const isWritten = standing.groups.some(one => one.queuePosition === 9);
        const after = ['ada 9', 'bo 2', 'cy 2', 'di 9', 'ed 999999'];
        expect(positions(standing)).toEqual(isWritten ? after : BEFORE);
      },
    });
    expect(calls).toBeGreaterThan(10);
  });

  test('the removal of a group: it is gone and no member is in it, or all is as before', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: world => world.put({ groups: GROUPS, agents: MEMBERS }),
      run: world => world.call('deleteGroup', { params: { groupId: LINE_1.id } }),
      expected: standing => {
        const isGone = standing.groups.length === 1;
        const after = ['ada 999999', 'bo 2', 'cy 2', 'di 999999', 'ed 999999'];
        expect(positions(standing)).toEqual(isGone ? after : BEFORE);
      },
    });
    expect(calls).toBeGreaterThan(10);
  });

  test('the minute sweep itself: the next one does what it did not', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: async world => {
        const spreading = { ...group('line-1', 4), version: 2, spreading: 'position' as const };
        await world.put({
          groups: [spreading],
          agents: [member('ada', LINE_1), agent({ id: 'cy' })],
          waiting: waitingLine(world, 3),
        });
      },
      run: world => world.minute().then(world.deliver),
      expected: standing => expect(inState(standing, 'open')).toHaveLength(3),
    });
    expect(calls).toBeGreaterThan(6);
  });
});
