import type { ProjectId } from '../../domain/brands.ts';
import type { Context } from '../edge/context.ts';
import { releaseLease, takeLease } from '../store/search-lease.ts';
import { armThisMinute } from './arm.ts';
import { handOut } from './hand-out.ts';
import { type Glance, glanceAt, look, type Sight } from './sight.ts';

export type Search = {
  /** `done`: nothing more can be given out. `elsewhere`: another searcher is at it. `unfinished`: out of time. */
  readonly outcome: 'done' | 'elsewhere' | 'unfinished';
  readonly assigned: number;
};

type Order = {
  /** How long it may take before it stops between two looks. */
  readonly budgetMs: number;
  /** What the caller has just seen; without it, a glance at line and roster comes first. */
  readonly glance?: Glance;
};

/**
 * Gives out the waiting line of a project: oldest first, against one reading of the roster at a time, several chats
 * of one agent in one transaction, the agents in parallel.
 *
 * Why nobody waits while an agent is free: whoever adds a chat or frees an agent writes that first and calls this
 * after it. Of two such writes the later one's call sees both. If the lease is held then, its holder looks once
 * more after giving it back, and so sees both as well. If the holder dies, the lease runs out and the periodic
 * search comes by. See docs/decisions/0003-waiting-line.md.
 */
export async function searchLine(
  context: Context,
  projectId: ProjectId,
  { budgetMs, glance: seen }: Order,
): Promise<Search> {
  const { table } = context;
  const deadlineMs = table.elapsedMs() + budgetMs;
  let glance = seen ?? (await glanceAt(context, projectId));
  let sight: Sight | null = null;
  let assigned = 0;
  while (glance.waiting && glance.available && (sight === null || sight.matches.length > 0)) {
    const owner = context.newId.searcher();
    if (!(await takeLease(table, projectId, owner, context.now()))) return { outcome: 'elsewhere', assigned };
    try {
      assigned += await giveOutAll(context, projectId, owner, deadlineMs, sight);
    } finally {
      await releaseLease(table, projectId, owner);
    }
    if (table.elapsedMs() > deadlineMs) return { outcome: 'unfinished', assigned };
    glance = await glanceAt(context, projectId);
    // Chats that fit nobody may wait while agents are free: only a match is a reason to go on.
    if (glance.waiting && glance.available) sight = await look(context, projectId);
  }
  if (glance.waiting) await armThisMinute(context, projectId);
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
  while (sight.project !== null && sight.matches.length > 0) {
    const given = await handOut(context, sight.project, sight);
    assigned += given;
    const isDone = sight.whole && given === sight.matches.length;
    if (isDone || context.table.elapsedMs() > deadlineMs) return assigned;
    if (!(await takeLease(context.table, projectId, owner, context.now()))) return assigned;
    sight = await look(context, projectId);
  }
  return assigned;
}
