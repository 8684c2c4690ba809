import * as z from 'zod';
import type { AgentId, GroupId, ProjectId } from '../../domain/brands.ts';
import type { Group } from '../../domain/group.ts';
import type { Project } from '../../domain/project.ts';
import type { Row, Table } from './client.ts';
import { type Commit, commit, type Write } from './commit.ts';
import { deleteGuarded, unchanged } from './guarded.ts';
import { groupKey, memberKey, projectKey, SWEEP_LIST, sweepGroup } from './keys.ts';
import { getRow, getRows, queryPartition, readAll } from './read.ts';

/**
 * A group as stored. `spreading` says that its members' rows may not show it yet: a new queue position, or the
 * group's removal, still has to reach them. The minute's sweep finds such a group and finishes the work.
 */
export type StoredGroup = Group & {
  readonly version: number;
  readonly spreading: 'position' | 'removal' | null;
  /** How many agents are in it, counted in the writes of their cards; it is no change of the group's version. */
  readonly members: number;
  /** The policy in force searches in it: its last member must stay, and it must not be removed. */
  readonly required: boolean;
};

const groupRow = z.object({
  id: z.string().transform(id => id as GroupId),
  name: z.string(),
  queuePosition: z.number(),
  version: z.number(),
  spreading: z
    .enum(['position', 'removal'])
    .optional()
    .transform(mark => mark ?? null),
  members: z.number().default(0),
  required: z.boolean().default(false),
});

export const parseGroupRow = (row: Row): StoredGroup => groupRow.parse(row);

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

/** How the project's mark of the primary group moves with a group. `project` as it was read. */
export type MarkMove = {
  readonly project: Project;
  readonly to: GroupId | null;
  /** The policy in force searches in the primary group. */
  readonly isNeeded: boolean;
};

/**
 * Writes what an operator says about a group and, if that moves it, the project's mark of the primary group, at once.
 * `members` and `required` are not the operator's: the former moves with the agents' cards, the latter with the mark
 * and the policy in force. The races it wins: the group was changed or became needed, the mark or the policy changed,
 * the last member left.
 */
export function saveGroup(
  table: Table,
  projectId: ProjectId,
  group: StoredGroup,
  seenVersion: number | null,
  move: MarkMove | null,
): Promise<Commit> {
  const required = move === null ? null : move.isNeeded && move.to === group.id;
  const writes: Write[] = [putGroup(table, projectId, group, seenVersion, required)];
  if (move !== null) writes.push(...moveMark(table, projectId, group.id, move));
  return commit(table, writes, refusals => {
    const row = refusals.find(({ index }) => index === 0)?.row;
    if (row === undefined) return false;
    const met = parseGroupRow(row);
    return met.version === group.version && met.name === group.name && met.spreading === group.spreading;
  });
}

/** `members` is left as it is. A group that becomes required must have one; one that is must not be removed. */
function putGroup(
  table: Table,
  projectId: ProjectId,
  { id, name, queuePosition, version, spreading }: StoredGroup,
  seenVersion: number | null,
  required: boolean | null,
): Write {
  const seen = unchanged(seenVersion);
  const marks = spreading === null ? 'REMOVE spreading, listKey, listSort' : '';
  const set = [
    'id = :id, #name = :name, queuePosition = :position, #version = :version',
    ...(required === null ? [] : ['required = :required']),
    ...(spreading === null ? [] : ['spreading = :spreading, listKey = :sweep, listSort = :place']),
  ];
  const isRemoval = spreading === 'removal' && required === null;
  const condition = [
    seen.ConditionExpression,
    ...(required ? ['members > :none'] : []),
    ...(isRemoval ? ['(attribute_not_exists(required) OR required = :false)'] : []),
  ];
  return {
    Update: {
      TableName: table.name,
      Key: groupKey(projectId, id),
      UpdateExpression: `SET ${set.join(', ')} ${marks}`,
      ConditionExpression: condition.join(' AND '),
      ExpressionAttributeNames: { '#name': 'name', '#version': 'version' },
      ExpressionAttributeValues: {
        ...('ExpressionAttributeValues' in seen && seen.ExpressionAttributeValues),
        ':id': id,
        ':name': name,
        ':position': queuePosition,
        ':version': version,
        ...(required !== null && { ':required': required }),
        ...(required && { ':none': 0 }),
        ...(isRemoval && { ':false': false }),
        ...(spreading !== null && {
          ':spreading': spreading,
          ':sweep': SWEEP_LIST,
          ':place': sweepGroup(projectId, id),
        }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** The project's mark, guarded by the version that was read, and the end of what the group before was needed for. */
function moveMark(table: Table, projectId: ProjectId, own: GroupId, { project, to }: MarkMove): Write[] {
  const mark: Write = {
    Update: {
      TableName: table.name,
      Key: projectKey(projectId),
      UpdateExpression: 'SET primaryGroupId = :to, version = version + :one',
      ConditionExpression: 'version = :seen',
      ExpressionAttributeValues: { ':to': to, ':one': 1, ':seen': project.version },
    },
  };
  const before = project.primaryGroupId;
  return before === null || before === own ? [mark] : [mark, requireGroup(table, projectId, before, false)];
}

/** Says that the policy in force searches in this group, or no longer: then it may be emptied and removed. */
export function requireGroup(table: Table, projectId: ProjectId, id: GroupId, required: boolean): Write {
  const isFit = 'members > :none AND (attribute_not_exists(spreading) OR spreading = :position)';
  return {
    Update: {
      TableName: table.name,
      Key: groupKey(projectId, id),
      UpdateExpression: 'SET required = :required',
      ConditionExpression: required ? isFit : 'attribute_exists(pk)',
      ExpressionAttributeValues: {
        ':required': required,
        ...(required && { ':none': 0, ':position': 'position' }),
      },
    },
  };
}

/** An agent joins or leaves a group, in one transaction with its card. */
export function joinGroup(table: Table, projectId: ProjectId, group: StoredGroup, agent: AgentId): Write[] {
  return [
    {
      Update: {
        TableName: table.name,
        Key: groupKey(projectId, group.id),
        UpdateExpression: 'ADD members :one',
        // As it was read: its queue position counts for the agent, and nobody joins a group that is being removed.
        ConditionExpression: '#version = :seen',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':one': 1, ':seen': group.version },
      },
    },
    { Put: { TableName: table.name, Item: memberKey(projectId, group.id, agent) } },
  ];
}

export function leaveGroup(table: Table, projectId: ProjectId, id: GroupId, agent: AgentId): Write[] {
  return [
    {
      Update: {
        TableName: table.name,
        Key: groupKey(projectId, id),
        UpdateExpression: 'ADD members :less',
        // The last member of a group that the policy in force needs stays.
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(required) OR required = :false OR members > :one)',
        ExpressionAttributeValues: { ':less': -1, ':false': false, ':one': 1 },
      },
    },
    { Delete: { TableName: table.name, Key: memberKey(projectId, id, agent) } },
  ];
}

/** Every member shows the change: the mark comes off, or the removed group's row goes. Loses to a newer change. */
export async function finishSpreading(table: Table, projectId: ProjectId, group: StoredGroup): Promise<void> {
  if (group.spreading === 'removal') {
    await deleteGuarded(table, groupKey(projectId, group.id), group.version);
    return;
  }
  await commit(
    table,
    [putGroup(table, projectId, { ...group, spreading: null }, group.version, null)],
    () => false,
  );
}
