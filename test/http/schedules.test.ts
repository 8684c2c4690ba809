import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';
import { crowd } from './crowd.ts';
import { around, EVERY_DAY, hours, MINUTE_MS, minute } from './wall.ts';

/** Seed 001, 2.1: "schedule availability. When enabled, accounts automatically switch to Online during set hours." */

let world: World;
let opened: Project[] = [];
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
/** Schedules that nobody looks at any more would make every later move of the clock slow. */
afterEach(async () => {
  for (const project of opened) await project.edit('all', { schedule: null });
  opened = [];
});

async function open(given: Parameters<World['project']>[0] = {}) {
  const project = await world.project(given);
  opened.push(project);
  return project;
}

/** A schedule of two hours, and when it begins and ends: now in the middle of it, or an hour before it. */
const inside = () => ({ schedule: around(world.now(), 60, 60), ends: minute(world.now(), 60) });
const outside = () => ({
  schedule: around(world.now(), -60, 180),
  begins: minute(world.now(), 60),
  ends: minute(world.now(), 180),
});

describe('a schedule that is saved', () => {
  test('inside its hours puts a new agent online at once, outside them leaves it offline', async () => {
    const acme = await open();
    const [within, without] = [inside(), outside()];
    await acme.hire('ada', { schedule: within.schedule });
    await acme.hire('ben', { schedule: without.schedule });
    expect(await acme.agent('ada')).toMatchObject({
      status: 'online',
      statusReason: 'schedule',
      schedule: within.schedule,
      nextEdgeAt: new Date(within.ends).toISOString(),
    });
    expect(await acme.agent('ben')).toMatchObject({
      status: 'offline',
      schedule: without.schedule,
      nextEdgeAt: new Date(without.begins).toISOString(),
    });
  });

  test.each(['online', 'busy', 'rest', 'offline'] as const)(
    'counts for an agent who was %s',
    async status => {
      const acme = await open({ agents: { ada: { status }, ben: { status } } });
      await acme.replaceCard('ada', { schedule: inside().schedule });
      await acme.replaceCard('ben', { schedule: outside().schedule });
      const [ada, ben] = [await acme.agent('ada'), await acme.agent('ben')];
      expect([ada.status, ben.status]).toEqual(['online', 'offline']);
      // What was so already was not brought about by the schedule.
      expect(ada.statusReason).toBe(status === 'online' ? 'set-by-operator' : 'schedule');
      expect(ben.statusReason).toBe(status === 'offline' ? 'set-by-operator' : 'schedule');
    },
  );

  test('gives what waits to an agent who goes online by it', async () => {
    const acme = await open({ agents: { ada: { status: 'rest' } } });
    const chat = await acme.start();
    await acme.replaceCard('ada', { schedule: inside().schedule });
    expect(await acme.holders([chat])).toEqual(['ada']);
  });

  test('once more, with another name or limit, leaves alone what was set by hand', async () => {
    const { schedule } = inside();
    const acme = await open({ agents: { ada: { schedule } } });
    await acme.setStatus('ada', 'rest');
    await acme.replaceCard('ada', { schedule, name: 'Ada L.', maxLoad: 9 });
    expect(await acme.agent('ada')).toMatchObject({ status: 'rest', name: 'Ada L.' });
    await acme.replaceCard('ada', { schedule: around(world.now(), 120, 60) });
    expect(await acme.agent('ada')).toMatchObject({ status: 'online', statusReason: 'schedule' });
  });

  test('for the whole week has no edge; without hours it never goes online', async () => {
    const always = hours('Asia/Kathmandu', '00:00-24:00');
    const acme = await open({
      agents: { ada: { schedule: always }, ben: { schedule: { timeZone: 'UTC', hours: [] } } },
    });
    expect(await acme.agent('ada')).toMatchObject({ status: 'online', nextEdgeAt: null });
    expect(await acme.agent('ben')).toMatchObject({ status: 'offline', nextEdgeAt: null });
    await world.advance(3 * 86_400);
    expect((await acme.team()).map(({ status }) => status)).toEqual(['online', 'offline']);
  });

  test('does not make an agent available who is not active or has no room', async () => {
    const { schedule } = inside();
    const acme = await open({
      agents: { ada: { schedule, active: false }, ben: { schedule, maxLoad: 0 } },
    });
    expect((await acme.start()).state).toBe('waiting');
  });

  test.each<[string, unknown, string]>([
    ['timeZone', { timeZone: 'Mars/Phobos', hours: [] }, 'timeZone'],
    ['hours', { timeZone: 'UTC', hours: 'nine to five' }, 'hours'],
    ['from', { timeZone: 'UTC', hours: [{ days: ['mon'], from: '9', to: '17:00' }] }, 'hours.0.from'],
    ['to', { timeZone: 'UTC', hours: [{ days: ['mon'], from: '09:00', to: '25:00' }] }, 'hours.0.to'],
    [
      'the second hours',
      {
        timeZone: 'UTC',
        hours: [
          { days: ['mon'], from: '09:00', to: '17:00' },
          { days: ['tue', 'never'], from: '09:00', to: '17:00' },
        ],
      },
      'hours.1.days.1',
    ],
    [
      'nothing between',
      { timeZone: 'UTC', hours: [{ days: ['mon'], from: '09:00', to: '09:00' }] },
      'hours.0',
    ],
  ])('is refused with the path of what is wrong: %s', async (_, schedule, path) => {
    const acme = await open({ agents: { ada: {} } });
    const before = await acme.agent('ada');
    const single = await acme.ask('replaceAgent', {
      params: { agentId: 'ada' },
      body: { name: 'ada', schedule },
    });
    const bulk = await acme.ask('editAgents', { body: { agentIds: ['ada'], set: { schedule } } });
    const paths = ({ body }: typeof single) =>
      (body as { errors: readonly { path: string }[] }).errors.map(error => error.path);
    expect([single.status, bulk.status]).toEqual([400, 400]);
    expect(paths(single)).toEqual([`body.schedule.${path}`]);
    expect(paths(bulk)).toEqual([`body.set.schedule.${path}`]);
    expect(await acme.agent('ada')).toEqual(before);
  });
});

describe('an edge', () => {
  test('switches within its minute and not before it, and what waits is given out when hours begin', async () => {
    const { schedule, begins, ends } = outside();
    const acme = await open({ agents: { ada: { schedule, maxLoad: 1 } } });
    const chats = [await acme.start(), await acme.start()];
    await world.advanceTo(begins - 20_000);
    expect(await acme.agent('ada')).toMatchObject({ status: 'offline' });
    await world.advanceTo(begins + MINUTE_MS);
    const online = await acme.agent('ada');
    expect(online).toMatchObject({
      status: 'online',
      statusReason: 'schedule',
      nextEdgeAt: new Date(ends).toISOString(),
    });
    expect(Date.parse(online.statusSince) - begins).toBeLessThan(MINUTE_MS);
    expect(Date.parse(online.statusSince)).toBeGreaterThanOrEqual(begins);
    const [given, waiting] = await Promise.all(chats.map(({ id }) => acme.chat(id)));
    expect([given?.agentId, waiting?.agentId]).toEqual(['ada', null]);
    expect(Date.parse(given?.assignedAt ?? '') - begins).toBeLessThan(MINUTE_MS);

    await world.advanceTo(ends - 20_000);
    expect((await acme.agent('ada')).status).toBe('online');
    await world.advanceTo(ends + MINUTE_MS);
    expect(await acme.agent('ada')).toMatchObject({ status: 'offline', statusReason: 'schedule' });
    // What an agent has stays with it; it gets nothing new.
    await acme.closeChat(given?.id ?? '');
    expect(await acme.holders(chats)).toEqual(['ada', null]);
  });

  test('is told as an event, once, at its own time', async () => {
    const { schedule, begins, ends } = outside();
    const acme = await open({ agents: { ada: { schedule } } });
    await world.advanceTo(ends + MINUTE_MS);
    const events = (await acme.events()).slice(1).map(({ detail }) => detail);
    expect(events).toMatchObject([
      { status: 'online', statusBefore: 'offline', statusReason: 'schedule' },
      { status: 'offline', statusBefore: 'online', statusReason: 'schedule' },
    ]);
    const late = events.map(({ at }, index) => Date.parse(String(at)) - ([begins, ends][index] ?? 0));
    expect(late.every(ms => ms >= 0 && ms < MINUTE_MS)).toBe(true);
  });

  test('of many agents at once switches them all in that minute, in every project', async () => {
    const { schedule, begins } = outside();
    const [acme, other] = [await open(), await open()];
    for (const project of [acme, other]) {
      await crowd(project, 20, { maxLoad: 1 });
      await project.edit('all', { schedule });
    }
    const chats = [];
    for (let index = 0; index < 23; index += 1) chats.push(await acme.start());
    await world.advanceTo(begins + MINUTE_MS);
    for (const project of [acme, other])
      expect((await project.team()).filter(({ status }) => status !== 'online')).toEqual([]);
    const holders = await acme.holders(chats);
    expect(new Set(holders.slice(0, 20)).size).toBe(20);
    expect(holders.slice(20)).toEqual([null, null, null]);
  });

  test('that nothing ran at is made good as soon as something does', async () => {
    let down = false;
    const other = await openWorld(real => ({
      ...real,
      minute: async () => (down ? undefined : real.minute()),
    }));
    try {
      const now = other.now();
      const acme = await other.project({
        agents: {
          ada: { schedule: around(now, -30, 600) },
          // Begins and ends while nothing runs.
          ben: { schedule: around(now, -30, 60) },
        },
      });
      const chat = await acme.start();
      down = true;
      await other.advance(90 * 60);
      expect((await acme.team()).map(({ status }) => status)).toEqual(['offline', 'offline']);
      down = false;
      await other.advance(60);
      expect((await acme.team()).map(({ status }) => status)).toEqual(['online', 'offline']);
      expect(await acme.holders([chat])).toEqual(['ada']);
    } finally {
      await other.close();
    }
  });

  test('no longer comes once the schedule is removed, and the status stays what it was', async () => {
    const { schedule, ends } = inside();
    const acme = await open({ agents: { ada: { schedule }, ben: { schedule } } });
    await acme.replaceCard('ada', {});
    await acme.edit(['ben'], { schedule: null });
    for (const id of ['ada', 'ben'])
      expect(await acme.agent(id)).toMatchObject({ schedule: null, nextEdgeAt: null, status: 'online' });
    await world.advanceTo(ends + 2 * MINUTE_MS);
    expect((await acme.team()).map(({ status }) => status)).toEqual(['online', 'online']);
    await acme.setStatus('ada', 'offline');
    const as = await acme.as.agent('ada');
    const { status } = await acme.ask('setStatus', {
      as,
      params: { agentId: 'ada' },
      body: { status: 'ready' },
    });
    expect(status).toBe(200);
  });

  test('between hours that meet is none: nobody goes offline for a moment', async () => {
    const now = world.now();
    const [first, second] = [around(now, 60, 60), around(now, -60, 120)];
    const schedule = { timeZone: 'UTC', hours: [...first.hours, ...second.hours] };
    const acme = await open({ agents: { ada: { schedule } } });
    const before = await acme.agent('ada');
    expect(before.nextEdgeAt).toBe(new Date(minute(now, 120)).toISOString());
    await world.advanceTo(minute(now, 61));
    expect(await acme.agent('ada')).toEqual(before);
  });

  test('is only one on the days it names', async () => {
    const tomorrow = EVERY_DAY[(new Date(world.now() + 86_400_000).getUTCDay() + 6) % 7] ?? 'mon';
    const schedule = { timeZone: 'UTC', hours: [{ days: [tomorrow], from: '00:00', to: '24:00' }] };
    const acme = await open({ agents: { ada: { schedule } } });
    const begins = (Math.floor(world.now() / 86_400_000) + 1) * 86_400_000;
    expect(await acme.agent('ada')).toMatchObject({
      status: 'offline',
      nextEdgeAt: new Date(begins).toISOString(),
    });
    await world.advanceTo(begins + MINUTE_MS);
    expect(await acme.agent('ada')).toMatchObject({
      status: 'online',
      nextEdgeAt: new Date(begins + 86_400_000).toISOString(),
    });
    await world.advanceTo(begins + 86_400_000 + MINUTE_MS);
    expect(await acme.agent('ada')).toMatchObject({
      status: 'offline',
      nextEdgeAt: new Date(begins + 7 * 86_400_000).toISOString(),
    });
  });
});
