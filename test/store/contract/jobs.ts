import { expect, test } from '@jest/globals';
import type { Instant, ProjectId } from '../../../domain/brands.ts';
import { BOUNDS } from '../../../functions/bounds.ts';
import type { Table } from '../../../functions/store/client.ts';
import {
  beginRun,
  endRun,
  type FinishedRun,
  isAnyJobRunning,
  readJob,
  saveRunning,
  saveRunsArmed,
} from '../../../functions/store/jobs.ts';
import { NOW } from '../../support/domain.ts';
import { openDoor, sentTwice } from '../../support/faults.ts';
import { ACME, later, table } from './fixtures.ts';

const OTHER = 'acme-2' as ProjectId;
const DONE: FinishedRun = {
  at: NOW,
  read: 6,
  distributed: 1,
  notDistributed: 2,
  held: 2,
  purged: 1,
  because: { 'all-full': 1, 'nobody-online': 1 },
  tookMs: 12,
};

/** `dueAt` is the same as `now` where only that is given; null = by hand. */
const begin = (run: string, now: Instant = NOW, dueAt: Instant | null = now, on: Table = table) =>
  beginRun(on, ACME, { run, dueAt, now });
const end = (run: string, done: FinishedRun | null = DONE) => endRun(table, ACME, run, done);
const LEASE = BOUNDS.runLeaseMs;

export function jobs(): void {
  test('are off until they are started, and have done nothing', async () => {
    expect(await readJob(table, ACME)).toEqual({
      running: false,
      armedUntil: 0,
      armedEverySeconds: 0,
      lastRun: null,
    });
    expect(await isAnyJobRunning(table)).toBe(false);
  });

  test('are started and stopped each by itself; one that runs is found among many', async () => {
    for (let index = 0; index < 30; index += 1) await saveRunning(table, `p-${index}` as ProjectId, false);
    expect(await isAnyJobRunning(table)).toBe(false);
    await saveRunning(table, ACME, true);
    await saveRunning(table, OTHER, true);
    await saveRunning(table, ACME, false);
    expect([(await readJob(table, ACME)).running, (await readJob(table, OTHER)).running]).toEqual([
      false,
      true,
    ]);
    expect(await isAnyJobRunning(table)).toBe(true);
  });

  test('what is armed, what is on and what was done last do not disturb each other', async () => {
    await saveRunning(table, ACME, true);
    await saveRunsArmed(table, ACME, { until: later(60_000), everySeconds: 5 });
    await begin('first');
    await end('first');
    await saveRunning(table, ACME, false);
    expect(await readJob(table, ACME)).toEqual({
      running: false,
      armedUntil: later(60_000),
      armedEverySeconds: 5,
      lastRun: DONE,
    });
  });

  type Step = () => Promise<unknown>;
  const RUNS: readonly (readonly [string, readonly Step[], Step, boolean])[] = [
    ['the first', [], () => begin('one'), true],
    ['one whose job is stopped', [() => saveRunning(table, ACME, false)], () => begin('one'), false],
    [
      'by hand, though the job is stopped',
      [() => saveRunning(table, ACME, false)],
      () => begin('one', NOW, null),
      true,
    ],
    ['while another is at work', [() => begin('one')], () => begin('two', later(5_000)), false],
    ['by hand while another is at work', [() => begin('one')], () => begin('two', later(1), null), false],
    [
      'the next one, when the one before has ended',
      [() => begin('one'), () => end('one')],
      () => begin('two', later(5_000)),
      true,
    ],
    [
      'that was carried out',
      [() => begin('one'), () => end('one')],
      () => begin('two', later(9), NOW),
      false,
    ],
    [
      'that is older than one that was carried out',
      [() => begin('one', later(5_000)), () => end('one')],
      () => begin('two', later(6_000), NOW),
      false,
    ],
    [
      'that failed, again',
      [() => begin('one'), () => end('one', null)],
      () => begin('two', later(9), NOW),
      true,
    ],
    [
      'by hand, at the time of one that was carried out',
      [() => begin('one'), () => end('one')],
      () => begin('two', NOW, null),
      true,
    ],
    [
      'after one by hand',
      [() => begin('one', NOW, null), () => end('one')],
      () => begin('two', later(1), NOW),
      true,
    ],
    ['the moment the lease of another ends', [() => begin('one')], () => begin('two', later(LEASE)), false],
    ['when the lease of another is over', [() => begin('one')], () => begin('two', later(LEASE + 1)), true],
    [
      'again, that was begun and never ended, when its lease is over',
      [() => begin('one')],
      () => begin('two', later(LEASE + 1), NOW),
      true,
    ],
    [
      'after one of a clock that was far ahead',
      [() => begin('one', later(3_600_000), null)],
      () => begin('two'),
      true,
    ],
    // A clock that is a little ahead is believed.
    [
      'after one of a clock that was a little ahead',
      [() => begin('one', later(5_000), null)],
      () => begin('two'),
      false,
    ],
    [
      'that was carried out, after a later one failed',
      [() => begin('one'), () => end('one'), () => begin('two', later(5_000)), () => end('two', null)],
      () => begin('three', later(6_000), NOW),
      false,
    ],
    [
      'that was carried out, after one by hand failed',
      [() => begin('one'), () => end('one'), () => begin('two', later(1), null), () => end('two', null)],
      () => begin('three', later(9), NOW),
      false,
    ],
  ];
  test.each(RUNS)('a run begins or not: %s', async (_, before, run, begins) => {
    await saveRunning(table, ACME, true);
    for (const step of before) await step();
    expect(await run()).toBe(begins);
  });

  test('of many that would begin one run at once, one does', async () => {
    await saveRunning(table, ACME, true);
    const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(run => begin(run)));
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  test('a run begins though the SDK sent it twice, because an answer was lost on the way', async () => {
    await saveRunning(table, ACME, true);
    const door = openDoor();
    door.next(({ name }) => name === 'Update', sentTwice);
    expect(await begin('one', NOW, NOW, door.through(table))).toBe(true);
    expect(door.isThrough()).toBe(true);
    expect(await begin('two', later(1), NOW)).toBe(false);
  });

  test('a run ends though the SDK sent it twice, and what it did stands', async () => {
    await saveRunning(table, ACME, true);
    await begin('one');
    const door = openDoor();
    door.next(({ name }) => name === 'Update', sentTwice);
    await endRun(door.through(table), ACME, 'one', DONE);
    expect((await readJob(table, ACME)).lastRun).toEqual(DONE);
    expect(await begin('two', later(1_000))).toBe(true);
  });

  test('a run that a newer one has replaced neither ends that nor says what was done', async () => {
    await saveRunning(table, ACME, true);
    await begin('one');
    await begin('two', later(LEASE + 1));
    await end('one');
    expect((await readJob(table, ACME)).lastRun).toBeNull();
    expect(await begin('three', later(LEASE + 2))).toBe(false);
    await end('two', { ...DONE, read: 9 });
    expect((await readJob(table, ACME)).lastRun?.read).toBe(9);
  });

  test('a run that failed leaves on record what the one before it did', async () => {
    await saveRunning(table, ACME, true);
    await begin('one');
    await end('one');
    await begin('two', later(5_000));
    await end('two', null);
    expect((await readJob(table, ACME)).lastRun).toEqual(DONE);
  });

  test('a run of one project is not in the way of another’s', async () => {
    for (const id of [ACME, OTHER]) await saveRunning(table, id, true);
    expect(await begin('one')).toBe(true);
    expect(await beginRun(table, OTHER, { run: 'two', dueAt: NOW, now: NOW })).toBe(true);
  });
}
