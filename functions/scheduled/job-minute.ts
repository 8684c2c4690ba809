import { BOUNDS } from '../bounds.ts';
import { armRuns } from '../distribute/arm-runs.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { findQueues } from '../store/sweep.ts';
import { once, wire } from '../wiring.ts';

/**
 * Every minute while some project's job is on: arms the runs of the projects that have chats queued for groups. EventBridge
 * fires no more often than this, so the runs of the minute travel as delayed messages. One query when nothing is queued.
 */
export function jobMinuteLambda(context: Context) {
  return async (): Promise<void> => {
    const failures: unknown[] = [];
    const projects = await findQueues(context.table);
    await inParallel(projects, BOUNDS.claimsInParallel, projectId =>
      armRuns(context, projectId).catch(error => failures.push(error)),
    );
    if (failures.length > 0) throw new AggregateError(failures, 'some runs were not armed');
  };
}

const lambda = once(() => jobMinuteLambda(wire(process.env)));
export const handler = () => lambda()();
