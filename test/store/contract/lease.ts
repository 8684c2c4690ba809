import { expect, test } from '@jest/globals';
import type { ProjectId } from '../../../domain/brands.ts';
import { BOUNDS } from '../../../functions/bounds.ts';
import {
  readArmedUntil,
  releaseLease,
  saveArmedUntil,
  takeLease,
} from '../../../functions/store/search-lease.ts';
import { NOW } from '../../support/domain.ts';

import { ACME, later, table } from './fixtures.ts';
export function lease(): void {
  const take = (owner: string, now = NOW) => takeLease(table, ACME, owner, now);

  test('is one’s own: taken once, again by its holder, and by nobody else', async () => {
    expect(await take('first')).toBe(true);
    expect(await take('second')).toBe(false);
    expect(await take('first')).toBe(true);
    expect(await takeLease(table, 'elsewhere' as ProjectId, 'second', NOW)).toBe(true);
  });

  test('of many who want it at once, one gets it', async () => {
    const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(owner => take(owner)));
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  test('is free again when it was given back', async () => {
    await take('first');
    await releaseLease(table, ACME, 'first');
    expect(await take('second')).toBe(true);
  });

  test('runs out, and is renewed by taking it again', async () => {
    await take('first');
    expect(await take('second', later(BOUNDS.searchLeaseMs))).toBe(false);
    expect(await take('first', later(BOUNDS.searchLeaseMs))).toBe(true);
    expect(await take('second', later(BOUNDS.searchLeaseMs + 1))).toBe(false);
    expect(await take('second', later(2 * BOUNDS.searchLeaseMs + 1))).toBe(true);
  });

  test('that ran out is not given back by its former holder', async () => {
    await take('first');
    await take('second', later(BOUNDS.searchLeaseMs + 1));
    await releaseLease(table, ACME, 'first');
    expect(await take('third', later(BOUNDS.searchLeaseMs + 2))).toBe(false);
  });

  test('of a clock that was far ahead does not lock the search out', async () => {
    await take('ahead', later(3_600_000));
    expect(await take('second')).toBe(true);
    // A clock that is a little ahead is believed.
    await releaseLease(table, ACME, 'second');
    await take('ahead', later(5_000));
    expect(await take('second')).toBe(false);
  });

  test('given back by nobody in particular does no harm', async () => {
    await releaseLease(table, ACME, 'nobody');
    expect(await take('first')).toBe(true);
  });

  test('and what is armed do not disturb each other', async () => {
    expect(await readArmedUntil(table, ACME)).toBe(0);
    await take('first');
    await saveArmedUntil(table, ACME, later(60_000));
    expect(await take('second')).toBe(false);
    await releaseLease(table, ACME, 'first');
    expect(await readArmedUntil(table, ACME)).toBe(later(60_000));
  });
}
