import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Agent, STATUS_REASONS, STATUSES } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import type { AgentChange } from './changes.ts';
import { agentWrites } from './changes.ts';
import type { Row, Table } from './client.ts';
import { type Commit, commit, type Write } from './commit.ts';
import { afterTransactions, writeIf } from './guarded.ts';
import { presenceKey, SWEEP_LIST, sweepTimed } from './keys.ts';
import { getRow } from './read.ts';

const presenceRow = z.object({
  seenAt: z.number().transform(at => at as Instant),
  listSort: z
    .string()
    .optional()
    .transform(sort => sort ?? null),
  lapsed: z
    .object({ status: z.enum(STATUSES), reason: z.enum(STATUS_REASONS) })
    .optional()
    .transform(before => before ?? null),
});

/**
 * When an agent's last heartbeat came. `lapsed` is the status it had when they stopped; null = they did not. The row is in
 * the sweep's list from the first heartbeat on, at a moment that later ones do not move: a heartbeat is one write unit.
 */
export type Presence = z.infer<typeof presenceRow>;
export type Lapsed = Pick<Agent, 'status'> & { readonly reason: Agent['statusReason'] };

const parsePresenceRow = (row: Row): Presence => presenceRow.parse(row);

export async function readPresence(
  table: Table,
  projectId: ProjectId,
  id: AgentId,
): Promise<Presence | null> {
  const row = await getRow(table, presenceKey(projectId, id));
  return row && parsePresenceRow(row);
}

/** Whether the sweep is still to look at this moment, and not at a later one or not at all. */
export function isDueAt(presence: Presence, at: Instant, projectId: ProjectId, id: AgentId): boolean {
  return presence.listSort === sweepTimed(at, 'presence', projectId, id);
}

/** A heartbeat; `lookAt` is when the sweep looks whether others followed. Gives back what had lapsed before it, if anything. */
export async function beat(
  table: Table,
  projectId: ProjectId,
  id: AgentId,
  { now, lookAt }: { readonly now: Instant; readonly lookAt: Instant },
): Promise<Lapsed | null> {
  const { Attributes } = await afterTransactions(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: presenceKey(projectId, id),
        UpdateExpression:
          'SET seenAt = :now, listKey = if_not_exists(listKey, :sweep), listSort = if_not_exists(listSort, :place)',
        ExpressionAttributeValues: {
          ':now': now,
          ':sweep': SWEEP_LIST,
          ':place': sweepTimed(lookAt, 'presence', projectId, id),
        },
        ReturnValues: 'ALL_OLD',
      }),
    ),
  );
  // At the first one there was no row: then nothing, or nothing in it, is given back.
  return presenceRow.pick({ lapsed: true }).parse(Attributes ?? {}).lapsed;
}

/**
 * An agent that has sent heartbeats before comes back: without another one it is lost after the time its project says.
 * Nothing happens to one that never sent any.
 */
export async function beginLease(
  table: Table,
  projectId: ProjectId,
  id: AgentId,
  { now, lookAt }: { readonly now: Instant; readonly lookAt: Instant },
): Promise<void> {
  await writeIf(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: presenceKey(projectId, id),
        UpdateExpression: 'SET seenAt = :now, listKey = :sweep, listSort = :place',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: {
          ':now': now,
          ':sweep': SWEEP_LIST,
          ':place': sweepTimed(lookAt, 'presence', projectId, id),
        },
      }),
    ),
  );
}

/** The sweep looks again then, or, null, not before the next heartbeat. Loses to a heartbeat that came meanwhile. */
export async function lookAgain(
  table: Table,
  projectId: ProjectId,
  id: AgentId,
  { seenAt }: Presence,
  at: Instant | null,
): Promise<void> {
  await writeIf(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: presenceKey(projectId, id),
        UpdateExpression: at === null ? 'REMOVE listKey, listSort' : 'SET listSort = :place',
        ConditionExpression: 'seenAt = :seen',
        ExpressionAttributeValues: {
          ':seen': seenAt,
          ...(at !== null && { ':place': sweepTimed(at, 'presence', projectId, id) }),
        },
      }),
    ),
  );
}

/** The agent goes offline. The races it wins: a heartbeat came after all, or the agent changed. */
export function saveLapsed(
  table: Table,
  projectId: ProjectId,
  change: AgentChange,
  { seenAt }: Presence,
): Promise<Commit> {
  const { status, statusReason: reason } = change.before;
  const lapse: Write = {
    Update: {
      TableName: table.name,
      Key: presenceKey(projectId, change.after.id),
      UpdateExpression: 'SET lapsed = :lapsed REMOVE listKey, listSort',
      ConditionExpression: 'seenAt = :seen',
      ExpressionAttributeValues: { ':seen': seenAt, ':lapsed': { status, reason } satisfies Lapsed },
    },
  };
  return commit(table, [...agentWrites(table, projectId, change), lapse], () => false);
}

/** The agent is back, with the status it had if that still holds; `change` null = it was given another one meanwhile. */
export function saveReturned(
  table: Table,
  projectId: ProjectId,
  id: AgentId,
  change: AgentChange | null,
): Promise<Commit> {
  const back: Write = {
    Update: {
      TableName: table.name,
      Key: presenceKey(projectId, id),
      UpdateExpression: 'REMOVE lapsed',
      ConditionExpression: 'attribute_exists(pk)',
    },
  };
  return commit(
    table,
    [back, ...(change === null ? [] : agentWrites(table, projectId, change))],
    () => false,
  );
}
