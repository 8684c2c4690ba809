import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { searchLine } from './waiting-line.ts';

/**
 * Searches for the waiting line at once, after a change that could help it was written. What is left when the time
 * for it is up goes on in the queue's worker. A failure here is logged and does not undo or fail the change: the
 * periodic search comes by.
 */
export async function searchAfter(
  context: Context,
  projectId: ProjectId,
  isCrowded = false,
): Promise<{ readonly settled: number }> {
  try {
    const search = await searchLine(context, projectId, { budgetMs: BOUNDS.searchInlineMs, isCrowded });
    if (search.outcome === 'unfinished') {
      const now = context.now();
      await context.searchQueue.send([{ kind: 'search', projectId, dueAt: now }], now);
    }
    return search;
  } catch (error) {
    context.log.error('the search after a change failed', { projectId, error: error as Error });
    await searchSoon(context, projectId);
    return { settled: 0 };
  }
}

/** Whatever failed may have failed before the periodic search was armed: one is sent on its way. */
async function searchSoon({ searchQueue, now, log }: Context, projectId: ProjectId): Promise<void> {
  const at = now();
  const dueAt = (at + BOUNDS.searchPeriodSeconds * 1_000) as Instant;
  try {
    await searchQueue.send([{ kind: 'search', projectId, dueAt }], at);
  } catch (error) {
    log.error('the queue did not take a search either', { projectId, error: error as Error });
  }
}
