import type { Instant, ProjectId } from '../../domain/brands.ts';
import { effectiveDistribution } from '../../domain/settings.ts';
import { searchAfter } from '../allocate/search-after.ts';
import type { Context } from '../edge/context.ts';
import { beginRun, endRun, type FinishedRun } from '../store/jobs.ts';
import { readProject } from '../store/projects.ts';
import { readSystemSettings } from '../store/system-settings.ts';
import { distribute } from './distribute.ts';

type Order = {
  /** When the run is due; null = a person asked for it, whether the job is on or not. */
  readonly dueAt: Instant | null;
  /** How long it may take; it stops between two writes. */
  readonly budgetMs: number;
};

/**
 * One run of a project's job, at its time and once: null when it was stopped, was carried out before, or is not due any
 * more because the frequency has changed, or while another run is at work. What a failed run has not decided stays queued.
 */
export async function runJob(
  context: Context,
  projectId: ProjectId,
  { dueAt, budgetMs }: Order,
): Promise<FinishedRun | null> {
  const { table } = context;
  const startedMs = table.elapsedMs();
  const [project, system] = await Promise.all([readProject(table, projectId), readSystemSettings(table)]);
  if (project === null) return null;
  const effective = effectiveDistribution(project.settings.distribution, system.settings);
  if (dueAt !== null && dueAt % (effective.frequencySeconds.value * 1_000) !== 0) return null;
  const run = context.newId.searcher();
  const at = context.now();
  if (!(await beginRun(table, projectId, { run, dueAt, now: at }))) return null;
  let finished: FinishedRun | null = null;
  try {
    const quantity = effective.quantity.value;
    const done = await distribute(context, projectId, { quantity, deadlineMs: startedMs + budgetMs });
    finished = { at, ...done, tookMs: Math.round(table.elapsedMs() - startedMs) };
  } finally {
    // Agents were relieved of chats, or chats of bots begin to wait; also in a run that failed after some of its writes.
    const isIdle = finished !== null && finished.read === finished.held + finished.purged;
    if (!isIdle) await searchAfter(context, projectId);
    await endRun(table, projectId, run, finished);
  }
  return finished;
}
