import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { readArmedUntil, saveArmedUntil } from '../store/search-lease.ts';

const MINUTE_MS = 60_000;

/**
 * Sees to it that a project with waiting chats is searched every `searchPeriodSeconds` for the rest of this minute;
 * the minute's sweep does the same for each minute that begins. Sent before it is noted: a crash in between arms
 * twice, never not at all.
 */
export async function armThisMinute(context: Context, projectId: ProjectId): Promise<void> {
  const now = context.now();
  const until = endOfMinute(now);
  if ((await readArmedUntil(context.table, projectId)) >= until) return;
  await arm(context, projectId, now, until);
}

/** Arms the searches that fall between two moments, at multiples of the period since the epoch. */
export async function arm(
  context: Context,
  projectId: ProjectId,
  from: Instant,
  until: Instant,
): Promise<void> {
  const messages = searchTimes(from, until).map(dueAt => ({ kind: 'search' as const, projectId, dueAt }));
  await context.searchQueue.send(messages, context.now());
  await saveArmedUntil(context.table, projectId, until);
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
