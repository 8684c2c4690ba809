import * as z from 'zod';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import { NO_PAST, type PastCloses, type Tally, tallyDays, tallyIn } from '../../domain/closes.ts';
import { parseAgentRow } from './agent-row.ts';
import type { Row, Table } from './client.ts';
import { packPast, unpackPast } from './closes-row.ts';
import type { Write } from './commit.ts';
import { agentKey, pastClosesKey } from './keys.ts';
import { getRow, getRows } from './read.ts';

const pastRow = z.object({ closes: z.instanceof(Uint8Array) });

const parsePastRow = (row: Row): PastCloses => unpackPast(pastRow.parse(row).closes);

export async function readPastCloses(table: Table, projectId: ProjectId, id: AgentId): Promise<PastCloses> {
  const row = await getRow(table, pastClosesKey(projectId, id));
  return row === null ? NO_PAST : parsePastRow(row);
}

export function keepPastCloses(table: Table, projectId: ProjectId, id: AgentId, past: PastCloses): Write {
  return {
    Put: { TableName: table.name, Item: { ...pastClosesKey(projectId, id), closes: packPast(past) } },
  };
}

/** What these agents closed, by the days of a time zone; an agent that is gone is left out. Two rows each. */
export async function readTallies(
  table: Table,
  projectId: ProjectId,
  ids: readonly AgentId[],
  now: Instant,
  timeZone: string,
): Promise<ReadonlyMap<AgentId, Tally>> {
  const keys = ids.flatMap(id => [agentKey(projectId, id), pastClosesKey(projectId, id)]);
  const rows = await getRows(table, keys);
  const pasts = new Map(rows.filter(row => 'closes' in row).map(row => [row.sk, parsePastRow(row)]));
  const agents = rows.filter(row => !('closes' in row)).map(parseAgentRow);
  const days = tallyDays(now, timeZone);
  return new Map(
    agents.map(agent => [agent.id, tallyIn(days, agent.recentCloses, pasts.get(agent.id) ?? NO_PAST)]),
  );
}
