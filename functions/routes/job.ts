import type { ProjectId } from '../../domain/brands.ts';
import { effectiveDistribution } from '../../domain/settings.ts';
import { BOUNDS } from '../bounds.ts';
import { runJob as run } from '../distribute/run-job.ts';
import { startJob as start, stopJob as stop } from '../distribute/switch-job.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { readJob as readStored } from '../store/jobs.ts';
import { readSystemSettings } from '../store/system-settings.ts';
import { countQueued } from '../store/transfer-queue.ts';
import { viewJob } from '../views/job-view.ts';
import { theProject } from './lookup.ts';

/** The group distribution job: whether it runs, how often and how much, with the source of each, and what it did last. */
export const readJob: HandlerOf<'readJob'> = ({ params }, context) => jobOf(context, params.projectId);

/** Seed 002, "Managing start and stop": off until an operator starts it. */
export const startJob: HandlerOf<'startJob'> = async ({ params }, context) => {
  await theProject(context, params.projectId);
  await start(context, params.projectId);
  return jobOf(context, params.projectId);
};

/** What is queued stays queued; new transfers are decided at once. */
export const stopJob: HandlerOf<'stopJob'> = async ({ params }, context) => {
  await theProject(context, params.projectId);
  await stop(context, params.projectId);
  return jobOf(context, params.projectId);
};

/** One run now, whether the job is on or not. */
export const runJob: HandlerOf<'runJob'> = async ({ params }, context) => {
  await theProject(context, params.projectId);
  const done = await run(context, params.projectId, { dueAt: null, budgetMs: BOUNDS.runInlineMs });
  if (done === null) throw new Problem('busy', 'Another run is at work at this moment.');
  return jobOf(context, params.projectId);
};

async function jobOf(context: Context, projectId: ProjectId): Promise<Answer> {
  const { table } = context;
  const [project, job, system, queued] = await Promise.all([
    theProject(context, projectId),
    readStored(table, projectId),
    readSystemSettings(table),
    countQueued(table, projectId),
  ]);
  const effective = effectiveDistribution(project.settings.distribution, system.settings);
  return { status: 200, body: viewJob(job, effective, queued) };
}
