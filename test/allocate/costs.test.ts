import { afterAll, describe, expect, test } from '@jest/globals';
import {
  type Counter,
  counting,
  dependentRoundTrips,
  inWaves,
  readUnits,
  writeUnits,
} from '../../bench/counting.ts';
import type { Instant } from '../../domain/brands.ts';
import type { PolicyName } from '../../domain/policies.ts';
import type { Settings } from '../../domain/settings.ts';
import { agent, group, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { openWorld, team, type World, waitingLine } from '../support/world.ts';

/** What decisions cost, as the engine itself counts: in units and in calls that wait for each other, never in time. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

type Cost = { readonly writes: number; readonly reads: number; readonly trips: number };

async function openCounted() {
  let counter: Counter | undefined;
  const world = await openWorld(engine, table => {
    counter = counting(inWaves(table));
    return counter.table;
  });
  const costOf = async (work: () => Promise<unknown>): Promise<Cost> => {
    counter?.reset();
    await work();
    const calls = counter?.calls ?? [];
    return { writes: writeUnits(calls), reads: readUnits(calls), trips: dependentRoundTrips(calls) };
  };
  return { world, costOf };
}

type Given = {
  readonly policy?: PolicyName;
  readonly agents?: number;
  /** The first so many are in line 1, the primary group. */
  readonly members?: number;
  /** Nobody ever closed a chat, so that all tie. */
  readonly tied?: boolean;
  readonly settings?: Partial<Settings>;
};

async function openTeam({
  policy = 'queue-position',
  agents = 10,
  members = 5,
  tied = false,
  settings = {},
}: Given) {
  const counted = await openCounted();
  await counted.world.put({
    groups: [LINE_1, LINE_2],
    primary: LINE_1,
    settings: { newVisitors: { policy, onNobody: null }, ...settings },
    agents: team(agents).map((one, index) =>
      agent({
        id: one.id,
        memberOrder: index + 1,
        groups: index < members ? [LINE_1] : index < members + 5 ? [LINE_2] : [],
        ...(!tied && { lastClosed: clockOf((index * 7_919) % 900) }),
      }),
    ),
  });
  return counted;
}

const clockOf = (minute: number) =>
  [Math.floor(minute / 60), minute % 60].map(part => String(part).padStart(2, '0')).join(':');

/** The dearest of three starts in a row: the first alone may find something that the others do not. */
async function startCost(given: Given): Promise<Cost> {
  const { world, costOf } = await openTeam(given);
  const costs: Cost[] = [];
  for (let chat = 0; chat < 3; chat += 1) {
    costs.push(
      await costOf(async () => {
        const { body } = await world.start();
        expect(body.chat.state).toBe(given.policy === 'all' ? 'offered' : 'open');
      }),
    );
  }
  const most = (what: keyof Cost) => Math.max(...costs.map(cost => cost[what]));
  expect(most('writes')).toBeGreaterThan(0);
  expect(most('reads')).toBeGreaterThan(0);
  return { writes: most('writes'), reads: most('reads'), trips: most('trips') };
}

describe('a new chat', () => {
  test('under the default costs at most 8 write units, 6 read units at 100 agents, and 3 dependent round trips', async () => {
    const { writes, reads, trips } = await startCost({ agents: 100 });
    expect({ writes: writes <= 8, reads: reads <= 6, trips: trips <= 3 }).toEqual({
      writes: true,
      reads: true,
      trips: true,
    });
  });

  test.each<[PolicyName, Cost]>([
    ['queue-position', { writes: 7, reads: 5, trips: 3 }],
    ['smart', { writes: 7, reads: 5, trips: 3 }],
    ['least-sessions', { writes: 7, reads: 5, trips: 3 }],
    // The cursor's row: one unit to read, two to write, and beyond the first page the turns and the line again.
    ['member-order', { writes: 9, reads: 9, trips: 5 }],
  ])(
    'under %s costs the same at 10, 40 and 300 agents, but for the page that is full',
    async (policy, most) => {
      const small = await startCost({ policy, agents: 10 });
      const [medium, large] = [
        await startCost({ policy, agents: 40 }),
        await startCost({ policy, agents: 300 }),
      ];
      expect(large).toEqual(medium);
      expect(small.writes).toBe(most.writes);
      expect(small.reads).toBeLessThanOrEqual(most.reads);
      expect(small.trips).toBe(3);
      expect(large).toEqual(most);
    },
  );

  test('under smart pays one page for each queue position that has more agents than a page', async () => {
    const { world, costOf } = await openCounted();
    const lines = [LINE_1, LINE_2, group('line-3', 3), group('line-4', 4)];
    await world.put({
      settings: { newVisitors: { policy: 'smart', onNobody: null } },
      groups: lines,
      agents: team(240).map((one, index) =>
        agent({
          id: one.id,
          groups: lines.slice(index % 4, (index % 4) + 1),
          lastClosed: clockOf(index),
        }),
      ),
    });
    const { writes, reads, trips } = await costOf(() => world.start());
    // Three more lanes, one after the other, and a look behind the last; then the line again.
    expect({ writes, trips }).toEqual({ writes: 7, trips: 8 });
    expect(reads).toBeLessThanOrEqual(10);
  });

  test('under least-sessions reads all who tie for the first place, since the index does not know member order', async () => {
    const tied = await startCost({ policy: 'least-sessions', agents: 300, tied: true });
    expect(tied.writes).toBe(7);
    expect(tied.reads).toBeGreaterThan(10);
    expect(tied.reads).toBeLessThanOrEqual(20);
    expect(tied.trips).toBeLessThanOrEqual(6);
  });

  test('under reception-weight reads all that could take something, by the page, and writes no more for it', async () => {
    const [small, large] = [
      await startCost({ policy: 'reception-weight', agents: 10 }),
      await startCost({ policy: 'reception-weight', agents: 300 }),
    ];
    expect(small).toMatchObject({ writes: 7, trips: 3 });
    expect(large.writes).toBe(7);
    expect(large.trips).toBeLessThanOrEqual(5);
    // About sixteen agents to a unit.
    expect(large.reads).toBeLessThanOrEqual(20);
  });

  test('under month-priority reads two rows for each agent of a page, at most, and one trip more', async () => {
    const [small, large] = [
      await startCost({ policy: 'month-priority', agents: 10 }),
      await startCost({ policy: 'month-priority', agents: 300 }),
    ];
    // What it counted stands in the record, which may take the chat's row above a kilobyte.
    expect([small.writes, large.writes].every(writes => writes === 7 || writes === 9)).toBe(true);
    expect(small.trips).toBe(4);
    expect(small.reads).toBeLessThanOrEqual(4 + 2 * 10);
    expect(large.reads).toBeLessThanOrEqual(5 + 2 * 30);
    expect(large.trips).toBe(4);
  });

  test('under group costs by the size of the group, not of the team', async () => {
    const small = await startCost({ policy: 'group', agents: 10, members: 5 });
    const [inTeam, inLargeTeam] = [
      await startCost({ policy: 'group', agents: 40, members: 5 }),
      await startCost({ policy: 'group', agents: 300, members: 5 }),
    ];
    expect(inLargeTeam).toEqual(inTeam);
    // But for the page of the rank index, which is read before it is known that it is not needed.
    expect(inTeam).toEqual({ ...small, reads: small.reads + 1 });
    expect(inTeam).toMatchObject({ writes: 7 });
    expect(inTeam.trips).toBeLessThanOrEqual(6);
    const large = await startCost({ policy: 'group', agents: 300, members: 105 });
    expect(large.writes).toBe(7);
    // One unit for each member's row, and for the rows that list them a unit for forty.
    expect(large.reads - inTeam.reads).toBeGreaterThanOrEqual(100);
    expect(large.reads - inTeam.reads).toBeLessThanOrEqual(100 + 5);
  });

  test('forced on the one who served its visitor costs one row and one trip more, whatever the team', async () => {
    const forced = async (agents: number) => {
      const settings = { returningVisitors: { policy: 'original-agent', onNobody: null } } as const;
      const { world, costOf } = await openTeam({ agents, settings });
      const { body } = await world.start();
      await world.close(body.chat.id);
      return costOf(() => world.start({ visitor: body.visitorToken }));
    };
    const [small, large] = [await forced(40), await forced(300)];
    expect([large.writes, large.reads]).toEqual([small.writes, small.reads]);
    expect(large.trips).toBeLessThanOrEqual(5);
    // The visitor's pointer goes with it.
    expect(large.writes).toBe(9);
    expect(large.reads).toBeLessThanOrEqual(9);
  });
});

describe('an offer', () => {
  test('to n agents costs a row for about twenty of them, and the reading of the team', async () => {
    const ten = await startCost({ policy: 'all', agents: 10 });
    const many = await startCost({ policy: 'all', agents: 300 });
    expect(ten.writes).toBe(6 + 1);
    expect(many.writes).toBe(6 + 15);
    expect(many.trips).toBe(ten.trips);
    expect(many.reads).toBeLessThanOrEqual(5 + 300 / 10);
  });

  test('to a group costs by the size of the group, not of the team', async () => {
    const offerCost = async (agents: number) => {
      const { world, costOf } = await openCounted();
      const away = ['ada', 'bo', 'cy'].map(id => agent({ id, groups: [LINE_1], status: 'offline' }));
      const settings = { newVisitors: { policy: 'group', onNobody: null } } as const;
      await world.put({ groups: [LINE_1], primary: LINE_1, settings, agents: [...away, ...team(agents)] });
      return costOf(async () => expect((await world.start()).body.chat.state).toBe('offered'));
    };
    const [inTeam, inLargeTeam] = [await offerCost(40), await offerCost(300)];
    expect(inLargeTeam).toEqual(inTeam);
    expect(inTeam.writes).toBe(7);
    expect(inTeam.reads).toBeLessThanOrEqual(15);
  });

  const acceptCost = async (count: number) => {
    const { world, costOf } = await openCounted();
    await world.put({ agents: team(count), settings: { newVisitors: { policy: 'all', onNobody: null } } });
    const { body } = await world.start();
    expect(body.chat.state).toBe('offered');
    const accept = await costOf(async () => {
      expect((await world.accept(body.chat.id, 'agent-0001')).status).toBe(200);
    });
    const late = await costOf(async () => {
      expect((await world.accept(body.chat.id, 'agent-0000')).status).toBe(409);
    });
    return { accept, late };
  };

  test('to 2,000 is accepted, and refused to whoever comes late, at the cost of one to 2', async () => {
    const [two, many] = [await acceptCost(2), await acceptCost(2_000)];
    expect(many).toEqual(two);
    // Half a unit and a trip of them for whether the agent is still active.
    expect(many.accept).toEqual({ writes: 11, reads: 5.5, trips: 4 });
    expect(many.late.writes).toBe(0);
  });

  test('to 2,000 is refused to somebody it did not go to at the same cost, too', async () => {
    const refusal = async (count: number) => {
      const { world, costOf } = await openCounted();
      await world.put({ agents: team(count), settings: { newVisitors: { policy: 'all', onNobody: null } } });
      const { body } = await world.start();
      await world.put({ agents: [agent({ id: 'late' })] });
      return costOf(async () => {
        expect((await world.accept(body.chat.id, 'late')).body.code).toBe('not-offered');
      });
    };
    for (const count of [2, 2_000]) {
      const { writes, reads, trips } = await refusal(count);
      // The chat, the agent, the project; the channel and the row that would name the agent.
      expect({ count, writes, isFlat: reads <= 5.5 && trips <= 4 }).toEqual({
        count,
        writes: 0,
        isFlat: true,
      });
    }
  });
});

describe('a waiting line', () => {
  const drain = async (policy: PolicyName, count = 60) => {
    const { world, costOf } = await openTeam({ policy, agents: 30, members: 30 });
    await world.put({ waiting: waitingLine(world, count) });
    const { writes } = await costOf(async () => expect((await world.search()).settled).toBe(count));
    return writes / count;
  };

  test.each<[PolicyName, number]>([
    ['queue-position', 10],
    ['smart', 10],
    ['least-sessions', 10],
    // One after the other, so that no agent is charged for two at once; and the cursor, once for twenty.
    ['member-order', 11.2],
    ['reception-weight', 10],
    ['group', 10],
  ])('given out by %s costs at most %d write units a chat', async (policy, most) => {
    expect(await drain(policy)).toBeLessThanOrEqual(most);
  });
});

describe('the minute’s sweep', () => {
  const sweepCost = async (set: (world: World) => Promise<unknown>) => {
    const { world, costOf } = await openCounted();
    await set(world);
    return costOf(() => world.minute());
  };

  test('costs one query where nothing is to do, also with schedules whose edges are to come', async () => {
    const idle = await sweepCost(world => world.put({ agents: team(3) }));
    const nextEdgeAt = Date.parse('2026-03-02T16:30:00Z') as unknown as Instant;
    const schedule = { timeZone: 'UTC', hours: [] };
    const later = await sweepCost(world => world.put({ agents: team(50, { schedule, nextEdgeAt }) }));
    expect(later).toEqual(idle);
    expect(idle).toMatchObject({ writes: 0, trips: 1 });
  });

  test('costs one query more for each project with open offers, and what tells whether somebody is left', async () => {
    const offered = (chats: number) =>
      sweepCost(async world => {
        await world.put({ agents: team(3), settings: { newVisitors: { policy: 'all', onNobody: null } } });
        for (let chat = 0; chat < chats; chat += 1) await world.start();
      });
    const [one, five] = [await offered(1), await offered(5)];
    expect(one.writes + five.writes).toBe(0);
    // One row of those offered for each.
    expect(five.reads - one.reads).toBeLessThanOrEqual(4);
  });
});

describe('a change of agent', () => {
  const movedAmong = async (agents: number): Promise<Cost> => {
    const { world, costOf } = await openTeam({ agents, settings: { changeAgentMinutes: 5 } });
    await world.start({ message: 'Hello?' });
    world.clock.now = (world.clock.now + 5 * 60_000) as Instant;
    const cost = await costOf(world.minute);
    const [stored] = (await world.standing()).chats;
    expect(stored?.chat.assignments.at(-1)).toMatchObject({ method: 'changed-agent' });
    return cost;
  };

  test('costs the same among 40 agents and 300', async () => {
    expect(await movedAmong(300)).toEqual(await movedAmong(40));
  });
});
