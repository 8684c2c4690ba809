import { hasRoom } from '../../domain/agent.ts';
import type { AgentId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { isLegal } from '../../domain/chat.ts';
import { taken, without } from '../../domain/load.ts';
import { assign } from '../../domain/verbs/assign.ts';
import { searchAfter } from '../allocate/search-after.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { readAgents } from '../store/agents.ts';
import { saveChange } from '../store/changes.ts';
import { readChannel } from '../store/channels.ts';
import { onlyOwner, theChat, theProject } from './lookup.ts';
import { illegal, isDone, said } from './verb.ts';

type Request = RequestOf<'transferChat'>;

/**
 * Seed 002, "Transferring chat to selected agent": if there is a free slot, whatever the channels on the card. The
 * status is not asked unless the project says so. One transaction frees the one and charges the other.
 */
export async function toAgent(context: Context, request: Request, agentId: AgentId): Promise<Answer | null> {
  const { params, body, caller, keepAnswer } = request;
  const { table } = context;
  const [before, project] = await Promise.all([
    theChat(context, params, caller),
    theProject(context, params.projectId),
  ]);
  const { chat } = before;
  // Whoever asks twice has been heard the first time, and has the chat no more.
  const isThere = chat.state === 'open' && chat.agentId === agentId && caller.kind !== 'bot';
  if (isThere) return said(before, 'already-there');
  onlyOwner(caller, chat);
  if (!isLegal('transfer', chat)) throw illegal('transfer', 'transferred to an agent', chat);

  const [agents, channel] = await Promise.all([
    readAgents(table, chat.projectId, [agentId, chat.agentId]),
    readChannel(table, chat.projectId, chat.channelId),
  ]);
  const target = agents.find(({ id }) => id === agentId);
  const holder = agents.find(({ id }) => id === chat.agentId);
  if (target === undefined)
    throw new Problem('unknown-agent', `There is no agent ${agentId} in this project.`);
  if (holder === undefined) return null;
  const weight = weightsOf(channel === null ? [] : [channel])(chat.channelId);
  if (!target.active) throw new Problem('agent-inactive', 'An agent that is not active takes no chats.');
  if (project.settings.transferRequiresOnline && target.status !== 'online') {
    throw new Problem(
      'agent-not-online',
      `${target.name} is ${target.status}; here chats go to those online only.`,
    );
  }
  if (!hasRoom(target.vacancy, weight)) {
    throw new Problem(
      'no-room',
      `The chat weighs ${weight}, ${target.name} has room for ${target.vacancy}. It stays where it is.`,
    );
  }
  const reason = body.reason ?? null;
  const assignment = {
    agentId,
    method: 'transfer' as const,
    reason,
    forced: false,
    decisionId: null,
    weight,
  };
  const after = assign({ ...chat, groupId: null }, assignment, context.now());
  const answer = said({ ...before, chat: after }, 'transferred');
  const changes = [
    { before: holder, after: without(holder, chat) },
    { before: target, after: taken(target, chat.id, weight) },
  ];
  const kept = keepAnswer === null ? [] : [keepAnswer(answer)];
  if (!isDone(await saveChange(table, { before, after }, changes, kept))) return null;
  await searchAfter(context, chat.projectId);
  return answer;
}
