import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { releaseLease, takeLease } from '../store/search-lease.ts';
import { armThisMinute } from './arm.ts';
import { handOut } from './hand-out.ts';
import { glanceAt, look, type Sight } from './sight.ts';

export type Search = {
  /** `done`: nothing more can be given out. `elsewhere`: another searcher is at it. `unfinished`: out of time. */
  readonly outcome: 'done' | 'elsewhere' | 'unfinished';
  readonly assigned: number;
};

type Order = {
  /** How long it may take; it stops between two looks. */
  readonly budgetMs: number;
  /** The caller has just seen that somebody waits and somebody could take chats: no need to glance first. */
  readonly isExpected?: boolean;
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
  { budgetMs, isExpected = false }: Order,
): Promise<Search> {
  const { table } = context;
  const deadlineMs = table.elapsedMs() + budgetMs;
  let sight: Sight | null = null;
  if (!isExpected) {
    const { waiting, available } = await glanceAt(context, projectId);
    if (!waiting) return { outcome: 'done', assigned: 0 };
    if (available) sight = await look(context, projectId);
    // Chats that fit nobody wait while others are free: then nothing is locked and nothing written.
    if (sight === null || sight.matches.length === 0) return stillWaiting(context, projectId, 0, null);
  }
  let assigned = 0;
  for (let round = 0; round < BOUNDS.searchRoundsMax; round += 1) {
    const owner = context.newId.searcher();
    if (!(await takeLease(table, projectId, owner, context.now()))) return { outcome: 'elsewhere', assigned };
    let armedUntil: Instant | null = null;
    try {
      assigned += await giveOutAll(context, projectId, owner, deadlineMs, sight);
    } finally {
      armedUntil = await releaseLease(table, projectId, owner);
    }
    if (table.elapsedMs() > deadlineMs) return { outcome: 'unfinished', assigned };
    sight = await look(context, projectId);
    if (sight === null || !sight.anyWaiting) return { outcome: 'done', assigned };
    if (sight.matches.length === 0) return stillWaiting(context, projectId, assigned, armedUntil);
  }
  return { outcome: 'unfinished', assigned };
}

/** Chats stay in the line: the periodic search must be on its way. */
async function stillWaiting(
  context: Context,
  projectId: ProjectId,
  assigned: number,
  armedUntil: Instant | null,
): Promise<Search> {
  await armThisMinute(context, projectId, armedUntil);
  return { outcome: 'done', assigned };
}

/** Under the lease: look and give out, until a look was given out whole or finds nothing, or time is up. */
async function giveOutAll(
  context: Context,
  projectId: ProjectId,
  owner: string,
  deadlineMs: number,
  seen: Sight | null,
): Promise<number> {
  let assigned = 0;
  let sight = seen ?? (await look(context, projectId));
  let refusedRounds = 0;
  for (let round = 0; round < BOUNDS.searchRoundsMax; round += 1) {
    if (sight === null || sight.matches.length === 0) return assigned;
    const given = await handOut(context, sight, refusedRounds < BOUNDS.refusedRoundsMax);
    assigned += given;
    if (given < sight.matches.length) refusedRounds += 1;
    const isDone = sight.whole && given === sight.matches.length;
    if (isDone || context.table.elapsedMs() > deadlineMs) return assigned;
    if (!(await takeLease(context.table, projectId, owner, context.now()))) return assigned;
    sight = await look(context, projectId);
  }
  return assigned;
}
