import { afterAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { runJob } from '../../functions/distribute/run-job.ts';
import { searchLambda } from '../../functions/queue/search.ts';
import { readJob } from '../../functions/store/jobs.ts';
import { NOW } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  afterOthers,
  isTransaction,
  type Matches,
  queries,
  readsTheQueue,
  throttled,
} from '../support/faults.ts';
import { expectConsistent } from '../support/in-order.ts';
import { chatsOf, inQueue, openQueue } from '../support/queued.ts';
import { decisionsAbout } from '../support/standing.ts';
import { ACME, type World } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const seconds = (count: number) => (NOW + count * 1_000) as Instant;
const runMessage = (dueAt: Instant = NOW) => ({ kind: 'run-job' as const, projectId: ACME, dueAt });
const lastRun = async ({ table }: World) => (await readJob(table, ACME)).lastRun;

/** Hands messages to the worker as the queue does, `m0` first; gives back the ids of those that failed. */
async function deliver(world: World, ...bodies: readonly (object | string)[]) {
  const Records = bodies.map((body, index) => ({
    messageId: `m${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }));
  const answer = await searchLambda(world.context)({ Records } as never);
  return answer.batchItemFailures.map(failure => failure.itemIdentifier);
}

describe('a message of a run', () => {
  test('has up to the quantity done, the longest queued first, and is recorded', async () => {
    const { world, ids } = await openQueue(engine, 5, { quantity: 2 });
    expect(await deliver(world, runMessage())).toEqual([]);
    const { standing } = await expectConsistent(world);
    expect(inQueue(standing)).toEqual(ids.slice(2));
    expect(chatsOf(standing, 'bo')).toEqual(ids.slice(0, 2));
    expect(await lastRun(world)).toMatchObject({ at: NOW, read: 2, distributed: 2, held: 0, purged: 0 });
  });

  test.each<[string, readonly Instant[], number]>([
    ['delivered twice', [NOW, NOW], 1],
    ['delivered late, after a newer one', [seconds(5), NOW], 1],
    ['delivered again after a newer one', [NOW, seconds(5), NOW, seconds(5)], 2],
    ['in their order', [NOW, seconds(5), seconds(10)], 3],
    ['that is not due any more at this frequency', [seconds(3)], 0],
  ])('%s: each time of the job is carried out once', async (_, times, runs) => {
    const { world, ids } = await openQueue(engine, 8, { quantity: 2 });
    expect(await deliver(world, ...times.map(runMessage))).toEqual([]);
    const { standing } = await expectConsistent(world);
    expect(inQueue(standing)).toEqual(ids.slice(2 * runs));
  });

  test('two at once: one is at work, and each chat is decided once', async () => {
    const { world, ids } = await openQueue(engine, 8, { quantity: 2 });
    await Promise.all([deliver(world, runMessage()), deliver(world, runMessage(seconds(5)))]);
    const { standing } = await expectConsistent(world);
    expect(inQueue(standing)).toEqual(ids.slice(2));
    expect((await world.job('run')).status).toBe(200);
  });

  test('while a run is at work does nothing; by hand that is said', async () => {
    const { world, ids } = await openQueue(engine, 8, { quantity: 2 });
    const answers: unknown[] = [];
    world.door.next(
      isTransaction,
      afterOthers(async () => {
        answers.push(await deliver(world, runMessage(seconds(5))));
        answers.push((await world.job('run')).body.code);
      }),
    );
    await deliver(world, runMessage());
    expect(answers).toEqual([[], 'busy']);
    expect(inQueue((await expectConsistent(world)).standing)).toEqual(ids.slice(2));
  });

  test('begun while the lease of another ran out in the middle: each chat is moved once', async () => {
    const { world, ids } = await openQueue(engine, 8, { quantity: 4 });
    world.door.next(
      isTransaction,
      afterOthers(async () => {
        world.clock.now = (world.clock.now + BOUNDS.runLeaseMs + 1) as Instant;
        expect(await deliver(world, runMessage(seconds(30)))).toEqual([]);
      }),
    );
    expect(await deliver(world, runMessage())).toEqual([]);
    const { standing } = await expectConsistent(world);
    expect(inQueue(standing)).toEqual(ids.slice(4));
    for (const id of ids.slice(0, 4)) {
      expect(decisionsAbout(standing, id).map(({ trigger }) => trigger)).toEqual(['distribution']);
    }
    // The newer one has the last word.
    expect((await lastRun(world))?.at).toBe(NOW + BOUNDS.runLeaseMs + 1);
  });

  test('of a job that is stopped does nothing; one that is stopped in the middle of a run ends it', async () => {
    const { world, ids } = await openQueue(engine, 6, { quantity: 2 });
    world.door.next(
      isTransaction,
      afterOthers(() => world.job('stop')),
    );
    await deliver(world, runMessage(), runMessage(seconds(5)), runMessage(seconds(10)));
    const { standing } = await expectConsistent(world);
    expect(inQueue(standing)).toEqual(ids.slice(2));
    await world.job('start');
    await deliver(world, runMessage(seconds(15)));
    expect(inQueue(await world.standing())).toEqual(ids.slice(4));
  });

  test.each<[string, Matches]>([
    ['the queue', readsTheQueue],
    ['the group', queries(/#MEMBERS#/)],
    ['the chats', ({ name }) => name === 'BatchGet'],
    ['the job', ({ name, input }) => name === 'Update' && (input.Key as { pk: string }).pk === 'JOBS'],
  ])('that is throttled at %s is handed back, and does its work when it comes again', async (_, at) => {
    const { world, ids } = await openQueue(engine, 4, { quantity: 2 });
    world.door.next(at, throttled);
    expect(await deliver(world, runMessage())).toEqual(['m0']);
    expect(inQueue((await expectConsistent(world)).standing)).toEqual(ids);
    expect(await deliver(world, runMessage())).toEqual([]);
    expect(inQueue((await expectConsistent(world)).standing)).toEqual(ids.slice(2));
  });

  test('that failed does not let an older one pass that was carried out before', async () => {
    const { world, ids } = await openQueue(engine, 8, { quantity: 2 });
    await deliver(world, runMessage());
    world.door.next(readsTheQueue, throttled);
    expect(await deliver(world, runMessage(seconds(5)), runMessage())).toEqual(['m0']);
    expect(inQueue((await expectConsistent(world)).standing)).toEqual(ids.slice(2));
  });

  test.each<[string, object | string]>([
    ['without its project', { kind: 'run-job', dueAt: NOW }],
    ['without its time', { kind: 'run-job', projectId: ACME }],
    ['whose time is none', { ...runMessage(), dueAt: 'soon' }],
  ])('%s fails alone', async (_, poison) => {
    const { world, ids } = await openQueue(engine, 4, { quantity: 2 });
    expect(await deliver(world, poison, runMessage(), poison)).toEqual(['m0', 'm2']);
    expect(inQueue(await world.standing())).toEqual(ids.slice(2));
  });

  test('of a project that is not there does nothing', async () => {
    const { world, ids } = await openQueue(engine, 2, { quantity: 2 });
    expect(await deliver(world, { ...runMessage(), projectId: 'elsewhere' })).toEqual([]);
    expect(inQueue(await world.standing())).toEqual(ids);
  });

  test('whose time is up leaves the rest to the next run, in its place', async () => {
    const { world, ids } = await openQueue(engine, 90, { quantity: 90 });
    let elapsedMs = 0;
    world.door.always(isTransaction, carryOut => {
      elapsedMs += 15_000;
      return carryOut();
    });
    const table = { ...world.context.table, elapsedMs: () => elapsedMs };
    await runJob({ ...world.context, table }, ACME, { dueAt: NOW, budgetMs: BOUNDS.searchWorkerMs });
    const { standing } = await expectConsistent(world);
    expect(standing.queue.length).toBeGreaterThan(0);
    expect(standing.queue.length).toBeLessThan(90);
    expect(inQueue(standing)).toEqual(ids.slice(90 - standing.queue.length));
  });
});
