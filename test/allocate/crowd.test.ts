import { describe, expect, test } from '@jest/globals';
import { openSolitude } from '../../bench/solitude.ts';
import type { ProjectId } from '../../domain/brands.ts';
import { openCrowd } from '../../functions/allocate/crowd.ts';

const ACME = 'acme' as ProjectId;
const OTHER = 'other' as ProjectId;

describe('requests that share a process', () => {
  test('one works at a time for a project, the others are sent away', async () => {
    const crowd = openCrowd();
    const open = Promise.withResolvers<string>();
    const first = crowd.alone(ACME, () => open.promise);
    expect(await crowd.alone(ACME, async () => 'second')).toBeNull();
    expect(await crowd.alone(OTHER, async () => 'elsewhere')).toBe('elsewhere');
    open.resolve('first');
    expect(await first).toBe('first');
    expect(await crowd.alone(ACME, async () => 'third')).toBe('third');
  });

  test('who works is told of those who were sent away, once', async () => {
    const crowd = openCrowd();
    const told: boolean[] = [];
    await crowd.alone(ACME, async turnedAway => {
      await crowd.alone(ACME, async () => 'sent away');
      told.push(turnedAway(), turnedAway());
    });
    expect(told).toEqual([true, false]);
  });

  test('nobody is sent away by work that has looked for the last time', async () => {
    const crowd = openCrowd();
    await crowd.alone(ACME, async turnedAway => {
      expect(turnedAway()).toBe(false);
      expect(await crowd.alone(ACME, async () => 'let in')).toBe('let in');
    });
  });

  test('work that fails gives up its place', async () => {
    const crowd = openCrowd();
    await expect(crowd.alone(ACME, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await crowd.alone(ACME, async () => 'next')).toBe('next');
  });
});

test('requests with a process each never send each other away', async () => {
  const solitude = openSolitude();
  const inner = solitude.alone(ACME, () => solitude.alone(ACME, async () => 'both'));
  expect(await inner).toBe('both');
});
