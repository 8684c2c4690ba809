import { beforeEach, expect, test } from '@jest/globals';
import { BOUNDS } from '../../../functions/bounds.ts';
import { commit } from '../../../functions/store/commit.ts';
import { beginCommand, forgetCommand, keepAnswer } from '../../../functions/store/idempotency.ts';
import { NOW } from '../../support/domain.ts';

import { isCommitted, later, table } from './fixtures.ts';
export function commands(): void {
  const LEASE_MS = BOUNDS.idempotencyLeaseSeconds * 1_000;
  const KEEP_MS = BOUNDS.idempotencyKeepHours * 3_600_000;
  const answer = new Uint8Array([1, 2, 3]);
  const first = { digest: 'd', attempt: 'first', now: NOW, fingerprint: 'f' };
  const second = { ...first, attempt: 'second' };
  const begin = (given: Partial<typeof first> = {}) => beginCommand(table, { ...second, ...given });

  beforeEach(async () => {
    expect(await beginCommand(table, first)).toBe('begun');
  });

  test('one that is at work is not begun again, until its lease is over', async () => {
    expect(await begin()).toBe('in-progress');
    expect(await begin({ now: later(LEASE_MS) })).toBe('in-progress');
    expect(await begin({ now: later(LEASE_MS + 1) })).toBe('begun');
  });

  test('of two who take one over, one does', async () => {
    const now = later(LEASE_MS + 1);
    const both = await Promise.all([begin({ now }), begin({ now, attempt: 'third' })]);
    expect([...both].sort()).toEqual(['begun', 'in-progress']);
  });

  test('a kept answer comes back, lease or no lease, for as long as it is kept', async () => {
    await keepAnswer.now(table, first, answer);
    expect(await begin()).toEqual({ answer });
    expect(await begin({ now: later(LEASE_MS + 1) })).toEqual({ answer });
    expect(await begin({ now: later(KEEP_MS + 1_000) })).toBe('begun');
  });

  test('another request with the same key is told so, also when the lease is over', async () => {
    expect(await begin({ fingerprint: 'other' })).toBe('other-request');
    expect(await begin({ fingerprint: 'other', now: later(LEASE_MS + 1) })).toBe('other-request');
    await keepAnswer.now(table, first, answer);
    expect(await begin({ fingerprint: 'other' })).toBe('other-request');
  });

  test('a run that was taken over keeps nothing, forgets nothing, and its transactions are refused', async () => {
    await begin({ now: later(LEASE_MS + 1) });
    await keepAnswer.now(table, first, answer);
    await forgetCommand(table, first);
    expect(await begin({ attempt: 'third', now: later(LEASE_MS + 2) })).toBe('in-progress');
    const kept = await commit(table, [keepAnswer.asWrite(table, first, answer)], () => false);
    expect(kept.outcome).toBe('refused');
    expect(await commit(table, [keepAnswer.asWrite(table, second, answer)], () => false)).toEqual(
      isCommitted,
    );
    expect(await begin({ attempt: 'third' })).toEqual({ answer });
  });

  test('one that was forgotten may begin anew; one that was answered is not forgotten', async () => {
    await forgetCommand(table, first);
    expect(await begin()).toBe('begun');
    await keepAnswer.now(table, second, answer);
    await forgetCommand(table, second);
    expect(await begin({ attempt: 'third' })).toEqual({ answer });
  });
}
