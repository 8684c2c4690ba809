import { type Agent, type Card, vacancyOf } from '../../domain/agent.ts';
import type { AgentId, ProjectId } from '../../domain/brands.ts';
import { queuePositionOf } from '../../domain/group.ts';
import { searchAfter } from '../allocate/search-after.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { honourIfMatch } from '../edge/preconditions.ts';
import { Problem } from '../edge/problems.ts';
import { readAgent, readTeam, saveCard } from '../store/agents.ts';
import { readChannelsById } from '../store/channels.ts';
import { readGroupsById, type StoredGroup } from '../store/groups.ts';
import { viewAgent } from '../views/agent-view.ts';
import { theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/** Adds an agent or replaces its card; status, load and chats stay as they are. */
export const replaceAgent: HandlerOf<'replaceAgent'> = (request, context) =>
  untilSettled(() => tryToReplace(context, request));

async function tryToReplace(
  context: Context,
  { params, body, ifMatch }: RequestOf<'replaceAgent'>,
): Promise<Answer | null> {
  const { projectId, agentId } = params;
  const [, before, groups] = await Promise.all([
    theProject(context, projectId),
    readAgent(context.table, projectId, agentId),
    knownGroups(context, projectId, body.groups),
    knownChannels(context, projectId, body.channels),
  ]);
  honourIfMatch(ifMatch, before?.cardVersion ?? null);
  const memberOrder = body.memberOrder ?? before?.memberOrder ?? (await lastInOrder(context, projectId));
  const { schedule: _, ...given } = body;
  const card: Card = { ...given, memberOrder };
  const after = withCard(before ?? newAgent(context, agentId), card, queuePositionOf(groups));
  const saved = await saveCard(context.table, projectId, after, before?.version ?? null, groups);
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  if (saved.outcome !== 'committed') return null;
  await searchAfter(context, projectId);
  const status = before === null ? 201 : 200;
  return { status, body: viewAgent(projectId, after), version: after.cardVersion };
}

/** A new agent is offline until it says otherwise. */
function newAgent(context: Context, id: AgentId): Omit<Agent, keyof Card> & Pick<Agent, 'name'> {
  return {
    id,
    name: id,
    status: 'offline',
    statusSince: context.now(),
    statusReason: 'set-by-operator',
    queuePosition: 0,
    load: 0,
    openChats: 0,
    heldChats: 0,
    vacancy: null,
    lastClosedAt: null,
    missedChats: 0,
    chatIds: [],
    version: 0,
    cardVersion: 0,
  };
}

function withCard(agent: Omit<Agent, keyof Card>, card: Card, queuePosition: number): Agent {
  return {
    ...agent,
    ...card,
    queuePosition,
    vacancy: vacancyOf(card.maxLoad, agent.load),
    version: agent.version + 1,
    cardVersion: agent.cardVersion + 1,
  };
}

async function knownGroups(
  context: Context,
  projectId: ProjectId,
  ids: Card['groups'],
): Promise<StoredGroup[]> {
  const groups = await readGroupsById(context.table, projectId, ids);
  const unknown = ids.find(id => !groups.some(group => group.id === id));
  if (unknown !== undefined)
    throw new Problem('unknown-group', `There is no group ${unknown} in this project.`);
  const leaving = groups.find(group => group.spreading === 'removal');
  if (leaving !== undefined)
    throw new Problem('group-being-removed', `Group ${leaving.id} is being removed.`);
  return groups;
}

async function knownChannels(context: Context, projectId: ProjectId, ids: Card['channels']): Promise<void> {
  const channels = await readChannelsById(context.table, projectId, ids ?? []);
  const unknown = ids?.find(id => !channels.some(channel => channel.id === id));
  if (unknown === undefined) return;
  throw new Problem('unknown-channel', `There is no channel ${unknown} in this project.`);
}

async function lastInOrder(context: Context, projectId: ProjectId): Promise<number> {
  const team = await readTeam(context.table, projectId);
  return Math.max(0, ...team.map(agent => agent.memberOrder)) + 1;
}
