import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';

/** Seed 002, "Managing start and stop", "Distribution frequency and volume configuration": when the job runs. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => system({}));
afterAll(() => world.close());

const SALES = { groupId: 'sales' };
const OFTEN = { distribution: { frequencySeconds: 20, quantity: 1 } };

const system = (body: object) =>
  world.ok('replaceSystemSettings', { as: world.owner, body, headers: { 'if-match': '*' } });

async function open(settings: object = OFTEN) {
  return world.project({
    groups: { sales: 1 },
    agents: { ada: { maxLoad: null, status: 'busy' }, ben: { groups: ['sales'], maxLoad: null } },
    settings: { ...settings },
  });
}

async function queueUp(acme: Project, count: number) {
  const chats = [];
  for (let queued = 0; queued < count; queued += 1) {
    const chat = await acme.initiate('ada');
    expect((await acme.transfer(chat.id, SALES)).status).toBe(202);
    chats.push(chat);
  }
  return chats;
}

/** To the moment after the next one at which a job of this frequency runs. */
async function toNextRun(frequencySeconds: number): Promise<number> {
  const everyMs = frequencySeconds * 1_000;
  const at = (Math.floor(world.now() / everyMs) + 1) * everyMs;
  await world.advanceTo(at);
  return at;
}

describe('the job', () => {
  test('is off until an operator starts it, and says so; starting or stopping it twice changes nothing', async () => {
    const acme = await open({});
    const off = {
      running: false,
      frequencySeconds: { value: 5, source: 'default' },
      quantity: { value: 15, source: 'default' },
      queued: 0,
      lastRun: null,
    };
    expect(await acme.job()).toEqual(off);
    expect(await acme.job('start')).toEqual({ ...off, running: true });
    expect(await acme.job('start')).toEqual({ ...off, running: true });
    expect(await acme.job()).toEqual({ ...off, running: true });
    expect(await acme.job('stop')).toEqual(off);
    expect(await acme.job('stop')).toEqual(off);
  });

  // Each of the two comes from the project, else from the system, else from the seed, whatever the other one does.
  test.each([
    [
      [0, 0],
      [0, 0],
      [5, 'default'],
      [15, 'default'],
    ],
    [
      [7, 9],
      [0, 0],
      [7, 'project'],
      [9, 'project'],
    ],
    [
      [7, 0],
      [0, 0],
      [7, 'project'],
      [15, 'default'],
    ],
    [
      [0, 9],
      [0, 0],
      [5, 'default'],
      [9, 'project'],
    ],
    [
      [0, 0],
      [30, 50],
      [30, 'system'],
      [50, 'system'],
    ],
    [
      [0, 0],
      [30, 0],
      [30, 'system'],
      [15, 'default'],
    ],
    [
      [0, 0],
      [0, 50],
      [5, 'default'],
      [50, 'system'],
    ],
    [
      [7, 0],
      [30, 50],
      [7, 'project'],
      [50, 'system'],
    ],
    [
      [0, 9],
      [30, 50],
      [30, 'system'],
      [9, 'project'],
    ],
    [
      [7, 9],
      [30, 50],
      [7, 'project'],
      [9, 'project'],
    ],
  ])(
    'of a project with %j and a system with %j runs every %j seconds with %j chats',
    async (own, all, every, many) => {
      const [frequencySeconds, quantity] = own;
      const [routingFrequencySeconds, routingQueueSize] = all;
      const acme = await open({ distribution: { frequencySeconds, quantity } });
      await system({ routingFrequencySeconds, routingQueueSize });
      const { frequencySeconds: f, quantity: q } = await acme.job();
      expect([f.value, f.source]).toEqual(every);
      expect([q.value, q.source]).toEqual(many);
    },
  );

  // One that divides a minute, some that do not, and some that are longer.
  test.each([7, 20, 25, 45, 90, 420])(
    'with a frequency of %d s runs at its multiples since the epoch',
    async seconds => {
      const acme = await open({ distribution: { frequencySeconds: seconds, quantity: 1 } });
      await acme.job('start');
      const start = await toNextRun(seconds);
      const chats = await queueUp(acme, 3);
      await world.advanceTo(start + 3 * seconds * 1_000 + 500);
      const times = [];
      for (const { id } of chats) {
        const { assignments } = await acme.chat(id);
        expect(assignments.at(-1)).toMatchObject({ agentId: 'ben', method: 'distributed-by-operator' });
        times.push(Date.parse(assignments.at(-1)?.at ?? '') - start);
      }
      // The machine may take a moment for each.
      const dueTimes = times.map(time => Math.floor(time / seconds / 1_000) * seconds);
      expect(dueTimes).toEqual([seconds, 2 * seconds, 3 * seconds]);
      for (const [index, time] of times.entries())
        expect(time - (dueTimes[index] ?? 0) * 1_000).toBeLessThan(2_000);
    },
  );

  test('gives out the quantity of the settings at each run, and tells of the last one', async () => {
    const acme = await open({ distribution: { frequencySeconds: 60, quantity: 2 } });
    await acme.job('start');
    const start = await toNextRun(60);
    await queueUp(acme, 5);
    const queued = [];
    for (const minute of [1, 2, 3]) {
      await world.advanceTo(start + minute * 60_000 + 500);
      const job = await acme.job();
      queued.push([job.queued, job.lastRun?.read, job.lastRun?.distributed]);
      const at = Date.parse(job.lastRun?.at ?? '') - start - minute * 60_000;
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThan(2_000);
    }
    expect(queued).toEqual([
      [3, 2, 2],
      [1, 2, 2],
      [0, 1, 1],
    ]);
  });

  test('goes by a frequency that was changed meanwhile, within two minutes', async () => {
    const acme = await open({ distribution: { frequencySeconds: 3_600, quantity: 1 } });
    await acme.job('start');
    await toNextRun(3_600);
    const chats = await queueUp(acme, 2);
    await world.advance(180);
    expect(await acme.holders(chats)).toEqual(['ada', 'ada']);
    await acme.settings(OFTEN);
    await world.advance(180);
    expect(await acme.holders(chats)).toEqual(['ben', 'ben']);
  });

  test('carries out no run that was on its way under another frequency', async () => {
    const acme = await open();
    await acme.job('start');
    await toNextRun(3_600);
    const chats = await queueUp(acme, 1);
    await acme.settings({ distribution: { frequencySeconds: 3_600 } });
    await world.advance(600);
    expect(await acme.holders(chats)).toEqual(['ada']);
  });

  test('of one project is no other’s', async () => {
    const [acme, other] = [await open(), await open()];
    await acme.job('start');
    await toNextRun(20);
    const chats = await queueUp(acme, 1);
    const { id } = await other.initiate('ada');
    expect((await other.transfer(id, SALES)).body).toMatchObject({ outcome: 'transferred' });
    await other.job('stop');
    await world.advance(60);
    expect(await acme.holders(chats)).toEqual(['ben']);
    expect(await other.job()).toMatchObject({ running: false, lastRun: null });
  });

  test('serves a chat that is resumed, though it was held for hours', async () => {
    const acme = await open();
    await acme.job('start');
    const chats = await queueUp(acme, 1);
    await acme.hold(chats[0]?.id ?? '');
    await world.advance(3 * 3_600);
    expect(await acme.queue()).toMatchObject([{ held: true }]);
    await acme.resume(chats[0]?.id ?? '');
    await world.advance(20);
    expect(await acme.holders(chats)).toEqual(['ben']);
  });
});

describe('while the job is stopped', () => {
  test('what was queued stays queued, however long, and goes on when it is started again', async () => {
    const acme = await open();
    await acme.job('start');
    await toNextRun(20);
    const chats = await queueUp(acme, 3);
    expect(await acme.job('stop')).toMatchObject({ running: false, queued: 3 });
    const queue = await acme.queue();
    await world.advance(3_600);
    expect(await acme.queue()).toEqual(queue);
    expect(await acme.holders(chats)).toEqual(['ada', 'ada', 'ada']);
    expect((await acme.job()).lastRun).toBeNull();
    await acme.job('start');
    await world.advance(60);
    expect(await acme.holders(chats)).toEqual(['ben', 'ben', 'ben']);
  });

  test('new transfers are decided at once, those of queued chats too, which leave the queue', async () => {
    const acme = await open();
    await acme.job('start');
    const chats = await queueUp(acme, 2);
    await acme.job('stop');
    const { id } = await acme.initiate('ada');
    expect((await acme.transfer(id, SALES)).body).toMatchObject({
      outcome: 'transferred',
      chat: { agentId: 'ben', assignments: [{}, { method: 'transfer', createdOn: null }] },
    });
    expect((await acme.transfer(chats[0]?.id ?? '', SALES)).body).toMatchObject({
      outcome: 'transferred',
      chat: { agentId: 'ben', transfer: null },
    });
    expect((await acme.queue()).map(({ chatId }) => chatId)).toEqual([chats[1]?.id]);
    await acme.setStatus('ben', 'rest');
    expect((await acme.transfer(chats[1]?.id ?? '', SALES)).body).toMatchObject({
      code: 'no-agent-available',
    });
    expect(await acme.queue()).toEqual([]);
  });

  test('a run by hand is a run like any other, and the job stays stopped', async () => {
    const acme = await open();
    await acme.job('start');
    const chats = await queueUp(acme, 2);
    await acme.job('stop');
    expect(await acme.job('run')).toMatchObject({ running: false, queued: 1, lastRun: { distributed: 1 } });
    expect(await acme.holders(chats)).toEqual(['ben', 'ada']);
    expect((await acme.chat(chats[0]?.id ?? '')).assignments.at(-1)).toMatchObject({
      method: 'distributed-by-operator',
    });
    await world.advance(120);
    expect((await acme.job()).queued).toBe(1);
  });
});

test('while automatic allocation is off the queue stays as it is, and is served when it is on again', async () => {
  const acme = await open();
  await acme.job('start');
  const before = await queueUp(acme, 1);
  await acme.settings({ ...OFTEN, automaticAllocation: false });
  // It may still be queued for a group, as the job is on.
  const chats = [...before, ...(await queueUp(acme, 1))];
  const queue = await acme.queue();
  await world.advance(600);
  expect(await acme.job('run')).toMatchObject({ running: true, queued: 2, lastRun: { read: 0 } });
  expect(await acme.queue()).toEqual(queue);
  for (const { id } of chats) expect(await acme.decisions(id)).toEqual([]);
  await acme.settings(OFTEN);
  await world.advance(120);
  expect(await acme.holders(chats)).toEqual(['ben', 'ben']);
});
