import type { Agent } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import { returned } from '../../domain/status.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { BOUNDS } from '../bounds.ts';
import { onlyOwnSelf } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { beat, type Lapsed, saveReturned } from '../store/presence.ts';
import { theAgent } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/**
 * The agent is there. The first heartbeat begins the lease, each later one renews it; after a lapse it brings back the
 * status from before, unless another one was set meanwhile.
 */
export const heartbeat: HandlerOf<'heartbeat'> = async ({ params, caller }, context) => {
  const { projectId, agentId } = params;
  onlyOwnSelf(caller, agentId);
  const now = context.now();
  const lookAt = (now + BOUNDS.presenceLookMs) as Instant;
  const lapsed = await beat(context.table, projectId, agentId, { now, lookAt });
  if (lapsed !== null) await comeBack(context, projectId, agentId, lapsed);
  return { status: 204, body: null };
};

async function comeBack(context: Context, projectId: ProjectId, id: AgentId, lapsed: Lapsed): Promise<void> {
  const after = await untilSettled(context, async (): Promise<Agent | null> => {
    const before = await theAgent(context, projectId, id);
    const back = returned(before, lapsed, context.now());
    const after = { ...back, version: before.version + 1 };
    const change = back === before ? null : { before, after };
    const saved = await saveReturned(context.table, projectId, id, change);
    return saved.outcome === 'committed' ? after : null;
  });
  if (after.status === 'online') await searchAfter(context, projectId);
}
