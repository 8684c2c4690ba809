import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ChannelId, ChatId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Wait } from '../../domain/waits.ts';
import { boardFigures } from '../schemas.ts';
import type { Table } from './client.ts';
import { boardKey } from './keys.ts';
import { getRow } from './read.ts';

const instant = z.number().transform(at => at as Instant);
const wait = z
  .tuple([z.string(), z.string().nullable(), z.number(), z.number(), z.number().nullable()])
  .transform(
    ([channelId, groupId, createdAt, at, toldSeconds]): Wait => ({
      channelId: channelId as ChannelId,
      groupId: groupId as GroupId | null,
      createdAt: createdAt as Instant,
      at: at as Instant,
      toldSeconds,
    }),
  );

const boardRow = z.object({
  version: z.number(),
  at: instant,
  figures: z.string().transform(text => boardFigures.parse(JSON.parse(text))),
  waits: z.string().transform(text => wait.array().parse(JSON.parse(text))),
  /** Chats up to this one have been looked at, but for those that nobody had by then. */
  seenTo: z.string().transform(id => id as ChatId),
  pending: z.string().transform(text => z.array(z.string()).parse(JSON.parse(text)) as ChatId[]),
});

/** A project's board as it was counted last, and what the next count goes on from. */
export type StoredBoard = z.output<typeof boardRow>;

export async function readBoard(table: Table, projectId: ProjectId): Promise<StoredBoard | null> {
  const row = await getRow(table, boardKey(projectId));
  const parsed = boardRow.safeParse(row ?? {});
  return parsed.success ? parsed.data : null;
}

/** False: another is counting it at this moment. Whoever died over it is waited for no longer than `untilMs`. */
export async function beginCount(
  table: Table,
  projectId: ProjectId,
  now: Instant,
  until: Instant,
): Promise<boolean> {
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: boardKey(projectId),
        UpdateExpression: 'SET countedUntil = :until',
        ConditionExpression:
          'attribute_not_exists(countedUntil) OR countedUntil < :now OR countedUntil > :tooFar',
        ExpressionAttributeValues: { ':until': until, ':now': now, ':tooFar': until + (until - now) * 10 },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** The last to count has the last word: each counts from what is there. */
export async function saveBoard(table: Table, projectId: ProjectId, board: StoredBoard): Promise<void> {
  const { waits, figures, pending, ...rest } = board;
  const packed = waits.map(one => [one.channelId, one.groupId, one.createdAt, one.at, one.toldSeconds]);
  await table.client.send(
    new PutCommand({
      TableName: table.name,
      Item: {
        ...boardKey(projectId),
        ...rest,
        figures: JSON.stringify(figures),
        waits: JSON.stringify(packed),
        pending: JSON.stringify(pending),
      },
    }),
  );
}
