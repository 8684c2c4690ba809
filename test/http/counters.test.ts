import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';
import { MINUTE_MS, next } from './wall.ts';

/**
 * Seed 002, "Alternative Chat Distribution flow": closed among the chats created today, then closed in 30 days, then the
 * last close; by the days of the project's time zone.
 */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const inZone = (timeZone: string) => ({ timeZone, newVisitors: { policy: 'month-priority' } });

/** Nobody has room for a chat on `heavy`: those wait until they are taken by hand, by whomever a test names. */
async function open(timeZone = 'UTC', agents: Parameters<World['project']>[0] = {}) {
  return world.project({
    channels: { web: 1, heavy: 100 },
    agents: { ada: {}, ben: {} },
    settings: inZone(timeZone),
    ...agents,
  });
}

async function serve(acme: Project, agentId: string, count = 1) {
  for (let served = 0; served < count; served += 1) {
    const { id } = await acme.start('heavy');
    await acme.accept(agentId, id);
    await acme.closeChat(id);
  }
}

/** What each agent closed, today and in 30 days, as a dry run shows it. */
async function counts(acme: Project) {
  const { considered } = await acme.explain({ channelId: 'web' });
  return Object.fromEntries(considered.map(one => [one.agentId, [one.closedToday, one.closedIn30Days]]));
}

describe('month-priority picks', () => {
  test('whoever has closed the fewest of the chats created today, and says so', async () => {
    const acme = await open();
    await serve(acme, 'ada', 2);
    await serve(acme, 'ben', 3);
    expect(await acme.explain({ channelId: 'web' })).toMatchObject({
      winner: 'ada',
      decidedBy: 'closed-today',
      considered: [
        { agentId: 'ada', rank: 1, closedToday: 2, closedIn30Days: 2 },
        { agentId: 'ben', rank: 2, closedToday: 3, closedIn30Days: 3 },
      ],
    });
    const chat = await acme.start();
    expect(chat.agentId).toBe('ada');
    expect(await acme.lastDecision(chat.id)).toMatchObject({
      decidedBy: 'closed-today',
      considered: [{ closedToday: 2 }, { closedToday: 3 }],
    });
    // Open chats do not count, only closed ones.
    expect((await acme.start()).agentId).toBe('ada');
  });

  test('of equals the one with the fewest closed in 30 days, of those the one who closed longest ago', async () => {
    const acme = await open();
    await serve(acme, 'ada', 3);
    await serve(acme, 'ben', 2);
    await world.advance(86_400);
    await serve(acme, 'ben');
    await world.advance(60);
    await serve(acme, 'ada');
    expect(await acme.explain({ channelId: 'web' })).toMatchObject({
      winner: 'ben',
      decidedBy: 'closed-in-30-days',
    });
    await world.advance(86_400);
    await serve(acme, 'ben');
    await world.advance(60);
    await serve(acme, 'ada', 1);
    await world.advance(86_400);
    await serve(acme, 'ben');
    expect(await counts(acme)).toEqual({ ada: [0, 5], ben: [1, 5] });
    await world.advance(86_400);
    expect(await acme.explain({ channelId: 'web' })).toMatchObject({
      winner: 'ada',
      decidedBy: 'last-close',
    });
  });

  test('among the lowest queue position that has somebody available', async () => {
    const acme = await open('UTC', {
      groups: { first: 1, second: 2 },
      agents: {
        ada: { groups: ['first'], maxLoad: 1 },
        ben: { groups: ['second'] },
        cleo: { groups: ['second'] },
      },
    });
    await serve(acme, 'ada', 5);
    await serve(acme, 'ben', 1);
    const agents = [];
    for (let chats = 0; chats < 3; chats += 1) agents.push((await acme.start()).agentId);
    expect(agents).toEqual(['ada', 'cleo', 'cleo']);
  });

  test('by the same counts for a chat that waited', async () => {
    const acme = await open();
    await serve(acme, 'ada', 2);
    await serve(acme, 'ben', 1);
    for (const id of ['ada', 'ben']) await acme.setStatus(id, 'rest');
    const chat = await acme.start();
    await world.interfering(
      command => {
        if (command.startsWith('Query')) throw new Error('no search');
      },
      () => acme.setStatus('ada', 'online'),
    );
    await acme.setStatus('ben', 'online');
    expect(await acme.lastDecision(chat.id)).toMatchObject({
      trigger: 'search',
      winner: 'ben',
      decidedBy: 'closed-today',
    });
  });
});

describe('a close', () => {
  test('counts for the agent who held the chat, whoever closed it, and for nobody if nobody held it', async () => {
    const acme = await open();
    const byVisitor = await acme.visit();
    expect(byVisitor.chat.agent).toEqual({ name: 'ada' });
    await acme.must('closeChat', {
      as: acme.visitor(byVisitor.token),
      params: { chatId: byVisitor.chat.id },
    });
    const taken = await acme.start('heavy');
    await acme.accept('ben', taken.id);
    await acme.must('closeChat', { as: await acme.as.agent('ben'), params: { chatId: taken.id } });
    await acme.closeChat((await acme.start('heavy')).id);
    expect(await counts(acme)).toEqual({ ada: [1, 1], ben: [1, 1] });
    for (const { id } of [taken, byVisitor.chat]) await acme.closeChat(id);
    expect(await counts(acme)).toEqual({ ada: [1, 1], ben: [1, 1] });
  });

  test('is not lost where there are many: beyond what the agent’s own row holds', async () => {
    const acme = await open();
    await serve(acme, 'ada', 61);
    expect(await counts(acme)).toEqual({ ada: [61, 61], ben: [0, 0] });
    await world.advance(86_400);
    await serve(acme, 'ada', 5);
    expect(await counts(acme)).toEqual({ ada: [5, 66], ben: [0, 0] });
  });

  test('of many at once counts each of them', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 60 } }, settings: inZone('UTC') });
    const chats = [];
    for (let index = 0; index < 30; index += 1) chats.push(await acme.start());
    for (let left = chats; left.length > 0; ) {
      const close = (chatId: string) => acme.ask('closeChat', { params: { chatId } });
      const answers = await Promise.all(left.map(({ id }) => close(id)));
      // All are the same agent's: some may be told to come again.
      left = left.filter((_, index) => answers[index]?.status === 429);
    }
    expect(await counts(acme)).toEqual({ ada: [30, 30] });
  });
});

describe.each(['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'])(
  'at midnight in %s',
  timeZone => {
    const evening = () => next(world.now(), timeZone, '23:45');

    test('today is over: what was closed counts in the 30 days only', async () => {
      await world.advanceTo(evening());
      const acme = await open(timeZone);
      await serve(acme, 'ada', 2);
      expect(await counts(acme)).toEqual({ ada: [2, 2], ben: [0, 0] });
      await world.advanceTo(next(world.now(), timeZone, '00:00') - MINUTE_MS);
      expect((await counts(acme)).ada).toEqual([2, 2]);
      await world.advanceTo(next(world.now(), timeZone, '00:00'));
      expect((await counts(acme)).ada).toEqual([0, 2]);
    });

    test('a chat created before and closed after it is none of today’s', async () => {
      await world.advanceTo(evening());
      const acme = await open(timeZone);
      const { id } = await acme.start('heavy');
      await acme.accept('ada', id);
      await world.advanceTo(next(world.now(), timeZone, '00:00') + MINUTE_MS);
      await acme.closeChat(id);
      expect(await counts(acme)).toEqual({ ada: [0, 1], ben: [0, 0] });
      await serve(acme, 'ada');
      expect((await counts(acme)).ada).toEqual([1, 2]);
    });

    test('the 30 days are today and the 29 before it', async () => {
      await world.advanceTo(evening());
      const acme = await open(timeZone);
      await serve(acme, 'ada');
      await world.advance(28.9 * 86_400);
      await world.advanceTo(next(world.now(), timeZone, '23:45'));
      expect((await counts(acme)).ada).toEqual([0, 1]);
      await world.advanceTo(next(world.now(), timeZone, '00:00'));
      expect((await counts(acme)).ada).toEqual([0, 0]);
    });
  },
);

describe('another time zone for the project', () => {
  test('counts by its own days at once, and back again', async () => {
    // Half past ten in the evening of UTC, half past six in the morning of Manila.
    await world.advanceTo(next(world.now(), 'UTC', '22:30'));
    const acme = await open('UTC');
    await serve(acme, 'ada', 2);
    await world.advance(2 * 3_600);
    await serve(acme, 'ada', 1);
    expect((await counts(acme)).ada).toEqual([1, 3]);
    for (const [timeZone, today] of [
      // None of these has summer time.
      ['Asia/Manila', 3],
      ['America/Bogota', 3],
      ['Africa/Johannesburg', 3],
      ['Atlantic/Cape_Verde', 3],
      ['UTC', 1],
      ['Africa/Abidjan', 1],
    ] as const) {
      await acme.settings(inZone(timeZone));
      expect([timeZone, (await counts(acme)).ada]).toEqual([timeZone, [today, 3]]);
    }
  });

  test('changes who is next', async () => {
    await world.advanceTo(next(world.now(), 'UTC', '23:30'));
    const acme = await open('UTC');
    await serve(acme, 'ada', 2);
    await world.advance(3_600);
    await serve(acme, 'ben', 2);
    await serve(acme, 'ada', 1);
    const dryRun = () => acme.explain({ channelId: 'web' });
    expect(await dryRun()).toMatchObject({ winner: 'ada', decidedBy: 'closed-today' });
    // By Bogotá's clocks it is still the same day: three of Ada's, two of Ben's.
    await acme.settings(inZone('America/Bogota'));
    expect(await dryRun()).toMatchObject({ winner: 'ben', decidedBy: 'closed-today' });
    expect((await acme.start()).agentId).toBe('ben');
  });
});
