import type { Instant } from './brands.ts';
import type { Chat } from './chat.ts';
import type { Message } from './message.ts';
import type { Settings } from './settings.ts';

const MINUTE_MS = 60_000;

/** Minutes; 0 = off. */
export type Timeouts = Pick<
  Settings,
  'changeAgentMinutes' | 'changeAgentMaxMoves' | 'closeAfterLastMessageMinutes'
>;

/** What becomes of a chat in which one side has not answered, and when. */
export type Timeout = { readonly action: 'change-agent' | 'close'; readonly at: Instant };

/**
 * Seed 002: "Time for changing agent (minutes)" while the visitor waits for an answer, "Time for closing chat after last
 * message (minutes)" while the visitor gives none. Both run from the latest of last message, assignment and resume, or
 * from when it was queued for a group. Null: neither runs; nobody has written, the chat is on hold, or nobody is to answer in it.
 */
export function timeoutOf(
  chat: Chat,
  last: Pick<Message, 'from' | 'at'> | null,
  { changeAgentMinutes, changeAgentMaxMoves, closeAfterLastMessageMinutes }: Timeouts,
): Timeout | null {
  if (last === null || (chat.state !== 'open' && chat.state !== 'bot')) return null;
  const ownMoments = chat.state === 'bot' ? [] : [chat.assignedAt, chat.resumedAt ?? 0];
  // Whoever has asked for a group to take it has done something about it.
  const since = Math.max(last.at, ...ownMoments, chat.transfer?.askedAt ?? 0);
  const after = (minutes: number) => (since + minutes * MINUTE_MS) as Instant;
  if (last.from !== 'visitor') {
    const isOn = closeAfterLastMessageMinutes > 0;
    return isOn ? { action: 'close', at: after(closeAfterLastMessageMinutes) } : null;
  }
  const mayMove = chat.state === 'open' && movesOf(chat) < changeAgentMaxMoves;
  return mayMove && changeAgentMinutes > 0 ? { action: 'change-agent', at: after(changeAgentMinutes) } : null;
}

/** How often the chat was moved because its agent did not answer. */
function movesOf({ assignments }: Chat): number {
  return assignments.filter(({ method }) => method === 'changed-agent').length;
}

/**
 * When to look at the chat again; null = no time-out is on. Not later than the shorter one could run out if somebody wrote
 * right now: then no message needs to move this moment.
 */
export function nextLook(timeout: Timeout | null, timeouts: Timeouts, now: Instant): Instant | null {
  const on = [timeouts.changeAgentMinutes, timeouts.closeAfterLastMessageMinutes].filter(
    minutes => minutes > 0,
  );
  if (on.length === 0) return null;
  return Math.min(timeout?.at ?? Number.POSITIVE_INFINITY, now + Math.min(...on) * MINUTE_MS) as Instant;
}
