import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import { CHAT_STATES } from '../../domain/chat.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { writeIf } from './guarded.ts';
import { SWEEP_LIST, sweepWatch, watchKey } from './keys.ts';
import { getRow } from './read.ts';

const watchRow = z.object({
  until: z.number().transform(at => at as Instant),
  at: z
    .object({
      state: z.enum(CHAT_STATES),
      after: z.string().transform(id => id as ChatId),
      isLast: z.boolean(),
    })
    .optional()
    .transform(place => place ?? null),
});

/**
 * The time-outs of a project were changed: the sweep has its chats looked at until one pass over all of them has begun
 * after `until`. `at`: how far the present pass came, and whether it is
 * the last; null = none has begun.
 */
export type WatchMark = z.output<typeof watchRow>;

/** Goes with the settings, so that no crash and no lost message leaves a chat unwatched. */
export function markWatch(table: Table, projectId: ProjectId, until: Instant): Write {
  const Item = { ...watchKey(projectId), listKey: SWEEP_LIST, listSort: sweepWatch(projectId), until };
  return { Put: { TableName: table.name, Item } };
}

export async function readWatchMark(table: Table, projectId: ProjectId): Promise<WatchMark | null> {
  const row = await getRow(table, watchKey(projectId));
  return row && watchRow.parse(row);
}

/** The pass goes on from here in another call. Loses to newer settings. */
export async function moveWatchMark(
  table: Table,
  projectId: ProjectId,
  { until, at }: WatchMark,
): Promise<void> {
  await writeIf(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: watchKey(projectId),
        UpdateExpression: at === null ? 'REMOVE #at' : 'SET #at = :at',
        ConditionExpression: '#until = :until',
        ExpressionAttributeNames: { '#at': 'at', '#until': 'until' },
        ExpressionAttributeValues: { ':until': until, ...(at !== null && { ':at': at }) },
      }),
    ),
  );
}

/** Every chat is watched. Loses to newer settings. */
export async function endWatch(table: Table, projectId: ProjectId, { until }: WatchMark): Promise<void> {
  await writeIf(table, () =>
    table.client.send(
      new DeleteCommand({
        TableName: table.name,
        Key: watchKey(projectId),
        ConditionExpression: '#until = :until',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: { ':until': until },
      }),
    ),
  );
}
