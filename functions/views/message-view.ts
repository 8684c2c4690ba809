import type * as z from 'zod';
import type { ChatId } from '../../domain/brands.ts';
import type { Message } from '../../domain/message.ts';
import type { messageView } from '../schemas.ts';
import { iso } from './instants.ts';

/** A message; to its visitor an agent is an agent, which one is not said. */
export function viewMessage(message: Message, forVisitor: boolean): z.input<typeof messageView> {
  const { chatId, text, from, agentId, at } = message;
  return {
    id: messageId(message),
    chatId,
    from,
    ...(!forVisitor && { agentId }),
    text,
    at: iso(at),
  };
}

/** A message is named after its chat and its number, so ids sort in the order of the conversation. */
export function messageId({ chatId, number }: Pick<Message, 'chatId' | 'number'>): string {
  return `${prefixOf(chatId)}${String(number).padStart(DIGITS, '0')}`;
}

/** The number in an id; null when it names no message of this chat. */
export function numberOf(id: string, chatId: string): number | null {
  const prefix = prefixOf(chatId as ChatId);
  const digits = id.slice(prefix.length);
  return id.startsWith(prefix) && /^\d{6}$/.test(digits) ? Number(digits) : null;
}

const DIGITS = 6;
const prefixOf = (chatId: ChatId) => `${chatId.replace('chat_', 'msg_')}_`;
