import type { Instant, ProjectId } from '../../domain/brands.ts';
import { armSearches } from '../allocate/arm.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { watchSoon } from '../allocate/watch-chats.ts';
import { withdrawOffers } from '../allocate/withdraw-offers.ts';
import { BOUNDS } from '../bounds.ts';
import { armRuns } from '../distribute/arm-runs.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { type Finding, findWork } from '../store/sweep.ts';
import { once, wire } from '../wiring.ts';
import { runDueTimers } from './timers.ts';

/**
 * The minute's sweep for the whole deployment: does what is due (schedules, presence, answers), arms the searches of
 * every project with waiting chats, ends offers that nobody is left to accept, feeds the job what it has missed, goes on
 * with groups whose change has not reached every member and with time-outs that have not reached every chat, and reports the oldest wait. One query when there is nothing.
 */
export function minuteLambda(context: Context) {
  return async (): Promise<void> => {
    const now = context.now();
    const { findings, isTimerDue } = await findWork(context.table, now);
    // What one project fails at must not keep the others from their searches; timers come after those are armed.
    const failures: unknown[] = [];
    const attempt = (work: () => Promise<void>) => work().catch(error => failures.push(error));
    await inParallel(findings, BOUNDS.claimsInParallel, finding => attempt(() => act(context, finding, now)));
    if (isTimerDue) {
      await attempt(async () => {
        failures.push(...(await runTimers(context, now)));
      });
    }
    reportOldestWait(context, findings, now);
    if (failures.length > 0) throw new AggregateError(failures, 'a part of the minute failed');
  };
}

async function act(context: Context, finding: Finding, now: Instant): Promise<void> {
  const { projectId } = finding;
  if (finding.kind === 'line') return armSearches(context, projectId);
  if (finding.kind === 'offer') return endOffers(context, projectId);
  // The job's own schedule does the same; where it is off though it should be on, this is what keeps the job going.
  if (finding.kind === 'queue') return armRuns(context, projectId);
  if (finding.kind === 'answers') return watchSoon(context, projectId, now);
  const { groupId } = finding;
  await context.searchQueue.send([{ kind: 'spread-group', projectId, groupId, dueAt: now }], now);
}

/** What does not fit the minute's time goes on in the worker, and what does not fit that, in the next minute. */
async function runTimers(context: Context, now: Instant): Promise<readonly unknown[]> {
  const { isDone, failures } = await runDueTimers(context, now);
  if (!isDone) await context.searchQueue.send([{ kind: 'run-timers', dueAt: now }], now);
  return failures;
}

async function endOffers(context: Context, projectId: ProjectId): Promise<void> {
  if ((await withdrawOffers(context, projectId)) > 0) await searchAfter(context, projectId);
}

function reportOldestWait({ measure }: Context, findings: readonly Finding[], now: Instant): void {
  const waits = findings.flatMap(finding => (finding.kind === 'line' ? [now - finding.oldestSince] : []));
  measure('OldestWaitSeconds', 'Seconds', Math.max(0, ...waits) / 1_000, now);
}

const lambda = once(() => minuteLambda(wire(process.env)));
export const handler = () => lambda()();
