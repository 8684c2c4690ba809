import type { Instant } from '../brands.ts';
import type { ChatIn, Offer, OfferedChat, WaitingChat } from '../chat.ts';

/** The chat is shown to several agents; nobody owns it and nobody is charged until one accepts. */
export function offer(chat: ChatIn<'offer'>, made: Offer): OfferedChat {
  const { waitingSince: _, ...rest } = chat;
  return { ...rest, state: 'offered', offer: made, groupId: made.groupId, version: chat.version + 1 };
}

/** Nobody is left who could accept: the chat goes back to waiting, in the line where its age puts it. */
export function withdraw(chat: ChatIn<'withdraw'>, now: Instant): WaitingChat {
  const { offer: _, ...rest } = chat;
  return { ...rest, state: 'waiting', waitingSince: now, version: chat.version + 1 };
}
