import type { Agent, Candidate } from '../../domain/agent.ts';
import type { AgentId, ProjectId } from '../../domain/brands.ts';
import { agentRowOf, parseAgentRow, parseRankRow } from './agent-row.ts';
import type { Table } from './client.ts';
import { type Commit, commit, type Write } from './commit.ts';
import type { StoredGroup } from './groups.ts';
import { type Guarded, putGuarded, unchanged } from './guarded.ts';
import { agentKey, groupKey, rosterPartition } from './keys.ts';
import { getRow, queryPartition, queryRank, readAll } from './read.ts';
import { firstIsOurs } from './same-row.ts';

export async function readAgent(table: Table, projectId: ProjectId, id: AgentId): Promise<Agent | null> {
  const row = await getRow(table, agentKey(projectId, id));
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

/** The whole team, whatever the status. Costs by its size: only for explaining why nobody is available. */
export async function readTeam(table: Table, projectId: ProjectId): Promise<readonly Agent[]> {
  const partition = rosterPartition(projectId);
  const rows = await readAll(
    after => queryPartition(table, partition, after === undefined ? {} : { after }),
    row => row.sk,
  );
  return rows.map(parseAgentRow);
}

export type RankPage = { readonly candidates: readonly Candidate[]; readonly last: string | null };

/** The agents that could take something, the first in rank first. `last` is where the next page goes on; null = no more. */
export async function readRank(
  table: Table,
  projectId: ProjectId,
  limit?: number,
  after?: string,
): Promise<RankPage> {
  const page = await queryRank(table, rosterPartition(projectId), {
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after }),
  });
  const last = page.more ? page.rows.at(-1)?.rank : undefined;
  return { candidates: page.rows.map(parseRankRow), last: typeof last === 'string' ? last : null };
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
 * being changed at the same moment reaches this agent too, and no agent joins a group that is being removed.
 */
export function saveCard(
  table: Table,
  projectId: ProjectId,
  agent: Agent,
  seenVersion: number | null,
  groups: readonly StoredGroup[],
): Promise<Commit> {
  const row = agentRowOf(projectId, agent);
  const writes: Write[] = [
    {
      Put: {
        TableName: table.name,
        Item: row,
        ...unchanged(seenVersion),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
    ...groups.map(group => ({
      ConditionCheck: {
        TableName: table.name,
        Key: groupKey(projectId, group.id),
        ...unchanged(group.version),
      } as NonNullable<Write['ConditionCheck']>,
    })),
  ];
  return commit(table, writes, firstIsOurs(row));
}

/** Removes an agent that owns no chat, in the version that was seen. */
export function removeAgent(
  table: Table,
  projectId: ProjectId,
  id: AgentId,
  seenVersion: number,
): Promise<Commit> {
  const { ConditionExpression, ...values } = unchanged(seenVersion);
  const write: Write = {
    Delete: {
      TableName: table.name,
      Key: agentKey(projectId, id),
      ConditionExpression: `${ConditionExpression} AND attribute_not_exists(chatIds)`,
      ...values,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  return commit(table, [write], refusals => refusals[0]?.row === undefined);
}
