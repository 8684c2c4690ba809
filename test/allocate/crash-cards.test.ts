import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
import { closeOf, RECENT_CLOSES_MAX, tallyOf } from '../../domain/closes.ts';
import { readPastCloses } from '../../functions/store/closes.ts';
import { crashEverywhere, firstChat, inState } from '../support/crash.ts';
import { agent, at, LINE_1, LINE_2, NOW } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import type { Standing } from '../support/standing.ts';
import { ACME, team, type World, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const KEY = 'the-same-key';
const BY_GROUP = { newVisitors: { policy: 'group', onNobody: 'wait' } } as const;
const groupsOf = ({ agents }: Standing) => agents.map(one => `${one.id} ${one.groups.join(' ')}`.trim());

describe('a process that stops after any call leaves cards, groups and counts in agreement, and recovers:', () => {
  const MEMBERS = [
    agent({ id: 'ada', groups: [LINE_1], maxLoad: 1 }),
    agent({ id: 'bo', groups: [LINE_1, LINE_2], maxLoad: 1 }),
    agent({ id: 'cy', maxLoad: 1 }),
  ];
  const set = (world: World) =>
    world.put({ groups: [LINE_1, LINE_2], agents: MEMBERS, waiting: waitingLine(world, 5, 'web') });

  test('a card that joins one group and leaves another, and raises the limit', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set,
      run: world => world.edit('ada', { groups: ['line-2'], maxLoad: 3 }),
      expected: standing => {
        expect(groupsOf(standing)).toEqual(['ada line-2', 'bo line-1 line-2', 'cy']);
        expect(inState(standing, 'open')).toHaveLength(5);
      },
    });
    expect(calls).toBeGreaterThan(8);
  });

  test('a bulk edit of the groups and limits of all, repeated', async () => {
    await crashEverywhere(engine, {
      repeat: true,
      set: world => world.put({ groups: [LINE_1, LINE_2], agents: MEMBERS, waiting: waitingLine(world, 3) }),
      run: world =>
        world.call('editAgents', { body: { agentIds: 'all', set: { groups: ['line-1'], maxLoad: 2 } } }),
      expected: standing => {
        expect(groupsOf(standing)).toEqual(['ada line-1', 'bo line-1', 'cy line-1']);
        expect(inState(standing, 'open')).toHaveLength(3);
      },
    });
  });

  test('a new agent in two groups, with a schedule whose hours it is in', async () => {
    const hours = [{ days: ['mon'], from: '09:00', to: '18:00' }];
    const body = { name: 'New', groups: ['line-1', 'line-2'], schedule: { timeZone: 'UTC', hours } };
    await crashEverywhere(engine, {
      repeat: true,
      set,
      run: world => world.call('replaceAgent', { params: { agentId: 'new' }, body }),
      expected: standing => {
        expect(standing.agents.find(({ id }) => id === 'new')).toMatchObject({
          status: 'online',
          queuePosition: 1,
          memberOrder: 2,
          nextEdgeAt: at('18:00'),
        });
        expect(inState(standing, 'open')).toHaveLength(5);
      },
    });
  });

  test('the removal of an agent that is in groups', async () => {
    const tried = new Set<number>();
    await crashEverywhere(engine, {
      repeat: false,
      set: world => world.put({ groups: [LINE_1, LINE_2], agents: MEMBERS }),
      run: world => world.call('deleteAgent', { params: { agentId: 'bo' } }),
      expected: standing => tried.add(standing.agents.length),
    });
    expect([...tried].sort()).toEqual([2, 3]);
  });

  test('a mark that moves while it is needed: one group is needed, the one that is marked', async () => {
    await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await world.put({ groups: [LINE_1, LINE_2], agents: MEMBERS, primary: LINE_1, settings: BY_GROUP });
      },
      run: world =>
        world.call('replaceGroup', {
          params: { groupId: 'line-2' },
          body: { name: 'line-2', queuePosition: 2, primary: true },
        }),
      expected: standing => {
        expect(standing.project?.primaryGroupId).toBe('line-2');
        expect(standing.groups.map(group => group.required)).toEqual([false, true]);
      },
    });
  });

  test('settings that begin to need the primary group, and hand out what waits by it', async () => {
    await crashEverywhere(engine, {
      repeat: true,
      set: world =>
        world.put({
          groups: [LINE_1, LINE_2],
          agents: MEMBERS,
          primary: LINE_1,
          waiting: waitingLine(world, 5),
          settings: { automaticAllocation: false },
        }),
      run: world => world.switchTo(BY_GROUP),
      expected: standing => {
        expect(standing.groups.map(group => group.required)).toEqual([true, false]);
        expect(inState(standing, 'open').map(({ chat }) => chat.groupId)).toEqual(['line-1', 'line-1']);
      },
    });
  });
});

describe('a process that stops after any call switches at the edges of schedules all the same:', () => {
  const daily = (from: string, to: string) => ({
    timeZone: 'UTC',
    hours: [{ days: ['mon' as const], from, to }],
  });

  test('who comes online is there, who goes is gone, and what waits is given out', async () => {
    const comes = {
      status: 'offline' as const,
      schedule: daily('16:00', '18:00'),
      nextEdgeAt: NOW,
      maxLoad: 2,
    };
    const goes = { schedule: daily('09:00', '16:00'), nextEdgeAt: NOW, maxLoad: 0 };
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: world =>
        world.put({
          agents: [
            agent({ id: 'ada', ...comes }),
            agent({ id: 'bo', ...comes }),
            agent({ id: 'cy', ...goes }),
          ],
          waiting: waitingLine(world, 5),
        }),
      run: world => world.minute(),
      expected: standing => {
        expect(standing.agents.map(one => `${one.status} ${one.statusReason}`)).toEqual([
          'online schedule',
          'online schedule',
          'offline schedule',
        ]);
        expect(standing.agents.map(one => one.version)).toEqual([3, 3, 2]);
        expect(inState(standing, 'open')).toHaveLength(4);
      },
    });
    expect(calls).toBeGreaterThan(12);
  });
});

describe('a process that stops after any call counts each close once:', () => {
  test('one that folds the recent ones into the history, with a chat waiting for the slot', async () => {
    const worlds: World[] = [];
    const ids = new Map<World, ChatId>();
    const recent = Array.from({ length: RECENT_CLOSES_MAX }, () => closeOf(at('12:00'), at('13:00')));
    let folded = 0;
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        worlds.push(world);
        await world.put({ agents: [agent({ id: 'ada', maxLoad: 1, recentCloses: recent })] });
        await world.start();
        ids.set(world, await firstChat(world));
        await world.start();
      },
      run: world => world.close(ids.get(world) as ChatId, 'operator', KEY),
      expected: standing => {
        expect(inState(standing, 'closed')).toHaveLength(1);
        expect(inState(standing, 'open')).toHaveLength(1);
        if (standing.agents[0]?.recentCloses.length === 0) folded += 1;
      },
    });
    expect(calls).toBeGreaterThan(9);
    expect(folded).toBe(calls + 1);
    for (const world of worlds) {
      const [ada] = (await world.standing()).agents;
      const past = await readPastCloses(world.table, ACME, ada?.id ?? ('' as never));
      expect(tallyOf(ada?.recentCloses ?? [], past, NOW, 'UTC')).toEqual({
        closedToday: RECENT_CLOSES_MAX + 1,
        closedIn30Days: RECENT_CLOSES_MAX + 1,
      });
    }
  });
});

describe('a process that stops after any call takes each turn once, and forces each chat once:', () => {
  const IN_TURN = { newVisitors: { policy: 'member-order', onNobody: null } } as const;

  test('a start in turn, repeated with its key', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: world => world.put({ agents: team(3), settings: IN_TURN }),
      run: world => world.start({ key: KEY }),
      expected: standing => {
        expect(standing.agents.map(one => one.openChats)).toEqual([1, 0, 0]);
        expect(standing.cursor).toEqual({ cursor: { memberOrder: 1, agentId: 'agent-0000' }, version: 1 });
      },
    });
    expect(calls).toBeGreaterThan(5);
  });

  test('a line of 45 in turn, of which some are forced on the one who served them', async () => {
    const returning = { returning: true, lastServedBy: 'agent-0002' as never };
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: world =>
        world.put({
          settings: { ...IN_TURN, returningVisitors: { policy: 'original-agent', onNobody: null } },
          agents: [...team(2, { maxLoad: 30 }), agent({ id: 'agent-0002', status: 'rest', maxLoad: 1 })],
          waiting: [
            ...waitingLine(world, 20),
            ...waitingLine(world, 5, 'web', returning),
            ...waitingLine(world, 20),
          ],
        }),
      run: world => world.search(),
      expected: standing => {
        expect(standing.agents.map(one => one.openChats)).toEqual([20, 20, 5]);
        expect(standing.cursor.cursor?.agentId).toBe('agent-0001');
      },
    });
    expect(calls).toBeGreaterThan(8);
  });

  test('a start of a visitor who comes back to a full agent, repeated with its key', async () => {
    const tokens = new Map<World, string>();
    await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await world.put({
          agents: [agent({ id: 'ada', maxLoad: 1 })],
          settings: { returningVisitors: { policy: 'original-agent', onNobody: null } },
        });
        const { body } = await world.start();
        await world.close(body.chat.id);
        tokens.set(world, body.visitorToken);
        await world.start();
      },
      run: world => world.start({ key: KEY, visitor: tokens.get(world) ?? '' }),
      expected: standing => {
        expect(standing.agents[0]).toMatchObject({ load: 2, openChats: 2, vacancy: -1 });
        expect(inState(standing, 'open')).toHaveLength(2);
      },
    });
  });
});
