import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ChatId, Instant, ProjectId, VisitorId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import { inParallel } from '../in-parallel.ts';
import type { StoredChat, StoredToken } from './chat-row.ts';
import { readChat } from './chats.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { writeIf } from './guarded.ts';
import { chatKey, visitorKey } from './keys.ts';
import { getRow } from './read.ts';

const chatId = z.string().transform(id => id as ChatId);
const visitorRow = z.object({
  lastChatId: chatId,
  /** Its chats before, but the first, and until when its token opens them. */
  former: z.array(z.object({ id: chatId, until: z.number().transform(at => at as Instant) })).default([]),
  /** When its token was revoked; what an agent begins with it later has none. */
  revokedAt: z.number().exactOptional(),
});

/** Where a visitor's chats are. */
export type VisitorPointer = z.output<typeof visitorRow>;

/**
 * A visitor is named after its first chat, so that starting one costs no row of its own: the visitor's row, which
 * points to its last chat, appears with the second.
 */
const firstChatOf = (visitor: VisitorId): ChatId => visitor.replace('vis_', 'chat_') as ChatId;

export type KnownVisitor = { readonly pointer: VisitorPointer | null; readonly last: StoredChat };

/** The visitor's last chat; null when this project never saw the visitor. */
export async function readVisitor(
  table: Table,
  projectId: ProjectId,
  id: VisitorId,
): Promise<KnownVisitor | null> {
  const row = await getRow(table, visitorKey(projectId, id));
  const pointer = row && visitorRow.parse(row);
  const last = await readChat(table, projectId, pointer?.lastChatId ?? firstChatOf(id));
  return last && { pointer, last };
}

/**
 * Wins the race between two starts of one visitor: the second finds the pointer moved and gets the first one's chat; and
 * that with the end of its token, after which it starts nothing.
 */
export function pointVisitorTo(
  table: Table,
  projectId: ProjectId,
  visitor: VisitorId,
  { id, createdAt }: { readonly id: ChatId; readonly createdAt: Instant },
  { pointer: seen, last }: Pick<KnownVisitor, 'pointer' | 'last'>,
): Write {
  const until = last.token?.endsAt ?? (0 as Instant);
  const before = seen === null ? [] : [{ id: last.chat.id, until }, ...seen.former];
  const former = before.filter(one => one.until > createdAt);
  return {
    Put: {
      TableName: table.name,
      Item: {
        ...visitorKey(projectId, visitor),
        lastChatId: id,
        former: former.slice(0, BOUNDS.visitorChatsMax),
        revokedAt: seen?.revokedAt,
      },
      ...asSeen(seen),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function asSeen(seen: VisitorPointer | null) {
  if (seen === null) return { ConditionExpression: 'attribute_not_exists(pk)' };
  const isAsBefore = 'lastChatId = :seen';
  return {
    ConditionExpression:
      seen.revokedAt === undefined ? `${isAsBefore} AND attribute_not_exists(revokedAt)` : isAsBefore,
    ExpressionAttributeValues: { ':seen': seen.lastChatId },
  };
}

/** The token of a chat that is not closed is good for longer. False: it was revoked, or the chat was closed, meanwhile. */
export function renewToken(
  table: Table,
  projectId: ProjectId,
  id: ChatId,
  { hash, endsAt }: StoredToken,
): Promise<boolean> {
  return writeIf(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: chatKey(projectId, id),
        // The version moves, so that whoever has read the chat before does not put the former end back.
        UpdateExpression: 'SET tokenEndsAt = :endsAt ADD version :one',
        ConditionExpression: 'tokenHash = :hash AND #state <> :closed',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':endsAt': endsAt, ':one': 1, ':hash': hash, ':closed': 'closed' },
      }),
    ),
  );
}

/**
 * Nobody gets in with this visitor's token any more, into any of its chats. The pointer first: no chat is started with it
 * after that. Dying in between, the same command again does the rest. False: the visitor started another chat meanwhile.
 */
export async function revokeToken(
  table: Table,
  projectId: ProjectId,
  id: VisitorId,
  { pointer, last }: KnownVisitor,
  now: Instant,
): Promise<boolean> {
  const Item = { lastChatId: last.chat.id, ...pointer, ...visitorKey(projectId, id), revokedAt: now };
  const put = new PutCommand({ TableName: table.name, Item, ...asSeen(pointer) });
  if (!(await writeIf(table, () => table.client.send(put)))) return false;
  const formerIds = pointer?.former.map(one => one.id) ?? [];
  const ids = new Set([firstChatOf(id), last.chat.id, ...formerIds]);
  await inParallel([...ids], BOUNDS.claimsInParallel, chat => dropToken(table, projectId, chat));
  return true;
}

async function dropToken(table: Table, projectId: ProjectId, id: ChatId): Promise<void> {
  await writeIf(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: chatKey(projectId, id),
        UpdateExpression: 'REMOVE tokenHash, tokenEndsAt ADD version :one',
        ConditionExpression: 'attribute_exists(tokenHash)',
        ExpressionAttributeValues: { ':one': 1 },
      }),
    ),
  );
}
