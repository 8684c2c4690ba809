import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ChannelId, ChatId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Reach } from '../../domain/line.ts';
import type { Pace, Wait } from '../../domain/waits.ts';
import { boardFigures } from '../schemas.ts';
import type { Table } from './client.ts';
import { writeIf } from './guarded.ts';
import { boardCountKey, boardKey } from './keys.ts';
import { getRow } from './read.ts';

const instant = z.number().transform(at => at as Instant);
const reach = z.tuple([z.string(), z.string().nullable()]).transform(([channelId, groupId]) => ({
  channelId: channelId as ChannelId,
  groupId: groupId as GroupId | null,
}));
const wait = z
  .tuple([reach.nullable(), instant.nullable(), instant, z.number().nullable()])
  .transform(([line, since, at, toldSeconds]): Wait => ({ line, since, at, toldSeconds }));
const pace = z
  .tuple([reach, z.number(), z.number(), instant])
  .transform(([line, turns, meanTurnMs, movedAt]): Pace => ({ ...line, turns, meanTurnMs, movedAt }));
const countedFrom = z.tuple([instant, z.number()]);

const boardRow = z.object({
  version: z.number(),
  at: instant,
  figures: z.string().transform(text => boardFigures.parse(JSON.parse(text))),
  /** How fast the lines move, for the estimate of a wait. */
  paces: z.string().transform(text => pace.array().parse(JSON.parse(text))),
});

/** A project's board as it was counted last. `version` is when its figures last changed. */
export type StoredBoard = z.output<typeof boardRow>;

const countRow = z.object({
  at: instant,
  waits: z.string().transform(text => wait.array().parse(JSON.parse(text))),
  /** How many more there were in the hour, and from when on: in a second of the last minute, or in a minute. */
  beyond: z.string().transform(text => countedFrom.array().parse(JSON.parse(text))),
  /** Chats up to this one have been looked at, but for those that nobody had by then. */
  seenTo: z.string().transform(id => id as ChatId),
  pending: z.string().transform(text => z.array(z.string()).parse(JSON.parse(text)) as ChatId[]),
});

/** What the next count goes on from. */
export type StoredCount = z.output<typeof countRow>;

/**
 * Null, too, of a row in a form that is not this one's: then it is counted from the beginning. `eventually`: half as dear,
 * and may be a moment old.
 */
export async function readBoard(
  table: Table,
  projectId: ProjectId,
  eventually = false,
): Promise<StoredBoard | null> {
  const row = await getRow(table, boardKey(projectId), eventually);
  return boardRow.safeParse(row ?? {}).data ?? null;
}

/** As `readBoard`. */
export async function readCount(table: Table, projectId: ProjectId): Promise<StoredCount | null> {
  const row = await getRow(table, boardCountKey(projectId));
  return countRow.safeParse(row ?? {}).data ?? null;
}

/** False: another is counting it at this moment, or has since `before` was read. Whoever died over it is waited for no longer than `until`. */
export async function beginCount(
  table: Table,
  projectId: ProjectId,
  before: StoredBoard | null,
  now: Instant,
  until: Instant,
): Promise<boolean> {
  const nobodyCounts = 'attribute_not_exists(countedUntil) OR countedUntil < :now OR countedUntil > :tooFar';
  return writeIf(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: boardKey(projectId),
        UpdateExpression: 'SET countedUntil = :until',
        ConditionExpression: before === null ? nobodyCounts : `(${nobodyCounts}) AND #at = :before`,
        ExpressionAttributeValues: {
          ':until': until,
          ':now': now,
          ':tooFar': until + (until - now) * 10,
          ...(before !== null && { ':before': before.at }),
        },
        ...(before !== null && { ExpressionAttributeNames: { '#at': 'at' } }),
      }),
    ),
  );
}

/** The last to count has the last word. Ends the count that `beginCount` began. */
export async function saveBoard(table: Table, projectId: ProjectId, board: StoredBoard): Promise<void> {
  const { figures, paces, ...rest } = board;
  const packed = paces.map(one => [reachOf(one), one.turns, one.meanTurnMs, one.movedAt]);
  const Item = {
    ...boardKey(projectId),
    ...rest,
    figures: JSON.stringify(figures),
    paces: JSON.stringify(packed),
  };
  await table.client.send(new PutCommand({ TableName: table.name, Item }));
}

export async function saveCount(table: Table, projectId: ProjectId, count: StoredCount): Promise<void> {
  const { waits, pending, beyond, ...rest } = count;
  const packed = waits.map(one => [one.line && reachOf(one.line), one.since, one.at, one.toldSeconds]);
  const Item = {
    ...boardCountKey(projectId),
    ...rest,
    waits: JSON.stringify(packed),
    pending: JSON.stringify(pending),
    beyond: JSON.stringify(beyond),
  };
  await table.client.send(new PutCommand({ TableName: table.name, Item }));
}

const reachOf = ({ channelId, groupId }: Reach) => [channelId, groupId];
