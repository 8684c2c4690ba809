import type { Instant } from '../brands.ts';
import type { ChatIn, ClosedAs, ClosedChat } from '../chat.ts';

/**
 * The chat is over. What its agent had been charged stays on record and is released in the same write. Whatever group
 * it was queued for, it goes nowhere any more.
 */
export function close(chat: ChatIn<'close'>, closedAs: ClosedAs, now: Instant): ClosedChat {
  const end = {
    state: 'closed' as const,
    closedAt: now,
    closedAs,
    transfer: null,
    withBot: chat.state === 'bot',
    version: chat.version + 1,
  };
  switch (chat.state) {
    case 'waiting': {
      const { waitingSince: _, ...rest } = chat;
      return { ...rest, ...end, held: null };
    }
    case 'offered': {
      const { offer: _, ...rest } = chat;
      return { ...rest, ...end, held: null };
    }
    case 'bot':
      return { ...chat, ...end, held: null };
    case 'held': {
      const { heldSince: _, ...open } = chat;
      return { ...withHolder(open), ...end };
    }
    case 'open':
      return { ...withHolder(chat), ...end };
  }
}

type Owned = Omit<Extract<ChatIn<'close'>, { state: 'open' }>, 'state'>;

/** Who has it becomes who held it at the end. */
function withHolder({ agentId, weight, forced, assignedAt, resumedAt: _, ...rest }: Owned) {
  return { ...rest, held: { agentId, weight, forced, assignedAt } };
}
