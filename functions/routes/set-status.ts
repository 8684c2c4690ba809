import type { Agent, Status } from '../../domain/agent.ts';
import type { Instant } from '../../domain/brands.ts';
import { bySchedule, isOutsideHours, withStatus } from '../../domain/status.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { watchLost } from '../allocate/watch-lost.ts';
import { onlyOwnSelf } from '../edge/callers.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { honourIfMatch } from '../edge/preconditions.ts';
import { Problem } from '../edge/problems.ts';
import { saveAgent } from '../store/agents.ts';
import { viewAgent } from '../views/agent-view.ts';
import { theAgent } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/**
 * Sets an agent's status in this project only (seed 001, 2.1). Setting the present one changes nothing. Within the hours
 * of its schedule an agent may go busy, rest or offline by hand; the next edge applies again.
 */
export const setStatus: HandlerOf<'setStatus'> = ({ params, body, caller, ifMatch }, context) => {
  const { projectId, agentId } = params;
  onlyOwnSelf(caller, agentId);
  return untilSettled(context, async () => {
    const agent = await theAgent(context, projectId, agentId);
    honourIfMatch(ifMatch, agent.cardVersion);
    const now = context.now();
    const present = atDueEdge(agent, now);
    const answer = (after: Agent) => ({
      status: 200,
      body: viewAgent(projectId, after),
      version: after.cardVersion,
    });
    const reason = caller.kind === 'agent' ? 'set-by-agent' : 'set-by-operator';
    const set = withStatus(present, body.status, reason, now);
    if (set === agent) return answer(agent);
    if (caller.kind === 'agent' && present.status !== body.status) onlyWithinHours(agent, body.status, now);
    const after: Agent = { ...set, version: agent.version + 1 };
    await watchLost(context, projectId, agent, after);
    if ((await saveAgent(context.table, projectId, after, agent.version)) === 'stale') return null;
    if (after.status === 'online') await searchAfter(context, projectId);
    return answer(after);
  });
};

/** An edge whose minute is still to come has passed for who sets a status by hand: the next one applies again. */
function atDueEdge(agent: Agent, now: Instant): Agent {
  const isDue = agent.nextEdgeAt !== null && agent.nextEdgeAt <= now;
  return agent.schedule !== null && isDue ? bySchedule(agent, agent.schedule, now) : agent;
}

function onlyWithinHours(agent: Agent, status: Status, now: Instant): void {
  if (status !== 'online' || !isOutsideHours(agent, now)) return;
  throw new Problem(
    'outside-schedule',
    'Outside the hours of the schedule only an operator sets an agent online.',
  );
}
