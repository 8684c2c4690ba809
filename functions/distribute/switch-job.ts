import type { ProjectId } from '../../domain/brands.ts';
import type { Context } from '../edge/context.ts';
import { isAnyJobRunning, saveRunning } from '../store/jobs.ts';
import { armSoon } from './arm-runs.ts';

/**
 * Starts a project's job: first the fact in the table, which every run checks, then the platform's schedule, which all
 * projects share. Starting a started one does the same again, which mends a start that died in between.
 */
export async function startJob(context: Context, projectId: ProjectId): Promise<void> {
  await saveRunning(context.table, projectId, true);
  await context.jobRule.enable();
  await armSoon(context, projectId);
}

/**
 * Stops a project's job; what is queued stays queued. The last one to stop disables the schedule, and looks once more
 * after that: of a start and a stop that meet, the later one sees the other, and a schedule that somebody needs stays on.
 */
export async function stopJob({ table, jobRule }: Context, projectId: ProjectId): Promise<void> {
  await saveRunning(table, projectId, false);
  if (await isAnyJobRunning(table)) return;
  await jobRule.disable();
  if (await isAnyJobRunning(table)) await jobRule.enable();
}
