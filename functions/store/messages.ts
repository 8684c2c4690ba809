import type { WaitingChat } from '../../domain/chat.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { messageKey } from './keys.ts';

/** The first message of a chat, written with its start. */
export function postMessage(
  table: Table,
  chat: WaitingChat,
  message: { readonly id: string; readonly text: string },
): Write {
  return {
    Put: {
      TableName: table.name,
      Item: {
        ...messageKey(chat.projectId, chat.id, message.id),
        text: message.text,
        from: 'visitor',
        at: chat.createdAt,
      },
    },
  };
}
