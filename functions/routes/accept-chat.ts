import { type Agent, hasRoom } from '../../domain/agent.ts';
import type { AgentId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { type ChatIn, isLegal } from '../../domain/chat.ts';
import { isInScope } from '../../domain/eligibility.ts';
import { taken } from '../../domain/load.ts';
import { assign } from '../../domain/verbs/assign.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { readAgent } from '../store/agents.ts';
import { saveChange } from '../store/changes.ts';
import { readChannel } from '../store/channels.ts';
import type { Conversation } from '../store/messages.ts';
import { wasOffered } from '../store/offers.ts';
import { staffView } from '../views/chat-view.ts';
import { theAgent, theChat, theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';
import { illegal } from './verb.ts';

/**
 * An agent takes an offered or a waiting chat by hand. Status and room are waived, unless the project says
 * `acceptWithinLimit`; the load is added all the same. The first to write wins, everybody else is told who did.
 */
export const acceptChat: HandlerOf<'acceptChat'> = (request, context) => {
  const { caller } = request;
  if (caller.kind !== 'agent') throw new Problem('forbidden', 'Only an agent accepts chats, for itself.');
  return untilSettled(context, () => tryToAccept(context, request, caller.agentId));
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
  if (!isLegal('accept', chat)) return notToAccept(context, before, agentId);
  if (!agent.active) throw new Problem('forbidden', 'An agent that is not active takes no chats.');

  const [channel] = await Promise.all([
    readChannel(context.table, projectId, chat.channelId),
    onlyOfferee(context, chat, agent),
  ]);
  const weight = weightsOf(channel === null ? [] : [channel])(chat.channelId);
  const fits = hasRoom(agent.vacancy, weight);
  if (project.settings.acceptWithinLimit && !fits) {
    throw new Problem('no-room', `The chat weighs ${weight}, the agent has room for ${agent.vacancy}.`);
  }
  const forced = !fits || agent.status !== 'online';
  const assignment = { agentId, method: 'accepted' as const, reason: null, forced, decisionId: null, weight };
  const after = assign(chat, assignment, context.now());
  const charge = { before: agent, after: taken(agent, chat.id, weight) };
  const saved = await saveChange(context.table, { before, after }, [charge]);
  if (saved.outcome === 'committed')
    return {
      status: 200,
      body: { chat: staffView(after, { ...before, offerees: [] }), outcome: 'accepted' },
    };
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  return null;
}

/** An offer is for those it went to, as long as they are in the group it went to. A waiting chat is anybody's. */
async function onlyOfferee({ table }: Context, chat: ChatIn<'accept'>, agent: Agent): Promise<void> {
  if (chat.state === 'waiting') return;
  if (!isInScope(agent, chat.offer)) {
    throw new Problem(
      'not-offered',
      `The chat is offered to group ${chat.offer.groupId}, which you are not in.`,
    );
  }
  if (await wasOffered(table, chat, agent.id)) return;
  throw new Problem(
    'not-offered',
    'The chat went to those who were there and worked with its channel when it was offered; you did not.',
  );
}

async function notToAccept(
  { table }: Context,
  { chat, lastMessage }: Conversation,
  agentId: AgentId,
): Promise<Answer> {
  if (chat.state !== 'open') {
    throw illegal('accept', 'accepted', chat);
  }
  if (chat.agentId === agentId) {
    return {
      status: 200,
      body: { chat: staffView(chat, { lastMessage, offerees: [] }), outcome: 'already-yours' },
    };
  }
  const winner = await readAgent(table, chat.projectId, chat.agentId);
  const name = winner?.name ?? chat.agentId;
  const isAccepted = chat.assignments.at(-1)?.method === 'accepted';
  throw new Problem('already-taken', isAccepted ? `${name} was faster.` : `${name} has the chat.`);
}
