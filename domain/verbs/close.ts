import type { Instant } from '../brands.ts';
import type { ChatIn, ClosedAs, ClosedChat } from '../chat.ts';

/** The chat is over. What its agent had been charged stays on record and is released in the same write. */
export function close(chat: ChatIn<'close'>, closedAs: ClosedAs, now: Instant): ClosedChat {
  const version = chat.version + 1;
  if (chat.state === 'waiting') {
    const { waitingSince: _, ...rest } = chat;
    return { ...rest, state: 'closed', held: null, closedAt: now, closedAs, version };
  }
  const { agentId, weight, forced, assignedAt, ...rest } = chat;
  const held = { agentId, weight, forced, assignedAt };
  return { ...rest, state: 'closed', held, closedAt: now, closedAs, version };
}
