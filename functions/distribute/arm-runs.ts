import type { Instant, ProjectId } from '../../domain/brands.ts';
import { effectiveDistribution, runTimes } from '../../domain/settings.ts';
import { endOfMinute, MINUTE_MS } from '../allocate/arm.ts';
import type { Context } from '../edge/context.ts';
import { readJob, saveRunsArmed } from '../store/jobs.ts';
import { readProject } from '../store/projects.ts';
import { readSystemSettings } from '../store/system-settings.ts';

/**
 * Sends the runs of a project's job on their way, up to the end of the minute that is so many minutes ahead: this one
 * when a chat is queued, the next one for the schedule of the minute, which may fire at any second. Nothing where the
 * job is off or automatic allocation is. Sent before it is noted: a crash in between arms twice, never not at all, and
 * a run that comes twice is carried out once.
 */
export async function armRuns(context: Context, projectId: ProjectId, ahead: 0 | 1): Promise<void> {
  const now = context.now();
  const until = endOfMinute((now + ahead * MINUTE_MS) as Instant);
  const { running, armedUntil } = await readJob(context.table, projectId);
  if (!running || armedUntil >= until) return;
  const [project, system] = await Promise.all([
    readProject(context.table, projectId),
    readSystemSettings(context.table),
  ]);
  if (project === null || !project.settings.automaticAllocation) return;
  const { frequencySeconds } = effectiveDistribution(project.settings.distribution, system.settings);
  const times = runTimes(frequencySeconds.value, Math.max(now, armedUntil) as Instant, until);
  await context.searchQueue.send(
    times.map(dueAt => ({ kind: 'run-job' as const, projectId, dueAt })),
    now,
  );
  await saveRunsArmed(context.table, projectId, until);
}

/** As `armRuns`, after something that is written already and stays so: the minute feeds again what has no run on its way. */
export async function armSoon(context: Context, projectId: ProjectId): Promise<void> {
  try {
    await armRuns(context, projectId, 0);
  } catch (error) {
    context.log.error('the runs of the job were not armed', { projectId, error: error as Error });
  }
}

/** The frequency was changed, or automatic allocation switched on: what is on its way is at the wrong times, or missing. */
export async function rearmRuns(context: Context, projectId: ProjectId): Promise<void> {
  await saveRunsArmed(context.table, projectId, context.now());
  await armSoon(context, projectId);
}

/** The runs of the present minute are not on their way: whoever should have armed them did not. */
export async function isUnarmed(context: Context, projectId: ProjectId): Promise<boolean> {
  const { running, armedUntil } = await readJob(context.table, projectId);
  return running && armedUntil < context.now();
}
