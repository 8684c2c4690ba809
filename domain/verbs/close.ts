import type { Instant } from '../brands.ts';
import type { ChatIn, ClosedAs, ClosedChat } from '../chat.ts';

/** The chat is over. What its agent had been charged stays on record and is released in the same write. */
export function close(chat: ChatIn<'close'>, closedAs: ClosedAs, now: Instant): ClosedChat {
  const end = { state: 'closed' as const, closedAt: now, closedAs, version: chat.version + 1 };
  switch (chat.state) {
    case 'waiting': {
      const { waitingSince: _, ...rest } = chat;
      return { ...rest, ...end, held: null };
    }
    case 'offered': {
      const { offer: _, ...rest } = chat;
      return { ...rest, ...end, held: null };
    }
    case 'open': {
      const { agentId, weight, forced, assignedAt, ...rest } = chat;
      return { ...rest, ...end, held: { agentId, weight, forced, assignedAt } };
    }
  }
}
