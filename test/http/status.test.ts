import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';
import { around, MINUTE_MS, minute } from './wall.ts';

/** Who sets whose status, what it means, and what a schedule lets pass by hand. */

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

async function open(given: Parameters<World['project']>[0]) {
  const project = await world.project(given);
  opened.push(project);
  return project;
}

/** Ada sets her own status. */
async function byHand(acme: Project, status: string, agentId = 'ada') {
  return acme.ask('setStatus', { as: await acme.as.agent('ada'), params: { agentId }, body: { status } });
}

describe('a status', () => {
  test('is set by the agent itself or an operator, and tells by whom', async () => {
    const acme = await open({ agents: { ada: { status: 'offline' }, ben: { status: 'offline' } } });
    expect((await byHand(acme, 'online')).body).toMatchObject({
      status: 'online',
      statusReason: 'set-by-agent',
    });
    await acme.setStatus('ada', 'rest');
    expect(await acme.agent('ada')).toMatchObject({ status: 'rest', statusReason: 'set-by-operator' });
    expect((await byHand(acme, 'online', 'ben')).status).toBe(403);
    expect((await acme.agent('ben')).status).toBe('offline');
  });

  test('`ready` is another word for online; there is no other', async () => {
    const acme = await open({ agents: { ada: { status: 'busy' } } });
    const chat = await acme.start();
    expect((await byHand(acme, 'ready')).body).toMatchObject({ status: 'online' });
    expect(await acme.holders([chat])).toEqual(['ada']);
    for (const odd of ['Ready', 'READY', 'online ', 'away', ''])
      expect((await byHand(acme, odd)).status).toBe(400);
  });

  test.each(['busy', 'rest', 'offline'] as const)('%s keeps new chats away and takes none', async status => {
    const acme = await open({ agents: { ada: {} } });
    const first = await acme.start();
    await byHand(acme, status);
    const second = await acme.start();
    expect(await acme.holders([first, second])).toEqual(['ada', null]);
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1 });
    await byHand(acme, 'online');
    expect(await acme.holders([first, second])).toEqual(['ada', 'ada']);
  });

  test('holds in one project only, for an agent of the same name in two', async () => {
    const [acme, other] = [await open({ agents: { ada: {} } }), await open({ agents: { ada: {} } })];
    await byHand(acme, 'rest');
    expect((await other.agent('ada')).status).toBe('online');
    expect((await other.start()).agentId).toBe('ada');
    expect((await acme.start()).agentId).toBeNull();
    expect((await acme.agent('ada')).load).toBe(0);
  });

  test('set to what it is changes nothing, not even since when', async () => {
    const acme = await open({ agents: { ada: {} } });
    const before = await acme.agent('ada');
    await world.advance(30);
    await byHand(acme, 'online');
    expect(await acme.agent('ada')).toEqual(before);
  });

  test('set to several at once is one of them, and told once each', async () => {
    const acme = await open({ agents: { ada: {} } });
    const wanted = ['busy', 'rest', 'offline'];
    const answers = await Promise.all(wanted.map(status => byHand(acme, status)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(wanted).toContain((await acme.agent('ada')).status);
    const told = (await acme.events()).slice(2).map(({ detail }) => detail.status);
    expect([...told].sort()).toEqual(['busy', 'offline', 'rest']);
    expect(told.at(-1)).toBe((await acme.agent('ada')).status);
  });
});

describe('with a schedule', () => {
  test.each(['busy', 'rest', 'offline'] as const)(
    'an agent goes %s and back inside its hours; the next edge applies again',
    async status => {
      const now = world.now();
      const acme = await open({ agents: { ada: { schedule: around(now, 60, 60) } } });
      expect((await byHand(acme, status)).status).toBe(200);
      expect(await acme.agent('ada')).toMatchObject({ status, statusReason: 'set-by-agent' });
      expect((await byHand(acme, 'online')).status).toBe(200);
      await byHand(acme, status);
      // Through the end of the hours, and until they begin again.
      await world.advanceTo(minute(now, 61));
      expect(await acme.agent('ada')).toMatchObject({ status: 'offline' });
      await world.advanceTo(minute(now, 24 * 60 - 60) + MINUTE_MS);
      expect(await acme.agent('ada')).toMatchObject({ status: 'online', statusReason: 'schedule' });
    },
  );

  test('an agent does not go online outside its hours; busy, rest and offline it may', async () => {
    const acme = await open({ agents: { ada: { schedule: around(world.now(), -60, 120) } } });
    for (const status of ['online', 'ready']) {
      expect((await byHand(acme, status)).body).toMatchObject({ status: 409, code: 'outside-schedule' });
    }
    for (const status of ['busy', 'rest', 'offline']) expect((await byHand(acme, status)).status).toBe(200);
    expect((await acme.agent('ada')).status).toBe('offline');
  });

  test('an operator sets an agent online outside its hours, and it gets chats until the hours end', async () => {
    const now = world.now();
    const acme = await open({ agents: { ada: { schedule: around(now, -60, 120) } } });
    const chat = await acme.start();
    await acme.setStatus('ada', 'online');
    expect(await acme.holders([chat])).toEqual(['ada']);
    const before = await acme.agent('ada');
    expect(before).toMatchObject({ status: 'online', statusReason: 'set-by-operator' });
    await world.advanceTo(minute(now, 61));
    expect(await acme.agent('ada')).toMatchObject({ status: 'online', statusSince: before.statusSince });
    await world.advanceTo(minute(now, 121));
    expect(await acme.agent('ada')).toMatchObject({ status: 'offline', statusReason: 'schedule' });
  });

  test('an agent whose hours have just ended is refused, though the minute has not come by yet', async () => {
    let down = false;
    const other = await openWorld(real => ({
      ...real,
      minute: async () => (down ? undefined : real.minute()),
    }));
    try {
      const acme = await other.project({ agents: { ada: { schedule: around(other.now(), 60, 10) } } });
      await byHand(acme, 'rest');
      down = true;
      await other.advance(15 * 60);
      expect((await byHand(acme, 'online')).body).toMatchObject({ code: 'outside-schedule' });
    } finally {
      await other.close();
    }
  });
});
