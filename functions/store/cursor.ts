import * as z from 'zod';
import type { AgentId, ProjectId } from '../../domain/brands.ts';
import type { Cursor } from '../../domain/ranking.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { unchanged } from './guarded.ts';
import { cursorKey } from './keys.ts';
import { getRow } from './read.ts';

/** Where the rotation stands, as read; version 0 = it has not begun. */
export type StoredCursor = { readonly cursor: Cursor; readonly version: number };

const cursorRow = z.object({
  memberOrder: z.number(),
  agentId: z.string().transform(id => id as AgentId),
  version: z.number(),
});

export async function readCursor(table: Table, projectId: ProjectId): Promise<StoredCursor> {
  const row = await getRow(table, cursorKey(projectId));
  if (row === null) return { cursor: null, version: 0 };
  const { version, ...cursor } = cursorRow.parse(row);
  return { cursor, version };
}

/**
 * Moves the rotation in the same transaction as the claim, so that it moves with a successful one only. The race it
 * wins: two claims that read the same cursor; the second one decides anew.
 */
export function moveCursor(table: Table, projectId: ProjectId, seen: StoredCursor, to: Cursor): Write {
  return {
    Put: {
      TableName: table.name,
      Item: { ...cursorKey(projectId), ...to, version: seen.version + 1 },
      ...unchanged(seen.version === 0 ? null : seen.version),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
