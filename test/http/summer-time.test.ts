import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';
import { DAY_MS, hours, MINUTE_MS, next, nextChange } from './wall.ts';

/** Schedules in their own time zone: through both changes of the clocks, and past midnight. */

let world: World;
let opened: Project[] = [];
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  for (const project of opened) await project.edit('all', { schedule: null });
  opened = [];
});

async function open(schedule: ReturnType<typeof hours>) {
  const project = await world.project({ agents: { ada: { schedule } } });
  opened.push(project);
  return project;
}

/** Goes through these edges one by one: just before each the status is as it was, a minute after it the other one. */
async function expectEdges(acme: Project, edges: readonly number[]) {
  let { status } = await acme.agent('ada');
  for (const edge of edges) {
    expect((await acme.agent('ada')).nextEdgeAt).toBe(new Date(edge).toISOString());
    await world.advanceTo(edge - 20_000);
    expect((await acme.agent('ada')).status).toBe(status);
    await world.advanceTo(edge + MINUTE_MS);
    status = status === 'online' ? 'offline' : 'online';
    expect((await acme.agent('ada')).status).toBe(status);
  }
}

describe.each([
  ['Europe/Berlin', 'forward'],
  ['Europe/Berlin', 'back'],
  ['America/New_York', 'forward'],
  ['America/New_York', 'back'],
] as const)('in %s, where clocks go %s', (timeZone, way) => {
  /** Puts the clock a day and a half before the change. */
  async function dayBefore() {
    const change = nextChange(world.now() + 3 * DAY_MS, timeZone, way);
    await world.advanceTo(change - 1.5 * DAY_MS);
    return change;
  }

  test('hours begin and end by the clocks on the wall, on the day before, of and after the change', async () => {
    const change = await dayBefore();
    const acme = await open(hours(timeZone, '09:00-17:30'));
    const edges: number[] = [];
    for (let at: number = world.now(); at < change + 1.5 * DAY_MS; at = edges.at(-1) ?? at) {
      const begins = next(at, timeZone, '09:00');
      const ends = next(at, timeZone, '17:30');
      edges.push(Math.min(begins, ends));
    }
    // The hours themselves are as long as ever; the night of the change is not.
    const nights = edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0));
    expect(nights).toContain((15.5 + (way === 'forward' ? -1 : 1)) * 3_600_000);
    await expectEdges(acme, edges);
  });

  test('a time that is skipped begins as much later; one that comes twice begins the first time', async () => {
    const change = await dayBefore();
    // Berlin goes from two to three and back from three to two; New York from two to three, back from two to one.
    const clock = timeZone === 'America/New_York' && way === 'back' ? '01:30' : '02:30';
    await world.advanceTo(next(change - 1.5 * DAY_MS, timeZone, '12:00'));
    const acme = await open(hours(timeZone, `${clock}-12:00`));
    const begins = change + (way === 'forward' ? 30 : -30) * MINUTE_MS;
    await expectEdges(acme, [begins, next(begins, timeZone, '12:00')]);
  });

  test('hours that run over the change are an hour shorter or longer', async () => {
    const change = await dayBefore();
    await world.advanceTo(next(change - 1.5 * DAY_MS, timeZone, '12:00'));
    const acme = await open(hours(timeZone, '22:00-06:00'));
    const begins = next(world.now(), timeZone, '22:00');
    const ends = next(begins, timeZone, '06:00');
    expect(ends - begins).toBe((8 + (way === 'forward' ? -1 : 1)) * 3_600_000);
    await expectEdges(acme, [begins, ends]);
  });
});

describe('hours past midnight', () => {
  test('belong to the day on which they begin', async () => {
    const zone = 'Asia/Kolkata';
    await world.advanceTo(next(world.now(), zone, 'fri 12:00'));
    const acme = await open(hours(zone, '22:00-06:00', ['fri']));
    expect((await acme.agent('ada')).status).toBe('offline');
    const begins = next(world.now(), zone, 'fri 22:00');
    await expectEdges(acme, [begins, next(begins, zone, 'sat 06:00'), next(begins, zone, 'fri 22:00')]);
  });

  test('count when they are saved after midnight', async () => {
    const zone = 'Pacific/Auckland';
    await world.advanceTo(next(world.now(), zone, 'sat 03:00'));
    const [friday, saturday] = [
      await open(hours(zone, '22:00-06:00', ['fri'])),
      await open(hours(zone, '22:00-06:00', ['sat'])),
    ];
    expect((await friday.agent('ada')).status).toBe('online');
    expect((await saturday.agent('ada')).status).toBe('offline');
  });
});
