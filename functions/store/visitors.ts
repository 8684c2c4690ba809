import * as z from 'zod';
import type { ChatId, ProjectId, VisitorId } from '../../domain/brands.ts';
import type { StoredChat } from './chat-row.ts';
import { readChat } from './chats.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { visitorKey } from './keys.ts';
import { getRow } from './read.ts';

const visitorRow = z.object({ lastChatId: z.string().transform(id => id as ChatId) });

/**
 * A visitor is named after its first chat, so that starting one costs no row of its own: the visitor's row, which
 * points to its last chat, appears with the second.
 */
const firstChatOf = (visitor: VisitorId): ChatId => visitor.replace('vis_', 'chat_') as ChatId;

export type KnownVisitor = { readonly pointer: ChatId | null; readonly last: StoredChat };

/** The visitor's last chat; null when this project never saw the visitor. */
export async function readVisitor(
  table: Table,
  projectId: ProjectId,
  id: VisitorId,
): Promise<KnownVisitor | null> {
  const row = await getRow(table, visitorKey(projectId, id));
  const pointer = row && visitorRow.parse(row).lastChatId;
  const last = await readChat(table, projectId, pointer ?? firstChatOf(id));
  return last && { pointer, last };
}

/** Wins the race between two starts of one visitor: the second finds the pointer moved and gets the first one's chat. */
export function pointVisitorTo(
  table: Table,
  projectId: ProjectId,
  visitor: VisitorId,
  chat: ChatId,
  seen: ChatId | null,
): Write {
  return {
    Put: {
      TableName: table.name,
      Item: { ...visitorKey(projectId, visitor), lastChatId: chat },
      ...(seen === null
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'lastChatId = :seen', ExpressionAttributeValues: { ':seen': seen } }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
