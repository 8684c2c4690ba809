import type * as z from 'zod';
import type { effectiveDistribution } from '../../domain/settings.ts';
import type { jobView, queuedView } from '../schemas.ts';
import type { StoredJob } from '../store/jobs.ts';
import type { Queued } from '../store/transfer-queue.ts';
import { iso } from './instants.ts';

export function viewJob(
  { running, lastRun }: StoredJob,
  effective: ReturnType<typeof effectiveDistribution>,
  queued: number,
): z.input<typeof jobView> {
  return { running, ...effective, queued, lastRun: lastRun && { ...lastRun, at: iso(lastRun.at) } };
}

export function viewQueued({ state, createdOn, ...queued }: Queued): z.input<typeof queuedView> {
  return { ...queued, createdOn: iso(createdOn), held: state === 'held' };
}
