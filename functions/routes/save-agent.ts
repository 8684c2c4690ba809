import type { Agent, Card } from '../../domain/agent.ts';
import type { AgentId, ProjectId } from '../../domain/brands.ts';
import { withCard } from '../../domain/card.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { watchLost } from '../allocate/watch-lost.ts';
import { withdrawOffers } from '../allocate/withdraw-offers.ts';
import type { Context } from '../edge/context.ts';
import { Problem } from '../edge/problems.ts';
import { saveCard } from '../store/agents.ts';
import { readChannelsById } from '../store/channels.ts';
import { readGroupsById, type StoredGroup } from '../store/groups.ts';

/**
 * Writes an agent's card, together with the rows of the groups it joins and leaves. `groups` are those of the card,
 * as read; `seenVersion` null = the agent is new. Null: somebody else changed the agent or a group meanwhile, nothing
 * was written.
 */
export async function saveAgentCard(
  context: Context,
  projectId: ProjectId,
  before: Agent,
  seenVersion: number | null,
  card: Card,
  groups: readonly StoredGroup[],
): Promise<Agent | null> {
  await keepNeededMember(context, projectId, before, card.groups);
  const after = withCard(before, card, groups, context.now());
  await watchLost(context, projectId, before, after);
  const saved = await saveCard(context.table, projectId, after, seenVersion, groups, before.groups);
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  return saved.outcome === 'committed' ? after : null;
}

/** The last member of a group that the policy in force searches in must not leave it. */
export async function keepNeededMember(
  { table }: Context,
  projectId: ProjectId,
  before: Pick<Agent, 'groups'>,
  staying: Card['groups'],
): Promise<void> {
  const left = before.groups.filter(id => !staying.includes(id));
  const groups = await readGroupsById(table, projectId, left);
  const needed = groups.find(group => group.required && group.members <= 1);
  if (needed === undefined) return;
  throw new Problem(
    'primary-group-needed',
    `The agent is the last member of the primary group ${needed.id}, which the policy in force searches in. Add another member or switch the policy first.`,
  );
}

/** What may follow from changed cards: offers that nobody is left to accept, and chats that now fit somebody. */
export async function afterCards(
  context: Context,
  projectId: ProjectId,
  mayEndOffers: boolean,
): Promise<void> {
  if (mayEndOffers) await withdrawOffers(context, projectId);
  await searchAfter(context, projectId);
}

/** Whether an agent that was offered a chat may no longer be one who can accept it. */
export function isFewer(before: Agent, after: Agent): boolean {
  return (before.active && !after.active) || before.groups.some(id => !after.groups.includes(id));
}

export async function knownGroups(context: Context, projectId: ProjectId, ids: Card['groups']) {
  const groups = await readGroupsById(context.table, projectId, ids);
  const unknown = ids.find(id => !groups.some(group => group.id === id));
  if (unknown !== undefined)
    throw new Problem('unknown-group', `There is no group ${unknown} in this project.`);
  const leaving = groups.find(group => group.spreading === 'removal');
  if (leaving !== undefined)
    throw new Problem('group-being-removed', `Group ${leaving.id} is being removed.`);
  return groups;
}

export async function knownChannels(context: Context, projectId: ProjectId, ids: Card['channels']) {
  const channels = await readChannelsById(context.table, projectId, ids ?? []);
  const unknown = ids?.find(id => !channels.some(channel => channel.id === id));
  if (unknown === undefined) return;
  throw new Problem('unknown-channel', `There is no channel ${unknown} in this project.`);
}

/**
 * A new agent is offline until it says otherwise, or its schedule does. It may be one that was removed and comes back:
 * its versions begin with the time, which is past every version it had before, as no agent changes every millisecond.
 * So no event's id comes again, and an ETag or a claim from its former life fits nothing in this one.
 */
export function newAgent(context: Context, id: AgentId, card: Card): Agent {
  const now = context.now();
  return {
    ...card,
    id,
    groups: [],
    schedule: null,
    status: 'offline',
    statusSince: now,
    statusReason: 'set-by-operator',
    queuePosition: 0,
    load: 0,
    openChats: 0,
    heldChats: 0,
    vacancy: null,
    lastClosedAt: null,
    tally: null,
    missedChats: 0,
    chatIds: [],
    recentCloses: [],
    nextEdgeAt: null,
    version: now,
    cardVersion: now,
  };
}
