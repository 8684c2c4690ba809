import type { Agent } from '../../domain/agent.ts';
import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { beginLease } from '../store/presence.ts';

/**
 * An agent is about to be back, by hand or by its schedule: if it is one that sends heartbeats, it has the time of one to
 * show that it is there. Before the status is written: no crash leaves somebody online whom nobody watches.
 */
export async function watchLost(
  { table, now }: Context,
  projectId: ProjectId,
  before: Agent,
  after: Agent,
): Promise<void> {
  if (before.status !== 'offline' || after.status === 'offline') return;
  const at = now();
  const lookAt = (at + BOUNDS.presenceLookMs) as Instant;
  await beginLease(table, projectId, after.id, { now: at, lookAt });
}
