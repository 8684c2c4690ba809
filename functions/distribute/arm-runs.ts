import type { Instant, ProjectId } from '../../domain/brands.ts';
import { effectiveDistribution, runTimes } from '../../domain/settings.ts';
import { endOfMinute, MINUTE_MS } from '../allocate/arm.ts';
import type { Context } from '../edge/context.ts';
import { readJob, saveRunsArmed } from '../store/jobs.ts';
import { readProject } from '../store/projects.ts';
import { readSystemSettings } from '../store/system-settings.ts';
import { isAnythingQueued } from './take-in.ts';

/**
 * Sends the runs of a project's job on their way, up to the end of the next minute: whoever arms in the next minute may
 * do so at any second of it. Nothing where the job is off or automatic allocation is. What is on its way at another
 * frequency is no run any more, so all are sent anew. Sent before it is noted: a crash in between arms twice, never not at
 * all, and a run that comes twice is carried out once.
 */
export async function armRuns(context: Context, projectId: ProjectId): Promise<void> {
  const now = context.now();
  const until = endOfMinute((now + MINUTE_MS) as Instant);
  const [job, project, system] = await Promise.all([
    readJob(context.table, projectId),
    readProject(context.table, projectId),
    readSystemSettings(context.table),
  ]);
  if (!job.running || !project?.settings.automaticAllocation) return;
  const { distribution } = project.settings;
  const everySeconds = effectiveDistribution(distribution, system.settings).frequencySeconds.value;
  const armedUntil = job.armedEverySeconds === everySeconds ? job.armedUntil : now;
  if (armedUntil >= until) return;
  const times = runTimes(everySeconds, Math.max(now, armedUntil) as Instant, until);
  await context.searchQueue.send(
    times.map(dueAt => ({ kind: 'run-job' as const, projectId, dueAt })),
    now,
  );
  await saveRunsArmed(context.table, projectId, { until, everySeconds });
}

/**
 * Arms after something that is written already and stays so: a chat was queued, the job started, the settings changed. A
 * failure is logged: the minute feeds again what has no run on its way.
 */
export async function armSoon(context: Context, projectId: ProjectId): Promise<void> {
  try {
    if (await isAnythingQueued(context, projectId)) await armRuns(context, projectId);
  } catch (error) {
    context.log.error('the runs of the job were not armed', { projectId, error: error as Error });
  }
}
