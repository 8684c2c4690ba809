import type { Agent, Candidate } from '../../domain/agent.ts';
import type { AgentId, GroupId, ProjectId } from '../../domain/brands.ts';
import type { Cursor } from '../../domain/ranking.ts';
import { agentRowOf, parseAgentRow, parseRankRow } from './agent-row.ts';
import type { Table } from './client.ts';
import { type Commit, commit, type Write } from './commit.ts';
import { joinGroup, leaveGroup, type StoredGroup } from './groups.ts';
import { type Guarded, putGuarded, unchanged } from './guarded.ts';
import { agentKey, groupKey, membersPartition, pastClosesKey, presenceKey, rosterPartition } from './keys.ts';
import { turnKey } from './rank-key.ts';
import { getRow, getRows, queryMembers, queryPartition, queryRank, readAll } from './read.ts';
import { firstIsOurs } from './same-row.ts';

export async function readAgent(
  table: Table,
  projectId: ProjectId,
  id: AgentId,
  eventually = false,
): Promise<Agent | null> {
  const row = await getRow(table, agentKey(projectId, id), eventually);
  return row && parseAgentRow(row);
}

/** Agents in the order of their ids. */
export async function listAgents(table: Table, projectId: ProjectId, limit: number, after?: string) {
  const page = await queryPartition(table, rosterPartition(projectId), {
    limit,
    ...(after !== undefined && { after }),
  });
  return { agents: page.rows.map(parseAgentRow), more: page.more };
}

/**
 * The whole team, whatever the status. Costs by its size: for reasons, offers and checks, not for a claim. `eventually`: half
 * as dear, and may be a moment old.
 */
export async function readTeam(
  table: Table,
  projectId: ProjectId,
  eventually = false,
): Promise<readonly Agent[]> {
  const partition = rosterPartition(projectId);
  const rows = await readAll(
    after => queryPartition(table, partition, { eventually, ...(after !== undefined && { after }) }),
    row => row.sk,
  );
  return rows.map(parseAgentRow);
}

export type RankPage = { readonly candidates: readonly Candidate[]; readonly last: string | null };

/** The agents that could take something, the first in rank first, within the keys given. `last` is where the next page goes on; null = no more. */
export async function readRank(
  table: Table,
  projectId: ProjectId,
  limit?: number,
  after?: string,
  before?: string,
): Promise<RankPage> {
  const page = await queryRank(table, rosterPartition(projectId), {
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after }),
    ...(before !== undefined && { before }),
  });
  const last = page.more ? page.rows.at(-1)?.rank : undefined;
  return { candidates: page.rows.map(parseRankRow), last: typeof last === 'string' ? last : null };
}

/** The members of a group, at the cost of the group. */
export async function readMembers(
  table: Table,
  projectId: ProjectId,
  groupId: GroupId,
): Promise<readonly Agent[]> {
  const partition = membersPartition(projectId, groupId);
  const members = await readAll(
    after => queryPartition(table, partition, after === undefined ? {} : { after }),
    row => row.sk,
  );
  const agents = await readAgents(
    table,
    projectId,
    members.map(row => row.sk as AgentId),
  );
  // Its own row is the truth: an agent may have left since the members were listed.
  return agents.filter(agent => agent.groups.includes(groupId));
}

/** The agents of these ids that are there. */
export async function readAgents(table: Table, projectId: ProjectId, ids: readonly AgentId[]) {
  const rows = await getRows(
    table,
    ids.map(id => agentKey(projectId, id)),
  );
  return rows.map(parseAgentRow);
}

/** Where a reading in member order goes on: from a key, and whether it has begun again from the first agent. */
export type Turn = { readonly after: string; readonly wrapped: boolean };
export type TurnPage = { readonly candidates: readonly Candidate[]; readonly next: Turn | null };

/** The agents that could take something, in member order from the one after the cursor, then from the beginning up to it. */
export async function readTurns(
  table: Table,
  projectId: ProjectId,
  cursor: Cursor,
  limit: number,
  from: Turn | null,
): Promise<TurnPage> {
  const partition = rosterPartition(projectId);
  const start = cursor === null ? '' : turnKey(cursor);
  const { after, wrapped } = from ?? { after: start, wrapped: false };
  const before = wrapped ? `${start} ` : undefined;
  const page = await queryMembers(table, partition, {
    limit,
    ...(after !== '' && { after }),
    ...(before !== undefined && { before }),
  });
  const candidates = page.rows.map(parseAgentRow);
  const last = page.rows.at(-1)?.member;
  if (page.more && typeof last === 'string') return { candidates, next: { after: last, wrapped } };
  const isRound = wrapped || cursor === null;
  return { candidates, next: isRound ? null : { after: '', wrapped: true } };
}

/** Writes the agent if its row still has the version that was seen. Loses against a claim or a close in between. */
export function saveAgent(
  table: Table,
  projectId: ProjectId,
  agent: Agent,
  seenVersion: number,
): Promise<Guarded> {
  return putGuarded(table, agentRowOf(projectId, agent), seenVersion);
}

/**
 * Writes a card together with the groups it counts on: each must still be as it was read, so that a queue position
 * being changed at the same moment reaches this agent too, and no agent joins a group that is being removed. The rows
 * of the members, and how many there are, change in the same write. `before` are the groups it was in.
 */
export function saveCard(
  table: Table,
  projectId: ProjectId,
  agent: Agent,
  seenVersion: number | null,
  groups: readonly StoredGroup[],
  before: readonly GroupId[],
): Promise<Commit> {
  const row = agentRowOf(projectId, agent);
  const put: Write = {
    Put: {
      TableName: table.name,
      Item: row,
      ...unchanged(seenVersion),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const left = before.filter(id => !agent.groups.includes(id));
  const writes: Write[] = [
    put,
    ...groups.flatMap(group =>
      before.includes(group.id)
        ? [isAsRead(table, projectId, group)]
        : joinGroup(table, projectId, group, agent.id),
    ),
    ...left.flatMap(id => leaveGroup(table, projectId, id, agent.id)),
  ];
  return commit(table, writes, firstIsOurs(row));
}

function isAsRead(table: Table, projectId: ProjectId, { id, version }: StoredGroup): Write {
  return {
    ConditionCheck: {
      TableName: table.name,
      Key: groupKey(projectId, id),
      ...unchanged(version),
    } as NonNullable<Write['ConditionCheck']>,
  };
}

/** Removes an agent that owns no chat, in the version that was seen, and takes it off its groups. */
export function removeAgent(table: Table, projectId: ProjectId, agent: Agent): Promise<Commit> {
  const { ConditionExpression, ...values } = unchanged(agent.version);
  const write: Write = {
    Delete: {
      TableName: table.name,
      Key: agentKey(projectId, agent.id),
      ConditionExpression: `${ConditionExpression} AND attribute_not_exists(chatIds)`,
      ...values,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const left = agent.groups.flatMap(id => leaveGroup(table, projectId, id, agent.id));
  const closes: Write = {
    Delete: { TableName: table.name, Key: pastClosesKey(projectId, agent.id) },
  };
  const presence: Write = { Delete: { TableName: table.name, Key: presenceKey(projectId, agent.id) } };
  return commit(table, [write, closes, presence, ...left], refusals =>
    refusals.some(({ index, row }) => index === 0 && row === undefined),
  );
}
