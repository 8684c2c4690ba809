import { afterAll, describe, expect, test } from '@jest/globals';
import type { Instant, ProjectId } from '../../domain/brands.ts';
import { startJob, stopJob } from '../../functions/distribute/switch-job.ts';
import type { Context } from '../../functions/edge/context.ts';
import { jobMinuteLambda } from '../../functions/scheduled/job-minute.ts';
import { isAnyJobRunning, readJob, saveRunning } from '../../functions/store/jobs.ts';
import { agent, LINE_1, NOW } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { failsAs, isSend, type Matches, queries, throttled } from '../support/faults.ts';
import { expectInOrder } from '../support/in-order.ts';
import { interleaved, orders } from '../support/interleave.ts';
import { holderOf, inQueue, openQueue, putQueued, queuedChats } from '../support/queued.ts';
import { standingOf } from '../support/standing.ts';
import { ACME, openWorld, type World } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const OTHER = 'other' as ProjectId;
const seconds = (count: number) => (NOW + count * 1_000) as Instant;

type Verb = readonly ['start' | 'stop', ProjectId];
type Switch = (context: Context, projectId: ProjectId) => Promise<void>;
const VERBS: Readonly<Record<Verb[0], Switch>> = { start: startJob, stop: stopJob };
/** As it would be without the second look. */
const stopBlindly: Switch = async ({ table, jobRule }, projectId) => {
  await saveRunning(table, projectId, false);
  if (!(await isAnyJobRunning(table))) await jobRule.disable();
};

describe('of two that switch jobs at the same moment, whatever their calls lie between', () => {
  /** A stop makes four calls at the most, and one more where it finds another running; a start makes three. */
  const CALLS = { start: 3, stop: 5 } as const;
  const MEETINGS: readonly (readonly [Verb, Verb, readonly ProjectId[]])[] = [
    [['start', ACME], ['stop', OTHER], [OTHER]],
    [
      ['stop', ACME],
      ['stop', OTHER],
      [ACME, OTHER],
    ],
    [['start', ACME], ['start', OTHER], []],
    [['start', ACME], ['stop', ACME], [ACME]],
    [['start', ACME], ['stop', ACME], []],
    [['stop', ACME], ['stop', ACME], [ACME]],
  ];

  /** The orders after which a job runs and its schedule does not. */
  async function astray([one, other, before]: (typeof MEETINGS)[number], verbs = VERBS): Promise<string[]> {
    const { context, rule, table } = await openWorld(engine);
    const found: string[] = [];
    const work =
      ([step, id]: Verb) =>
      (own: Context) =>
        verbs[step](own, id);
    for (const order of orders(CALLS[one[0]], CALLS[other[0]])) {
      for (const id of [ACME, OTHER]) await stopJob(context, id);
      for (const id of before) await startJob(context, id);
      await interleaved(context, [work(one), work(other)], order);
      if ((await isAnyJobRunning(table)) && !rule.enabled) found.push(order.join(''));
    }
    return found;
  }

  test.each(MEETINGS)(
    '%j and %j: the schedule is on if a job is (running before: %j)',
    async (...meeting) => {
      expect(await astray(meeting)).toEqual([]);
    },
  );

  test('a stop that did not look again would be found', async () => {
    const [meeting] = MEETINGS;
    expect(meeting && (await astray(meeting, { ...VERBS, stop: stopBlindly }))).not.toEqual([]);
  });

  test('and nobody else: the schedule is off when the last one has stopped', async () => {
    const world = await openWorld(engine);
    await startJob(world.context, ACME);
    await startJob(world.context, OTHER);
    await stopJob(world.context, ACME);
    expect(world.rule.enabled).toBe(true);
    await stopJob(world.context, OTHER);
    expect(world.rule.enabled).toBe(false);
  });

  test.each(['start', 'stop'] as const)(
    'a %s whose switch of the schedule failed is mended by another one',
    async step => {
      const world = await openWorld(engine);
      if (step === 'stop') await world.job('start');
      world.door.next(({ name }) => /Rule$/.test(name), failsAs('InternalException'));
      expect((await world.job(step)).status).toBe(500);
      expect((await world.job(step)).status).toBe(200);
      expect(world.rule.enabled).toBe(step === 'start');
    },
  );
});

describe('where there is nothing for a run to do', () => {
  test('the schedule makes one query and writes nothing', async () => {
    const { world } = await openQueue(engine, 0);
    await jobMinuteLambda(world.context)();
    expect(world.door.calls.map(({ name }) => name)).toEqual(['Query']);
    expect(world.queue).toEqual([]);
  });

  test.each<[string, Parameters<typeof queuedChats>[2], (world: World) => Promise<unknown>]>([
    ['all that is queued is on hold', { state: 'held' }, async () => {}],
    ['the job is off', {}, world => world.job('stop')],
    ['automatic allocation is off', {}, world => world.put({ settings: { automaticAllocation: false } })],
  ])('nothing is armed: %s', async (_, given, set) => {
    const { world, ids } = await openQueue(engine, 3, given);
    await set(world);
    await world.minute();
    await world.job('run').catch(() => {});
    expect(world.queue).toEqual([]);
    expect((await readJob(world.table, ACME)).armedUntil).toBe(0);
    if (given?.state === 'held') expect(inQueue(await world.standing())).toEqual(ids);
  });

  test('and a start arms nothing, where all that is queued is on hold', async () => {
    const { world } = await openQueue(engine, 2, { state: 'held' });
    await world.job('start');
    expect(world.queue).toEqual([]);
  });

  test.each<[string, number, readonly number[]]>([
    ['every 20 seconds', 20, [20, 40, 60, 80, 100, 120]],
    ['every 25, which divides no minute', 25, [25, 50, 75, 100]],
    ['every 90', 90, [90]],
    ['every 150, where none falls into them', 150, []],
  ])('the first that is queued arms this minute and the next: %s', async (_, frequencySeconds, due) => {
    const { world, ids } = await openQueue(engine, 1, { state: 'held' });
    await world.put({ settings: { distribution: { frequencySeconds, quantity: 0 } } });
    await world.resume(ids[0] ?? ('' as never));
    expect(world.queue.map(({ dueAt }) => (dueAt - NOW) / 1_000)).toEqual(due);
    await world.transfer(ids[0] ?? ('' as never), { groupId: 'line-1' });
    expect(world.queue).toHaveLength(due.length);
  });
});

describe('what is queued and has no run on its way', () => {
  test('because its messages were lost is fed again by the schedule', async () => {
    const { world } = await openQueue(engine, 2);
    await world.minute();
    world.queue.length = 0;
    await world.passMinute();
    expect(inQueue((await expectInOrder(world)).standing)).toEqual([]);
  });

  test('because the schedule of the job is off though the job is on is fed again by the minute', async () => {
    const { world } = await openQueue(engine, 2);
    world.rule.enabled = false;
    await world.passMinute();
    expect(inQueue((await expectInOrder(world)).standing)).toEqual([]);
  });

  test('because the queue refused it is armed by the next minute', async () => {
    const { world } = await openQueue(engine, 2);
    world.door.next(isSend, failsAs('QueueFull'));
    await world.minute().catch(() => {});
    expect((await readJob(world.table, ACME)).armedUntil).toBe(0);
    await world.passMinute();
    expect(inQueue((await expectInOrder(world)).standing)).toEqual([]);
  });

  test('a resume that cannot arm the runs is a resume all the same', async () => {
    const { world, ids } = await openQueue(engine, 1);
    const [id = '' as never] = ids;
    await world.hold(id);
    world.door.next(isSend, failsAs('QueueFull'));
    const { status, body } = await world.resume(id);
    expect({ status, outcome: body.outcome }).toEqual({ status: 200, outcome: 'resumed' });
    expect(world.door.isThrough()).toBe(true);
  });
});

describe('fairness between projects', () => {
  const as = 'owner' as const;

  /** The other project: two of Ada's chats queued for its line 1, which is Bo. */
  async function openOther(world: World): Promise<void> {
    const params = { projectId: OTHER };
    const call: World['call'] = (name, request) =>
      world.call(name, { ...request, as, params: { ...params, ...request?.params } });
    await call('replaceProject', { body: { name: 'Other' } });
    await call('replaceChannel', { params: { channelId: 'web' }, body: { name: 'Web', weight: 1 } });
    await call('replaceGroup', { params: { groupId: 'line-1' }, body: { name: 'One', queuePosition: 1 } });
    await call('startJob');
    const queued = queuedChats(world, 2, { projectId: OTHER });
    const team = [holderOf('ada', queued), agent({ id: 'bo', groups: [LINE_1] })];
    await putQueued(world, queued, team, OTHER);
  }

  async function queueOf({ table }: World, projectId: ProjectId) {
    const rows = await engine.allRows(table);
    return inQueue(standingOf(rows.filter(({ pk }) => String(pk).startsWith(`P#${projectId}#QUEUE`))));
  }

  test('a long queue of one does not hold up the other: each has its own runs, quantity and lease', async () => {
    const { world } = await openQueue(engine, 60, { quantity: 4 });
    await openOther(world);
    await world.minute();
    world.clock.now = seconds(5);
    expect(await world.deliver()).toBe(0);
    expect(await queueOf(world, OTHER)).toEqual([]);
    expect(await queueOf(world, ACME)).toHaveLength(56);
    await world.passMinute();
    expect((await queueOf(world, ACME)).length).toBeLessThan(20);
  });

  test('a run of one that fails does not fail the other’s', async () => {
    const { world, ids } = await openQueue(engine, 4);
    await openOther(world);
    world.door.always(queries(new RegExp(`^P#${ACME}#QUEUE$`)), throttled);
    const due = { kind: 'run-job' as const, dueAt: NOW };
    world.queue.push({ ...due, projectId: ACME }, { ...due, projectId: OTHER });
    expect(await world.deliver()).toBe(1);
    expect([await queueOf(world, OTHER), await queueOf(world, ACME)]).toEqual([[], ids]);
  });

  test('arming the one fails, and the other is armed', async () => {
    const { world } = await openQueue(engine, 4);
    await openOther(world);
    const readsJobOfAcme: Matches = ({ name, input }) =>
      name === 'Get' && (input.Key as { sk: string }).sk === ACME;
    world.door.always(readsJobOfAcme, throttled);
    await expect(world.minute()).rejects.toThrow();
    const armed = world.queue.flatMap(message => (message.kind === 'run-job' ? [message.projectId] : []));
    expect([...new Set(armed)]).toEqual([OTHER]);
  });
});
