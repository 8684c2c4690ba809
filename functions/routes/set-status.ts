import type { Agent } from '../../domain/agent.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { onlyOwnSelf } from '../edge/callers.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { honourIfMatch } from '../edge/preconditions.ts';
import { saveAgent } from '../store/agents.ts';
import { viewAgent } from '../views/agent-view.ts';
import { theAgent } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/** Sets an agent's status in this project only (seed 001, 2.1). Setting the present one changes nothing. */
export const setStatus: HandlerOf<'setStatus'> = ({ params, body, caller, ifMatch }, context) => {
  const { projectId, agentId } = params;
  onlyOwnSelf(caller, agentId);
  return untilSettled(async () => {
    const agent = await theAgent(context, projectId, agentId);
    honourIfMatch(ifMatch, agent.cardVersion);
    const answer = (after: Agent) => ({
      status: 200,
      body: viewAgent(projectId, after),
      version: after.cardVersion,
    });
    if (agent.status === body.status) return answer(agent);
    const after: Agent = {
      ...agent,
      status: body.status,
      statusSince: context.now(),
      statusReason: caller.kind === 'agent' ? 'set-by-agent' : 'set-by-operator',
      version: agent.version + 1,
    };
    if ((await saveAgent(context.table, projectId, after, agent.version)) === 'stale') return null;
    if (after.status === 'online') await searchAfter(context, projectId);
    return answer(after);
  });
};
