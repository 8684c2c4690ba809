import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { readArmedUntil, saveArmedUntil } from '../store/search-lease.ts';

export const MINUTE_MS = 60_000;

/**
 * Sees to it that a project with waiting chats is searched every `searchPeriodSeconds` until the end of the next minute,
 * in which the minute's sweep may come by at any second. Sent before it is noted: a crash in between arms twice, never
 * not at all.
 */
export async function armSearches(context: Context, projectId: ProjectId): Promise<void> {
  const now = context.now();
  const until = endOfMinute((now + MINUTE_MS) as Instant);
  const armedUntil = await readArmedUntil(context.table, projectId);
  if (armedUntil >= until) return;
  const times = searchTimes(Math.max(now, armedUntil) as Instant, until);
  await context.searchQueue.send(
    times.map(dueAt => ({ kind: 'search' as const, projectId, dueAt })),
    now,
  );
  await saveArmedUntil(context.table, projectId, until);
}

/** Whether a search due then is one of the periodic ones. */
export function isPeriodic(dueAt: Instant): boolean {
  return dueAt % (BOUNDS.searchPeriodSeconds * 1_000) === 0;
}

/** The multiples of the period in (from, until]. */
export function searchTimes(from: Instant, until: Instant): Instant[] {
  const periodMs = BOUNDS.searchPeriodSeconds * 1_000;
  const times: Instant[] = [];
  for (let at = (Math.floor(from / periodMs) + 1) * periodMs; at <= until; at += periodMs) {
    times.push(at as Instant);
  }
  return times;
}

export function endOfMinute(now: Instant): Instant {
  return ((Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS) as Instant;
}
