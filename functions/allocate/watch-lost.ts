import type { Agent } from '../../domain/agent.ts';
import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { beginLease } from '../store/presence.ts';

/**
 * An agent is back by hand or by its schedule. If it had been lost, that counts, and it has the time of a heartbeat to show
 * that it is there.
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
