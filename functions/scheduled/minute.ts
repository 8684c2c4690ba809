import type { Instant, ProjectId } from '../../domain/brands.ts';
import { armUntilMinute } from '../allocate/arm.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { withdrawOffers } from '../allocate/withdraw-offers.ts';
import { BOUNDS } from '../bounds.ts';
import { armRuns, isUnarmed } from '../distribute/arm-runs.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { type Finding, findWork } from '../store/sweep.ts';
import { once, wire } from '../wiring.ts';
import { switchAtEdges } from './edges.ts';

/**
 * The minute's sweep for the whole deployment: switches the agents whose schedule begins or ends, arms the searches of
 * every project with waiting chats, ends offers that nobody is left to accept, feeds the job what it has missed, goes on
 * with groups whose change has not reached every member, and reports the oldest wait. One query when there is nothing.
 */
export function minuteLambda(context: Context) {
  return async (): Promise<void> => {
    const now = context.now();
    const { findings, areEdgesDue } = await findWork(context.table, now);
    // What one project fails at must not keep the others from their searches; edges come after those are armed.
    const failures: unknown[] = [];
    const attempt = (work: () => Promise<void>) => work().catch(error => failures.push(error));
    await inParallel(findings, BOUNDS.claimsInParallel, finding => attempt(() => act(context, finding, now)));
    if (areEdgesDue) await attempt(() => switchAtEdges(context, now));
    reportOldestWait(context, findings, now);
    if (failures.length > 0) throw new AggregateError(failures, 'a part of the minute failed');
  };
}

async function act(context: Context, finding: Finding, now: Instant): Promise<void> {
  const { projectId } = finding;
  if (finding.kind === 'line') return armUntilMinute(context, projectId, 1);
  if (finding.kind === 'offer') return endOffers(context, projectId);
  if (finding.kind === 'queue') return feedAgain(context, projectId);
  const { groupId } = finding;
  await context.searchQueue.send([{ kind: 'spread-group', projectId, groupId, dueAt: now }], now);
}

async function endOffers(context: Context, projectId: ProjectId): Promise<void> {
  if ((await withdrawOffers(context, projectId)) > 0) await searchAfter(context, projectId);
}

/** What is queued while the job is on and has no run on its way: its schedule did not fire, or a send was lost. */
async function feedAgain(context: Context, projectId: ProjectId): Promise<void> {
  if (!(await isUnarmed(context, projectId))) return;
  context.log.warn('runs of the job were not armed', { projectId });
  await armRuns(context, projectId, 1);
}

function reportOldestWait({ measure }: Context, findings: readonly Finding[], now: Instant): void {
  const waits = findings.flatMap(finding => (finding.kind === 'line' ? [now - finding.oldestSince] : []));
  measure('OldestWaitSeconds', 'Seconds', Math.max(0, ...waits) / 1_000, now);
}

const lambda = once(() => minuteLambda(wire(process.env)));
export const handler = () => lambda()();
