import type { HandlerOf } from '../edge/exchange.ts';
import { honourIfMatch } from '../edge/preconditions.ts';
import { Problem } from '../edge/problems.ts';
import { removeAgent } from '../store/agents.ts';
import { theAgent } from './lookup.ts';
import { afterCards, keepNeededMember } from './save-agent.ts';
import { untilSettled } from './until-settled.ts';

/** Removes an agent for good. One that has chats, open or held, is refused: they would be nobody's. */
export const deleteAgent: HandlerOf<'deleteAgent'> = ({ params, ifMatch }, context) =>
  untilSettled(context, async () => {
    const { projectId, agentId } = params;
    const agent = await theAgent(context, projectId, agentId);
    honourIfMatch(ifMatch, agent.cardVersion);
    if (agent.chatIds.length > 0) {
      throw new Problem(
        'agent-has-chats',
        `The agent has ${agent.chatIds.length} chats that are not closed.`,
      );
    }
    await keepNeededMember(context, projectId, agent, []);
    const removed = await removeAgent(context.table, projectId, agent);
    if (removed.outcome !== 'committed') return null;
    await afterCards(context, projectId, true);
    return { status: 204, body: null };
  });
