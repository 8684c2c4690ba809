import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';
import { hours, next } from './wall.ts';

/** "an agent who has sent heartbeats and stops for the project's presenceTimeoutSeconds goes offline" */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const MINUTE = 60;

async function beat(acme: Project, agentId = 'ada') {
  const as = await acme.as.agent(agentId);
  expect((await acme.ask('heartbeat', { as, params: { agentId } })).status).toBe(204);
}

async function statusOf(acme: Project, agentId = 'ada') {
  const { status, statusReason } = await acme.agent(agentId);
  return `${status} ${statusReason}`;
}

/** Heartbeats every half a minute, for so many minutes. */
async function beatFor(acme: Project, minutes: number) {
  for (let half = 0; half < 2 * minutes; half += 1) {
    await beat(acme);
    await world.advance(MINUTE / 2);
  }
}

describe('an agent whose heartbeats', () => {
  test('go on stays as it is, however long', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    await beatFor(acme, 6);
    expect(await statusOf(acme)).toBe('online set-by-operator');
  });

  test('stop goes offline within a minute of the time its project says, and not before', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: { presenceTimeoutSeconds: 200 } });
    await beat(acme);
    await world.advance(190);
    expect(await statusOf(acme)).toBe('online set-by-operator');
    await world.advance(10 + MINUTE);
    expect(await statusOf(acme)).toBe('offline lost-connection');
  });

  test('have never begun is not missed', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    await world.advance(60 * MINUTE);
    expect(await statusOf(acme)).toBe('online set-by-operator');
  });

  test('stop keeps its chats and gets no new ones; back again it has its status and what waits', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const first = await acme.start();
    await beat(acme);
    await world.advance(3 * MINUTE);
    const second = await acme.start();
    expect(await acme.holders([first, second])).toEqual(['ada', null]);
    await beat(acme);
    expect(await statusOf(acme)).toBe('online set-by-operator');
    expect(await acme.holders([first, second])).toEqual(['ada', 'ada']);
    // The lease has begun anew.
    await world.advance(3 * MINUTE);
    expect(await statusOf(acme)).toBe('offline lost-connection');
  });

  test('stop while it is on a break comes back to its break', async () => {
    const acme = await world.project({ agents: { ada: { status: 'rest' } } });
    await beat(acme);
    await world.advance(3 * MINUTE);
    expect(await statusOf(acme)).toBe('offline lost-connection');
    await beat(acme);
    expect(await statusOf(acme)).toBe('rest set-by-operator');
  });

  test('stop while it is offline is offline by its own will', async () => {
    const acme = await world.project({ agents: { ada: { status: 'offline' } } });
    await beat(acme);
    await world.advance(3 * MINUTE);
    await beat(acme);
    expect((await acme.agent('ada')).status).toBe('offline');
  });

  test('stop after its working day, and not begun on the next, is missed when it is brought back', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    await beat(acme);
    await acme.setStatus('ada', 'offline');
    await world.advance(60 * MINUTE);
    await acme.setStatus('ada', 'online');
    await world.advance(4 * MINUTE);
    expect(await statusOf(acme)).toBe('offline lost-connection');
  });

  test.each(['busy', 'offline', 'online'] as const)(
    'come again finds the status that was set meanwhile: %s',
    async status => {
      const acme = await world.project({ agents: { ada: {} } });
      await beat(acme);
      await world.advance(3 * MINUTE);
      await acme.setStatus('ada', status);
      expect(await statusOf(acme)).toBe(`${status} set-by-operator`);
      await beat(acme);
      expect(await statusOf(acme)).toBe(`${status} set-by-operator`);
    },
  );

  test.each(['an operator', 'its schedule'])(
    'never come again is lost again when %s brings it back',
    async who => {
      const acme = await world.project({ agents: { ada: {} } });
      await beat(acme);
      await world.advance(3 * MINUTE);
      expect(await statusOf(acme)).toBe('offline lost-connection');
      if (who === 'an operator') await acme.setStatus('ada', 'online');
      else {
        const begin = next(world.now() + 3_600_000, 'UTC', '09:00');
        await acme.edit(['ada'], { schedule: hours('UTC', '09:00-20:00') });
        await world.advanceTo(begin + 30_000);
      }
      await world.advance(4 * MINUTE);
      expect(await statusOf(acme)).toBe('offline lost-connection');
      await acme.edit(['ada'], { schedule: null });
    },
  );

  test('come again after its hours have ended does not find it online', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const begin = next(world.now() + 3_600_000, 'UTC', '09:00');
    await acme.edit(['ada'], { schedule: hours('UTC', '09:00-10:00') });
    await world.advanceTo(begin + 30 * 60_000);
    expect(await statusOf(acme)).toBe('online schedule');
    await beat(acme);
    await world.advance(3 * MINUTE);
    expect(await statusOf(acme)).toBe('offline lost-connection');
    await world.advanceTo(begin + 70 * 60_000);
    await beat(acme);
    expect(await statusOf(acme)).toBe('offline schedule');
    await acme.edit(['ada'], { schedule: null });
  });
});

test('each change is an event with its reason', async () => {
  const acme = await world.project({ agents: { ada: {} } });
  await beat(acme);
  await world.advance(3 * MINUTE);
  await beat(acme);
  const events = (await acme.events()).filter(event => event['detail-type'] === 'AgentStatusChanged');
  const told = events.map(({ detail }) => {
    const { status, statusReason } = detail as Readonly<Record<string, unknown>>;
    return `${status} ${statusReason}`;
  });
  expect(told.slice(-2)).toEqual(['offline lost-connection', 'online set-by-operator']);
});

test('a heartbeat is the agent’s own', async () => {
  const acme = await world.project({ agents: { ada: {}, ben: {} } });
  const ask = (as: Awaited<ReturnType<typeof acme.as.agent>>) =>
    acme.ask('heartbeat', { as, params: { agentId: 'ada' } });
  expect((await ask(await acme.as.agent('ben'))).status).toBe(403);
  expect((await ask(acme.as.operator)).status).toBe(403);
});
