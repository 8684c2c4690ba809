import type { ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { releaseLease, takeLease } from '../store/search-lease.ts';
import { armSearches } from './arm.ts';
import { handOut } from './hand-out.ts';
import { offerOrWait } from './offer-or-wait.ts';
import { look } from './sight.ts';

export type Search = {
  /** `done`: nothing more can be given out. `elsewhere`: another searcher is at it. `unfinished`: out of time. */
  readonly outcome: 'done' | 'elsewhere' | 'unfinished';
  /** How many chats were given to an agent or offered. */
  readonly settled: number;
};

type Order = {
  /** How long it may take; it stops between two looks. */
  readonly budgetMs: number;
  /** The caller lost a claim or stands behind others: many are at it, so the lease comes before the first look. */
  readonly isCrowded?: boolean;
  /** It came by the queue: it arms no further ones, or the queue's worker would feed itself for ever. */
  readonly isPeriodic?: boolean;
};

/**
 * Gives out the waiting line of a project: oldest first, against one reading of the roster at a time, several chats
 * in one transaction, the transactions in parallel.
 *
 * Why nobody waits while an agent is free: whoever adds a chat or frees an agent writes that first and calls this
 * after it. Of two such writes the later one's call sees both. If the lease is held then, its holder looks once
 * more after giving it back, and so sees both as well. If the holder dies, the lease runs out and the periodic
 * search comes by. See docs/decisions/0003-waiting-line.md.
 */
export async function searchLine(
  context: Context,
  projectId: ProjectId,
  { budgetMs, isCrowded = false, isPeriodic = false }: Order,
): Promise<Search> {
  const deadlineMs = context.table.elapsedMs() + budgetMs;
  const search = await context.crowds.searches.alone(projectId, async turnedAway => {
    const until = { deadlineMs, isPeriodicSearch: isPeriodic };
    let found = await searchUntil(context, projectId, isCrowded, until);
    while (found.outcome !== 'unfinished' && turnedAway()) {
      const { outcome, settled } = await searchUntil(context, projectId, true, until);
      const isLate = context.table.elapsedMs() > deadlineMs;
      found = { outcome: isLate ? 'unfinished' : outcome, settled: found.settled + settled };
    }
    return found;
  });
  return search ?? { outcome: 'elsewhere', settled: 0 };
}

async function searchUntil(
  context: Context,
  projectId: ProjectId,
  isCrowded: boolean,
  { deadlineMs, isPeriodicSearch }: { readonly deadlineMs: number; readonly isPeriodicSearch: boolean },
): Promise<Search> {
  const { table } = context;
  let settled = 0;
  let crowded = isCrowded;
  for (let round = 0; round < BOUNDS.searchRoundsMax; round += 1) {
    if (crowded) {
      const run = await searchAlone(context, projectId, deadlineMs);
      if (run === 'elsewhere') return { outcome: 'elsewhere', settled };
      settled += run;
    }
    const sight = await look(context, projectId, isCrowded);
    if (sight === null) return { outcome: 'done', settled };
    // Chats that fit nobody wait while others are free: then nothing is locked and nothing written.
    if (sight.matches.length === 0) {
      const { offered, moved } = await offerOrWait(context, sight.setup, sight.left);
      settled += offered;
      // In another scope there may be somebody for them.
      if (moved > 0) continue;
      if (!isPeriodicSearch && offered < sight.left.length) await armSearches(context, projectId);
      return { outcome: 'done', settled };
    }
    if (table.elapsedMs() > deadlineMs) break;
    // A freed slot is one chat's, and its claim is safe by itself; more work is for one searcher at a time.
    crowded = sight.matches.length > BOUNDS.unleasedChatsMax;
    if (!crowded) settled += await handOut(context, sight, true);
  }
  return { outcome: 'unfinished', settled };
}

/** Searches under the lease. Returns how many chats were given out, or that somebody else has the lease. */
async function searchAlone(
  context: Context,
  projectId: ProjectId,
  deadlineMs: number,
): Promise<number | 'elsewhere'> {
  const owner = context.newId.searcher();
  if (!(await takeLease(context.table, projectId, owner, context.now()))) return 'elsewhere';
  try {
    return await giveOutAll(context, projectId, owner, deadlineMs);
  } finally {
    await releaseLease(context.table, projectId, owner);
  }
}

/** Under the lease: look and give out, until a look was given out whole or finds nothing, or time is up. */
async function giveOutAll(
  context: Context,
  projectId: ProjectId,
  owner: string,
  deadlineMs: number,
): Promise<number> {
  let assigned = 0;
  let refusedRounds = 0;
  for (let round = 0; round < BOUNDS.searchRoundsMax; round += 1) {
    const sight = await look(context, projectId, false);
    if (sight === null || sight.matches.length === 0) return assigned;
    const given = await handOut(context, sight, refusedRounds < BOUNDS.refusedRoundsMax);
    assigned += given;
    if (given < sight.matches.length) refusedRounds += 1;
    const isDone = sight.whole && given === sight.matches.length;
    if (isDone || context.table.elapsedMs() > deadlineMs) return assigned;
    if (!(await takeLease(context.table, projectId, owner, context.now()))) return assigned;
  }
  return assigned;
}
