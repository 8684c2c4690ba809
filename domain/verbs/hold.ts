import type { Instant } from '../brands.ts';
import type { ChatIn, HeldChat, OpenChat } from '../chat.ts';

/** The chat stays its agent's, out of load and count at once (seed 002, "On hold chat conversation"). */
export function hold(chat: ChatIn<'hold'>, now: Instant): HeldChat {
  return { ...chat, state: 'held', heldSince: now, version: chat.version + 1 };
}

/** Back to its agent, whatever the room; what it was charged counts again. */
export function resume(chat: ChatIn<'resume'>, now: Instant): OpenChat {
  const { heldSince: _, ...rest } = chat;
  return { ...rest, state: 'open', resumedAt: now, version: chat.version + 1 };
}
