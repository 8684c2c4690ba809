import type { AgentId, ChatId, Instant } from './brands.ts';

export const MESSAGE_SENDERS = ['visitor', 'agent', 'bot', 'operator'] as const;
export type MessageSender = (typeof MESSAGE_SENDERS)[number];

/** What somebody wrote in a chat. */
export type Message = {
  readonly chatId: ChatId;
  /** Its place in the conversation: 1, 2, 3, …; two messages never share one. */
  readonly number: number;
  readonly text: string;
  readonly from: MessageSender;
  /** Which agent wrote it; null unless one did. */
  readonly agentId: AgentId | null;
  readonly at: Instant;
};
