import { hasRoom } from '../../domain/agent.ts';
import type { AgentId, GroupId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { type Chat, type ChatIn, isLegal, type OpenChat } from '../../domain/chat.ts';
import { taken, without } from '../../domain/load.ts';
import { conclusion } from '../../domain/sentences.ts';
import { assign } from '../../domain/verbs/assign.ts';
import { queue } from '../../domain/verbs/transfer.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { setUp } from '../allocate/setup.ts';
import { armSoon } from '../distribute/arm-runs.ts';
import { openFloor } from '../distribute/floor.ts';
import { moveOne } from '../distribute/move.ts';
import type { Transferring } from '../distribute/take-in.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { readAgents } from '../store/agents.ts';
import { saveChange, saveChanges } from '../store/changes.ts';
import { readChannel } from '../store/channels.ts';
import type { StoredChat } from '../store/chat-row.ts';
import type { Commit } from '../store/commit.ts';
import { readConfiguration } from '../store/configuration.ts';
import { readGroup } from '../store/groups.ts';
import { readJob } from '../store/jobs.ts';
import { staffView } from '../views/chat-view.ts';
import { noSuchProject, onlyOwner, theChat, theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

type Request = RequestOf<'transferChat'>;

/** A chat leaves its agent, or its bot, for another agent or for a group. */
export const transferChat: HandlerOf<'transferChat'> = (request, context) => {
  const { to } = request.body;
  return untilSettled(context, () =>
    'agentId' in to ? toAgent(context, request, to.agentId) : toGroup(context, request, to.groupId),
  );
};

/**
 * Seed 002, "Transferring chat to selected agent": if there is a free slot, whatever the channels on the card. The
 * status is not asked unless the project says so. One transaction frees the one and charges the other.
 */
async function toAgent(context: Context, request: Request, agentId: AgentId): Promise<Answer | null> {
  const { params, body, keepAnswer } = request;
  const { table } = context;
  const [before, project] = await Promise.all([
    theTransferable(context, request),
    theProject(context, params.projectId),
  ]);
  const { chat } = before;
  if (chat.state === 'open' && chat.agentId === agentId) return said(200, chat, 'already-there');
  if (!isLegal('transfer', chat)) throw notTransferable(chat, 'to an agent while it is open');

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
  const answer = said(200, after, 'transferred');
  const changes = [
    { before: holder, after: without(holder, chat) },
    { before: target, after: taken(target, chat.id, weight) },
  ];
  const kept = keepAnswer === null ? [] : [keepAnswer(answer)];
  if (!isDone(await saveChange(table, { before, after }, changes, kept))) return null;
  await searchAfter(context, chat.projectId);
  return answer;
}

/** Queued while the job is on, else decided at once (seed 002, "Distribution logic when the Job is disabled"). */
async function toGroup(context: Context, request: Request, groupId: GroupId): Promise<Answer | null> {
  const { params } = request;
  const { table } = context;
  const [before, group, job] = await Promise.all([
    theTransferable(context, request),
    readGroup(table, params.projectId, groupId),
    readJob(table, params.projectId),
  ]);
  const { chat } = before;
  if (!isLegal('queue', chat)) throw notTransferable(chat, 'to a group while it is open or with a bot');
  if (group === null || group.spreading === 'removal') {
    throw new Problem('unknown-group', `There is no group ${groupId} in this project.`);
  }
  const of = { before: { ...before, chat }, groupId };
  return job.running ? enqueue(context, request, of) : decideAtOnce(context, request, of);
}

type ToGroup = {
  readonly before: StoredChat & { readonly chat: ChatIn<'queue'> };
  readonly groupId: GroupId;
};

function detailsOf({ body, caller }: Request, { groupId }: ToGroup) {
  return { groupId, reason: body.reason ?? null, isBotTransfer: caller.kind === 'bot' };
}

async function enqueue(context: Context, request: Request, of: ToGroup): Promise<Answer | null> {
  const { before } = of;
  const after = queue(before.chat, detailsOf(request, of), context.now());
  const answer = said(202, after, 'queued');
  const { keepAnswer } = request;
  const kept = keepAnswer === null ? [] : [keepAnswer(answer)];
  if (!isDone(await saveChange(context.table, { before, after }, [], kept))) return null;
  await armSoon(context, after.projectId);
  return answer;
}

async function decideAtOnce(context: Context, request: Request, of: ToGroup): Promise<Answer | null> {
  const { params, keepAnswer } = request;
  const configuration = await readConfiguration(context.table, params.projectId);
  if (configuration === null) throw noSuchProject();
  const setup = setUp(configuration);
  const one: Transferring = { before: of.before, to: detailsOf(request, of), createdOn: null };
  const floor = openFloor(context, setup);
  await floor.readFor([one]);
  const since = context.now();
  const move = moveOne(context, setup, floor, one, { trigger: 'transfer', since });
  const { after, decision } = move;
  const isAssigned = decision.outcome === 'assigned';
  const answer = isAssigned ? said(200, after, 'transferred') : said(202, after, 'waiting');
  // A refusal is an answer too, but none to keep: the next try may find somebody.
  const isRefused = !isAssigned && after.state === 'open';
  const kept = keepAnswer === null || isRefused ? [] : [keepAnswer(answer)];
  const saved = await saveChanges(context.table, params.projectId, [move], floor.moved(), kept);
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  if (saved.outcome !== 'committed') return null;
  if (isRefused) {
    const why = conclusion(decision) ?? '';
    throw new Problem(
      'no-agent-available',
      `${why.replace(': the chat waits', '')} The chat stays where it is.`,
    );
  }
  await searchAfter(context, params.projectId);
  return answer;
}

/** The chat, if this caller may transfer it: its agent, its bot or an operator. */
async function theTransferable(context: Context, { params, caller }: Request): Promise<StoredChat> {
  const stored = await theChat(context, params, caller);
  onlyOwner(caller, stored.chat);
  return stored;
}

function notTransferable(chat: Chat, when: string): Problem {
  const hint = chat.state === 'held' ? ' Resume it first.' : '';
  return new Problem('state-forbids', `A chat can be transferred ${when}; this one is ${chat.state}.${hint}`);
}

function said(status: 200 | 202, chat: Chat | OpenChat, outcome: string): Answer {
  return { status, body: { chat: staffView(chat, []), outcome } };
}

/** False: the chat or an agent changed meanwhile. */
function isDone({ outcome }: Commit): boolean {
  if (outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  return outcome === 'committed';
}
