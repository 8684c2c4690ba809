import type { Instant, ProjectId } from '../../domain/brands.ts';
import type { Context } from '../edge/context.ts';
import { releaseLease, takeLease } from '../store/search-lease.ts';
import { armThisMinute } from './arm.ts';
import { handOut } from './hand-out.ts';
import { look, match, mayMatch, readHeads, readSetup, type Sight } from './sight.ts';

export type Search = {
  /** `done`: nothing more can be given out. `elsewhere`: another searcher is at it. `unfinished`: out of time. */
  readonly outcome: 'done' | 'elsewhere' | 'unfinished';
  readonly assigned: number;
};

/**
 * Gives out the waiting line of a project: oldest first, against one reading of the roster at a time, several chats
 * in one transaction, the transactions in parallel. Stops between two looks when `budgetMs` is up.
 *
 * Why nobody waits while an agent is free: whoever adds a chat or frees an agent writes that first and calls this
 * after it. Of two such writes the later one's call sees both. If the lease is held then, its holder looks once
 * more after giving it back, and so sees both as well. If the holder dies, the lease runs out and the periodic
 * search comes by. See docs/decisions/0003-waiting-line.md.
 */
export async function searchLine(context: Context, projectId: ProjectId, budgetMs: number): Promise<Search> {
  const { table } = context;
  const deadlineMs = table.elapsedMs() + budgetMs;
  const heads = await readHeads(context, projectId);
  if (heads.line.places.length === 0) return { outcome: 'done', assigned: 0 };
  if (!mayMatch(heads)) return stillWaiting(context, projectId, 0, null);

  let assigned = 0;
  let sight: Sight | null = null;
  for (;;) {
    const owner = context.newId.searcher();
    const [isMine, setup] = await Promise.all([
      takeLease(table, projectId, owner, context.now()),
      sight === null ? readSetup(context, projectId) : null,
    ]);
    if (!isMine) return { outcome: 'elsewhere', assigned };
    let armedUntil: Instant | null = null;
    try {
      sight ??= setup && (await match(context, setup, heads));
      assigned += await giveOutAll(context, projectId, owner, deadlineMs, sight);
    } finally {
      armedUntil = await releaseLease(table, projectId, owner);
    }
    if (table.elapsedMs() > deadlineMs) return { outcome: 'unfinished', assigned };
    sight = await look(context, projectId);
    if (sight === null || sight.line === 0) return { outcome: 'done', assigned };
    if (sight.matches.length === 0) return stillWaiting(context, projectId, assigned, armedUntil);
  }
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

/** Under the lease: give out and look again, until a look was given out whole or finds nothing, or time is up. */
async function giveOutAll(
  context: Context,
  projectId: ProjectId,
  owner: string,
  deadlineMs: number,
  first: Sight | null,
): Promise<number> {
  let assigned = 0;
  for (let sight = first; sight !== null && sight.matches.length > 0; ) {
    const given = await handOut(context, sight);
    assigned += given;
    const isDone = sight.whole && given === sight.matches.length;
    if (isDone || context.table.elapsedMs() > deadlineMs) return assigned;
    if (!(await takeLease(context.table, projectId, owner, context.now()))) return assigned;
    sight = await look(context, projectId);
  }
  return assigned;
}
