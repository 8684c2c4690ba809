import { hasRoom } from '../../domain/agent.ts';
import type { AgentId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { type Chat, isLegal } from '../../domain/chat.ts';
import { taken } from '../../domain/load.ts';
import { assign } from '../../domain/verbs/assign.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { readChannel } from '../store/channels.ts';
import { saveAccepted } from '../store/chats.ts';
import { staffView } from '../views/chat-view.ts';
import { theAgent, theChat, theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/**
 * An agent takes a waiting chat by hand. Status and room are waived, unless the project says `acceptWithinLimit`;
 * the load is added all the same. The first to write wins, everybody else is told it is taken.
 */
export const acceptChat: HandlerOf<'acceptChat'> = (request, context) => {
  const { caller } = request;
  if (caller.kind !== 'agent') throw new Problem('forbidden', 'Only an agent accepts chats, for itself.');
  return untilSettled(() => tryToAccept(context, request, caller.agentId));
};

async function tryToAccept(
  context: Context,
  { params, caller }: RequestOf<'acceptChat'>,
  agentId: AgentId,
): Promise<Answer | null> {
  const { projectId } = params;
  const [before, agent, project] = await Promise.all([
    theChat(context, params, caller),
    theAgent(context, projectId, agentId),
    theProject(context, projectId),
  ]);
  const { chat } = before;
  if (!isLegal('accept', chat)) return notWaiting(chat, agentId);
  if (!agent.active) throw new Problem('agent-inactive', 'An agent that is not active takes no chats.');

  const channel = await readChannel(context.table, projectId, chat.channelId);
  const weight = weightsOf(channel === null ? [] : [channel])(chat.channelId);
  const fits = hasRoom(agent.vacancy, weight);
  if (project.settings.acceptWithinLimit && !fits) {
    throw new Problem('no-room', `The chat weighs ${weight}, the agent has room for ${agent.vacancy}.`);
  }
  const forced = !fits || agent.status !== 'online';
  const assignment = { agentId, method: 'accepted' as const, reason: null, forced, decisionId: null, weight };
  const after = assign(chat, assignment, context.now());
  const saved = await saveAccepted(context.table, { before, after }, agent, taken(agent, chat.id, weight));
  if (saved.outcome === 'committed')
    return { status: 200, body: { chat: staffView(after), outcome: 'accepted' } };
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  return null;
}

function notWaiting(chat: Chat, agentId: AgentId): Answer {
  if (chat.state === 'open' && chat.agentId === agentId) {
    return { status: 200, body: { chat: staffView(chat), outcome: 'already-yours' } };
  }
  if (chat.state === 'open') throw new Problem('already-taken', 'Another agent was faster.');
  throw new Problem(
    'state-forbids',
    `A chat can be accepted while it is waiting; this one is ${chat.state}.`,
  );
}
