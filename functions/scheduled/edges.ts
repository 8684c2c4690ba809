import type { Agent } from '../../domain/agent.ts';
import type { Instant, ProjectId } from '../../domain/brands.ts';
import { bySchedule } from '../../domain/status.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { readAgent, saveAgent } from '../store/agents.ts';
import { type Edge, findDueEdges } from '../store/sweep.ts';

/**
 * Switches every agent whose schedule's edge has come, in the whole deployment, and hands out what waits where somebody
 * came online. An edge that was missed, because nothing ran at its time, is found as long as it is due; what counts then
 * is the schedule now.
 */
export async function switchAtEdges(context: Context, now: Instant): Promise<void> {
  const online = new Set<ProjectId>();
  const failures: unknown[] = [];
  for (let after: string | undefined; ; ) {
    const { edges, last } = await findDueEdges(context.table, now, after);
    const switched = await inParallel(edges, BOUNDS.claimsInParallel, edge =>
      switchAgent(context, edge, now).catch(error => {
        failures.push(error);
        return null;
      }),
    );
    for (const [index, agent] of switched.entries()) {
      const edge = edges[index];
      if (edge !== undefined && agent?.status === 'online') online.add(edge.projectId);
    }
    if (last === null) break;
    after = last;
  }
  await inParallel([...online], BOUNDS.claimsInParallel, projectId => searchAfter(context, projectId));
  if (failures.length > 0) throw new AggregateError(failures, 'some agents were not switched');
}

/** Null: the edge is no longer due, the agent or its schedule is gone, or others keep changing it: the next minute tries again. */
async function switchAgent(
  { table }: Context,
  { projectId, agentId }: Edge,
  now: Instant,
): Promise<Agent | null> {
  for (let tries = 0; tries < BOUNDS.storeAttemptsMax; tries += 1) {
    const agent = await readAgent(table, projectId, agentId);
    if (agent === null || agent.schedule === null) return null;
    if (agent.nextEdgeAt === null || agent.nextEdgeAt > now) return null;
    const after: Agent = { ...bySchedule(agent, agent.schedule, now), version: agent.version + 1 };
    if ((await saveAgent(table, projectId, after, agent.version)) === 'written') return after;
  }
  return null;
}
