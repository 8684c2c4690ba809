import type { HandlerOf } from '../edge/exchange.ts';
import { afterCursor, cursorAfter } from '../edge/pages.ts';
import { Problem } from '../edge/problems.ts';
import { readChat } from '../store/chats.ts';
import { readMessages } from '../store/messages.ts';
import { numberOf, viewMessage } from '../views/message-view.ts';
import { mayRead } from './lookup.ts';

/** What was said in a chat, oldest first, from after a message on: asking again with the last one read is cheap. */
export const listMessages: HandlerOf<'listMessages'> = async ({ params, query, caller }, context) => {
  const { projectId, chatId } = params;
  const from = afterCursor(query.cursor);
  const after = from === undefined ? numberAfter(query.after, chatId) : Number(from);
  if (!Number.isSafeInteger(after) || after < 0) {
    throw new Problem('invalid-cursor', 'Take the cursor from nextCursor of the page before.');
  }
  const page = await readMessages(context.table, projectId, chatId, after, query.limit);
  mayRead(context, caller, page.chat ?? (await readChat(context.table, projectId, chatId)));
  const last = page.messages.at(-1);
  const items = page.messages.map(message => viewMessage(message, caller.kind === 'visitor'));
  const nextCursor = cursorAfter(page.more && last !== undefined ? String(last.number) : null);
  return { status: 200, body: { items, nextCursor } };
};

function numberAfter(id: string | undefined, chatId: string): number {
  if (id === undefined) return 0;
  const number = numberOf(id, chatId);
  if (number === null)
    throw new Problem('invalid-cursor', 'Take `after` from the id of a message of this chat.');
  return number;
}
