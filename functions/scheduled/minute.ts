import type { Instant } from '../../domain/brands.ts';
import { armUntilMinute } from '../allocate/arm.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { type Finding, findWork } from '../store/sweep.ts';
import { once, wire } from '../wiring.ts';

/**
 * The minute's sweep for the whole deployment: arms the searches of every project with waiting chats, goes on with
 * groups whose change has not reached every member, and reports the oldest wait. One query when there is nothing.
 */
export function minuteLambda(context: Context) {
  return async (): Promise<void> => {
    const now = context.now();
    const findings = await findWork(context.table);
    await inParallel(findings, BOUNDS.claimsInParallel, finding => act(context, finding, now));
    reportOldestWait(context, findings, now);
  };
}

async function act(context: Context, finding: Finding, now: Instant): Promise<void> {
  const { projectId } = finding;
  if (finding.kind === 'line') return armUntilMinute(context, projectId, 1);
  const { groupId } = finding;
  await context.searchQueue.send([{ kind: 'spread-group', projectId, groupId, dueAt: now }], now);
}

function reportOldestWait({ measure }: Context, findings: readonly Finding[], now: Instant): void {
  const waits = findings.flatMap(finding => (finding.kind === 'line' ? [now - finding.oldestSince] : []));
  measure('OldestWaitSeconds', 'Seconds', Math.max(0, ...waits) / 1_000, now);
}

const lambda = once(() => minuteLambda(wire(process.env)));
export const handler = () => lambda()();
