import { afterAll, describe, expect, test } from '@jest/globals';
import type { Agent } from '../../domain/agent.ts';
import type { Instant } from '../../domain/brands.ts';
import { nextEdge, type Schedule } from '../../domain/schedule.ts';
import { agent, at, NOW } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  afterOthers,
  both,
  failsAs,
  type Matches,
  readsTheLine,
  savesAnAgent,
  sentTwice,
} from '../support/faults.ts';
import { expectConsistent, expectInOrder } from '../support/in-order.ts';
import { openWorld, team, type World, waitingLine } from '../support/world.ts';

/** Seed 001, 2.1: "accounts automatically switch to Online during set hours". A Monday, 16:00 in UTC, 17:00 in Berlin. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const daily = (from: string, to: string, timeZone = 'UTC'): Schedule => ({
  timeZone,
  hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from, to }],
});
const scheduled = (id: string, schedule: Schedule, given: Parameters<typeof agent>[0] = {}): Agent =>
  agent({ id, status: 'offline', ...given, schedule, nextEdgeAt: nextEdge(schedule, NOW) });

async function open(...agents: readonly Agent[]): Promise<World> {
  const world = await openWorld(engine);
  await world.put({ agents });
  return world;
}
const statusOf = async (world: World, id = 'ada') => {
  const one = (await world.standing()).agents.find(found => found.id === id);
  return one && `${one.status} ${one.statusReason}`;
};
async function sweepAt(world: World, moment: Instant): Promise<void> {
  world.clock.now = moment;
  await world.minute();
}
const ONE_MS = 1;

describe('the minute’s sweep', () => {
  test('switches an agent online in the minute of its edge, not before, and offline at the next', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30')));
    await sweepAt(world, (at('16:30') - ONE_MS) as Instant);
    expect(await statusOf(world)).toBe('offline set-by-agent');
    await sweepAt(world, at('16:30'));
    expect(await statusOf(world)).toBe('online schedule');
    const [ada] = (await world.standing()).agents;
    expect([ada?.statusSince, ada?.nextEdgeAt]).toEqual([at('16:30'), at('17:30')]);
    await sweepAt(world, (at('17:30') + 59_000) as Instant);
    expect(await statusOf(world)).toBe('offline schedule');
    await expectInOrder(world);
  });

  test('reads the edge in the zone of the schedule', async () => {
    const world = await open(scheduled('ada', daily('17:30', '18:00', 'Europe/Berlin')));
    await sweepAt(world, at('16:30'));
    expect(await statusOf(world)).toBe('online schedule');
  });

  test('hands out what waits where somebody came online, once per project', async () => {
    const world = await open(
      ...['ada', 'bo', 'cy'].map(id => scheduled(id, daily('16:30', '17:30'), { maxLoad: 2 })),
    );
    await world.put({ waiting: waitingLine(world, 7) });
    await sweepAt(world, at('16:30'));
    const { standing } = await expectInOrder(world);
    expect(standing.places).toHaveLength(1);
    expect(standing.agents.map(one => one.openChats)).toEqual([2, 2, 2]);
  });

  test('makes good an edge that was missed: what counts is the schedule now', async () => {
    const world = await open(
      scheduled('ada', daily('16:30', '17:30')),
      scheduled('bo', daily('16:30', '18:30')),
    );
    // Nothing ran for two hours: Ada's hours came and went.
    await sweepAt(world, at('18:00'));
    expect([await statusOf(world, 'ada'), await statusOf(world, 'bo')]).toEqual([
      'offline set-by-agent',
      'online schedule',
    ]);
    const { agents } = await world.standing();
    const tomorrow = (at('16:30') + 86_400_000) as Instant;
    expect(agents.map(one => one.nextEdgeAt)).toEqual([tomorrow, at('18:30')]);
    await expectInOrder(world);
  });

  test('does nothing a second time', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30')));
    await sweepAt(world, at('16:30'));
    const { standing } = await expectInOrder(world);
    await sweepAt(world, at('16:30'));
    expect((await world.standing()).agents).toEqual(standing.agents);
  });

  test('switches all that are due, however many there are', async () => {
    const schedule = daily('16:30', '17:30');
    const many = team(620, { status: 'offline' }).map(one => ({ ...one, schedule, nextEdgeAt: at('16:30') }));
    const world = await open(...many);
    await sweepAt(world, at('16:30'));
    const { agents } = await world.standing();
    expect(new Set(agents.map(one => `${one.status} ${one.nextEdgeAt}`))).toEqual(
      new Set([`online ${at('17:30')}`]),
    );
  });

  test('keeps away from agents that are inactive only as far as chats go: their status follows', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30'), { active: false }));
    await world.put({ waiting: waitingLine(world, 1) });
    await sweepAt(world, at('16:30'));
    expect(await statusOf(world)).toBe('online schedule');
    const { standing } = await expectInOrder(world);
    expect(standing.places).toHaveLength(1);
  });
});

describe('a change by hand', () => {
  test('within the hours holds until the next edge, which applies again', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30')));
    await sweepAt(world, at('16:30'));
    await world.setStatus('ada', 'rest');
    await sweepAt(world, at('17:00'));
    expect(await statusOf(world)).toBe('rest set-by-operator');
    await sweepAt(world, at('17:30'));
    expect(await statusOf(world)).toBe('offline schedule');
    await sweepAt(world, (at('16:30') + 86_400_000) as Instant);
    expect(await statusOf(world)).toBe('online schedule');
  });

  test.each(['rest', 'busy', 'offline'])(
    'at the moment of the edge (%s), before the sweep has come to it, stands: the edge has passed',
    async status => {
      const world = await open(scheduled('ada', daily('16:30', '17:30')));
      world.door.next(
        savesAnAgent,
        afterOthers(() => world.setStatus('ada', status)),
      );
      await sweepAt(world, at('16:30'));
      expect(world.door.isThrough()).toBe(true);
      expect(await statusOf(world)).toBe(`${status} set-by-operator`);
      const { standing } = await expectInOrder(world);
      expect(standing.agents[0]?.nextEdgeAt).toBe(at('17:30'));
    },
  );

  test('just before the edge is followed by it', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30')));
    world.clock.now = (at('16:30') - ONE_MS) as Instant;
    await world.setStatus('ada', 'busy');
    await sweepAt(world, at('16:30'));
    expect(await statusOf(world)).toBe('online schedule');
    await expectInOrder(world);
  });

  test('just after the edge is not undone by the sweep that was under way', async () => {
    const world = await open(
      scheduled('ada', daily('16:30', '17:30')),
      scheduled('bo', daily('16:30', '17:30')),
    );
    world.clock.now = at('16:30');
    // The edges are found, and the agent sets its own status before the second one is written.
    const isAda: Matches = ({ input }) => (input.Item as { sk?: unknown }).sk === 'ada';
    world.door.next(both(savesAnAgent, isAda), async carryOut => {
      const answer = await carryOut();
      await world.setStatus('ada', 'rest');
      return answer;
    });
    await world.minute();
    expect(await statusOf(world)).toBe('rest set-by-operator');
    await world.minute();
    expect(await statusOf(world)).toBe('rest set-by-operator');
  });

  test('between two sweeps at once is not undone by the slower one', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30')));
    world.clock.now = at('16:30');
    // The slower one has found the edge, and looks at the agent when all is done.
    const readsTheAgent: Matches = ({ name, input }) =>
      name === 'Get' && (input.Key as { sk?: unknown }).sk === 'ada';
    world.door.next(
      readsTheAgent,
      afterOthers(async () => {
        await world.minute();
        await world.setStatus('ada', 'rest');
      }),
    );
    await world.minute();
    expect(world.door.isThrough()).toBe(true);
    expect(await statusOf(world)).toBe('rest set-by-operator');
  });

  test('of the card that takes the schedule away wins over the edge that was found before', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30')));
    world.door.next(
      savesAnAgent,
      afterOthers(() => world.edit('ada', { schedule: null })),
    );
    await sweepAt(world, at('16:30'));
    expect(await statusOf(world)).toBe('offline set-by-agent');
    const { standing } = await expectInOrder(world);
    expect(standing.sweeps).toEqual([]);
  });

  test('of the card that moves the hours takes effect at once, and its edges count from then on', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30')));
    await world.put({ waiting: waitingLine(world, 1) });
    await world.edit('ada', { schedule: daily('15:00', '16:10') });
    expect(await statusOf(world)).toBe('online schedule');
    expect((await world.standing()).agents[0]).toMatchObject({ openChats: 1, nextEdgeAt: at('16:10') });
    await sweepAt(world, at('16:30'));
    expect(await statusOf(world)).toBe('offline schedule');
    await expectInOrder(world);
  });

  test('a chat that comes in at the same moment as the edge is not lost, nor the edge', async () => {
    const world = await open(scheduled('ada', daily('15:00', '16:30'), { status: 'online' }));
    world.clock.now = at('16:30');
    world.door.next(
      savesAnAgent,
      afterOthers(() => world.start()),
    );
    await world.minute();
    const { standing } = await expectInOrder(world);
    expect(standing.agents[0]).toMatchObject({ status: 'offline', openChats: 1 });
  });
});

describe('a fault on the way', () => {
  test('of the write, sent again by the SDK: the edge is switched once', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30')));
    world.door.next(savesAnAgent, sentTwice);
    await sweepAt(world, at('16:30'));
    const { standing } = await expectInOrder(world);
    expect(standing.agents[0]).toMatchObject({ status: 'online', version: 2 });
  });

  test('of the search after it leaves the agents switched, and the periodic search hands out', async () => {
    const world = await open(scheduled('ada', daily('16:30', '17:30')));
    await world.put({ waiting: waitingLine(world, 2) });
    world.door.next(readsTheLine, failsAs('TimeoutError'));
    await sweepAt(world, at('16:30'));
    expect(await statusOf(world)).toBe('online schedule');
    expect((await world.standing()).places).toHaveLength(2);
    await expectConsistent(world);
    await world.passMinute();
    const { standing } = await expectInOrder(world);
    expect(standing.places).toEqual([]);
  });

  test('of one agent’s write fails the sweep, and the next one goes on with those left', async () => {
    const world = await open(...['ada', 'bo', 'cy'].map(id => scheduled(id, daily('16:30', '17:30'))));
    world.door.next(savesAnAgent, failsAs('TimeoutError'));
    await sweepAt(world, at('16:30')).catch(() => {});
    await sweepAt(world, at('16:31'));
    const { standing } = await expectInOrder(world);
    expect(standing.agents.map(one => one.status)).toEqual(['online', 'online', 'online']);
  });
});
