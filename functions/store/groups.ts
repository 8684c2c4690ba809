import * as z from 'zod';
import type { GroupId, ProjectId } from '../../domain/brands.ts';
import type { Group } from '../../domain/group.ts';
import type { Row, Table } from './client.ts';
import { type Commit, commit, type Write } from './commit.ts';
import { deleteGuarded, putGuarded, unchanged } from './guarded.ts';
import { groupKey, projectKey, SWEEP_LIST, sweepGroup } from './keys.ts';
import { getRow, getRows, queryPartition, readAll } from './read.ts';
import { firstIsOurs } from './same-row.ts';

/**
 * A group as stored. `spreading` says that its members' rows may not show it yet: a new queue position, or the
 * group's removal, still has to reach them. The minute's sweep finds such a group and finishes the work.
 */
export type StoredGroup = Group & {
  readonly version: number;
  readonly spreading: 'position' | 'removal' | null;
};

const groupRow = z.object({
  id: z.string().transform(id => id as GroupId),
  name: z.string(),
  queuePosition: z.number(),
  version: z.number(),
  spreading: z.enum(['position', 'removal']).nullable(),
});

export const parseGroupRow = (row: Row): StoredGroup => groupRow.parse(row);

export function groupRowOf(projectId: ProjectId, group: StoredGroup): Row {
  return {
    ...groupKey(projectId, group.id),
    ...group,
    ...(group.spreading !== null && { listKey: SWEEP_LIST, listSort: sweepGroup(projectId, group.id) }),
  };
}

export async function readGroup(table: Table, projectId: ProjectId, id: GroupId) {
  const row = await getRow(table, groupKey(projectId, id));
  return row && parseGroupRow(row);
}

/** The groups of these ids that are there. */
export async function readGroupsById(table: Table, projectId: ProjectId, ids: readonly GroupId[]) {
  const rows = await getRows(
    table,
    ids.map(id => groupKey(projectId, id)),
  );
  return rows.map(parseGroupRow);
}

export async function listGroups(table: Table, projectId: ProjectId, limit: number, after?: string) {
  const { pk, sk: prefix } = groupKey(projectId, '' as GroupId);
  const page = await queryPartition(table, pk, {
    beginsWith: prefix,
    limit,
    ...(after !== undefined && { after: `${prefix}${after}` }),
  });
  return { groups: page.rows.map(parseGroupRow), more: page.more };
}

export async function readGroups(table: Table, projectId: ProjectId): Promise<readonly StoredGroup[]> {
  const { pk, sk: prefix } = groupKey(projectId, '' as GroupId);
  const rows = await readAll(
    after => queryPartition(table, pk, { beginsWith: prefix, ...(after !== undefined && { after }) }),
    row => row.sk,
  );
  return rows.map(parseGroupRow);
}

/** Writes a group and, if it is asked for, puts the project's mark of the primary group on it or takes it off, at once. */
export function saveGroup(
  table: Table,
  projectId: ProjectId,
  group: StoredGroup,
  seenVersion: number | null,
  mark: 'put' | 'take' | null,
): Promise<Commit> {
  const row = groupRowOf(projectId, group);
  const writes: Write[] = [
    {
      Put: {
        TableName: table.name,
        Item: row,
        ...unchanged(seenVersion),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
  ];
  if (mark !== null) {
    writes.push({
      Update: {
        TableName: table.name,
        Key: projectKey(projectId),
        UpdateExpression: 'SET primaryGroupId = :to, version = version + :one',
        // Taken off only where it is: another group may have got it since it was read.
        ConditionExpression: mark === 'put' ? 'attribute_exists(pk)' : 'primaryGroupId = :own',
        ExpressionAttributeValues:
          mark === 'put' ? { ':to': group.id, ':one': 1 } : { ':to': null, ':own': group.id, ':one': 1 },
      },
    });
  }
  return commit(table, writes, firstIsOurs(row));
}

/** Every member shows the change: the mark comes off, or the removed group's row goes. Loses to a newer change. */
export async function finishSpreading(table: Table, projectId: ProjectId, group: StoredGroup): Promise<void> {
  if (group.spreading === 'removal') {
    await deleteGuarded(table, groupKey(projectId, group.id), group.version);
    return;
  }
  const done: StoredGroup = { ...group, spreading: null };
  await putGuarded(table, groupRowOf(projectId, done), group.version);
}
