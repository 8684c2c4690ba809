import * as z from 'zod';
import type { ChatId, Instant } from '../../domain/brands.ts';
import type { WaitingChat } from '../../domain/chat.ts';
import type { Row, Table } from './client.ts';
import type { Write } from './commit.ts';
import { messageKey } from './keys.ts';

export type Message = {
  readonly id: string;
  readonly chatId: ChatId;
  readonly text: string;
  readonly from: 'visitor';
  readonly at: Instant;
};

const messageRow = z.object({
  id: z.string(),
  chatId: z.string().transform(id => id as ChatId),
  text: z.string(),
  from: z.literal('visitor'),
  at: z.number().transform(at => at as Instant),
});

export const parseMessageRow = (row: Row): Message => messageRow.parse(row);

/** The first message of a chat, written with its start. */
export function postMessage(
  table: Table,
  chat: WaitingChat,
  { id, text }: { readonly id: string; readonly text: string },
): Write {
  const message: Message = { id, chatId: chat.id, text, from: 'visitor', at: chat.createdAt };
  return { Put: { TableName: table.name, Item: { ...messageKey(chat.projectId, chat.id, id), ...message } } };
}
