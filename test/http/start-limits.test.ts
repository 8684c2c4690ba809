import { afterEach, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';

/** Starts from outside are limited by address and by project; everything here comes from one address. */

let world: World;

async function open(limits: { readonly perAddress?: number; readonly perProject?: number }) {
  world = await openWorld(undefined, {
    ...(limits.perAddress && { USHER_STARTS_PER_ADDRESS: String(limits.perAddress) }),
    ...(limits.perProject && { USHER_STARTS_PER_PROJECT: String(limits.perProject) }),
  });
  return world.project({ agents: { ada: { maxLoad: null } } });
}

/** The clock of the laptop goes on: no test begins at the end of a minute. */
async function beginMinute() {
  await world.advanceTo(Math.ceil(world.now() / 60_000) * 60_000);
}

/** What the limits, or anybody at all, write and read meanwhile. */
async function callsDuring(work: () => Promise<unknown>, of = /./) {
  const calls: string[] = [];
  await world.interfering((command, input) => {
    if (of.test(JSON.stringify(input))) calls.push(command.replace('Command', ''));
  }, work);
  return calls;
}
const OF_THE_LIMITS = /#STARTS#/;
const WRITES = /Put|Update|Delete|Write/;

afterEach(() => world.close());

const start = (acme: Project, headers = {}) =>
  acme.ask('startChat', { as: acme.as.widget, body: { channelId: 'web' }, headers });
async function statuses(acme: Project, count: number, headers: (at: number) => object = () => ({})) {
  const found: number[] = [];
  for (let at = 0; at < count; at += 1) found.push((await start(acme, headers(at))).status);
  return found;
}
const times = (count: number, status: number) => Array.from({ length: count }, () => status);

describe('starts from one address', () => {
  test('are let in up to the limit of a minute, and again in the next', async () => {
    const acme = await open({ perAddress: 6 });
    await beginMinute();
    expect(await statuses(acme, 9)).toEqual([...times(6, 201), 201, 429, 429]);
    const refused = await start(acme);
    expect(refused.body).toMatchObject({ code: 'too-many-starts' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(1);
    expect(await acme.chats()).toHaveLength(7);
    await world.advance(60);
    expect((await start(acme)).status).toBe(201);
  });

  test('cost nothing while they are few, and nothing when they are refused', async () => {
    const acme = await open({ perAddress: 4 });
    await beginMinute();
    expect(await callsDuring(() => statuses(acme, 1), OF_THE_LIMITS)).toEqual([]);
    await statuses(acme, 5);
    const refused = await callsDuring(async () => {
      expect(await statuses(acme, 3, at => ({ 'idempotency-key': `key-${at}` }))).toEqual(times(3, 429));
    });
    expect(refused.filter(command => WRITES.test(command))).toEqual([]);
  });

  test('by operators and bots are not limited', async () => {
    const acme = await open({ perAddress: 1, perProject: 1 });
    for (const as of [acme.as.operator, acme.as.bot, acme.as.operator, acme.as.bot])
      expect((await acme.ask('startChat', { as, body: { channelId: 'web' } })).status).toBe(201);
  });
});

describe('starts in one project', () => {
  test('are let in up to its limit; another project has its own', async () => {
    const acme = await open({ perProject: 20 });
    const other = await world.project();
    await beginMinute();
    const met = await statuses(acme, 32);
    expect(met.slice(0, 20)).toEqual(times(20, 201));
    expect(met.at(-1)).toBe(429);
    expect((await start(other)).status).toBe(201);
  });

  test('that are repeated with their key get the answer that is kept, and count once', async () => {
    const acme = await open({ perAddress: 4 });
    await beginMinute();
    expect(await statuses(acme, 7, () => ({ 'idempotency-key': 'same' }))).toEqual(times(7, 201));
    expect(await statuses(acme, 6)).toContain(429);
    expect((await start(acme, { 'idempotency-key': 'same' })).status).toBe(201);
  });

  test('that start nothing do not count, with a key or without', async () => {
    const acme = await open({ perProject: 10 });
    await beginMinute();
    const writes = await callsDuring(async () => {
      for (let at = 0; at < 12; at += 1) {
        const headers = { origin: 'https://evil.example', 'idempotency-key': `key-${at}` };
        expect((await start(acme, headers)).status).toBe(403);
      }
    });
    expect(writes.filter(command => WRITES.test(command))).toEqual([]);
    for (let at = 0; at < 12; at += 1) {
      const body = { channelId: 'fax' };
      const headers = { 'idempotency-key': `fax-${at}` };
      expect((await acme.ask('startChat', { as: acme.as.widget, body, headers })).status).toBe(422);
    }
    expect(await statuses(acme, 10)).toEqual(times(10, 201));
  });

  test('that are refused for their key do not count', async () => {
    const acme = await open({ perProject: 10 });
    await beginMinute();
    const as = { 'x-usher-key': 'pk_wrong' };
    for (let at = 0; at < 30; at += 1) {
      const headers = at % 2 === 0 ? {} : { 'idempotency-key': `key-${at}` };
      const { status } = await acme.ask('startChat', { as, body: { channelId: 'web' }, headers });
      expect(status).toBe(401);
    }
    expect(await statuses(acme, 10)).toEqual(times(10, 201));
  });
});
