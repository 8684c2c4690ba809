import type { Instant } from '../../domain/brands.ts';
import { type ClosedAs, type HeldChat, isLegal, type OpenChat } from '../../domain/chat.ts';
import { fold, RECENT_CLOSES_MAX } from '../../domain/closes.ts';
import { released } from '../../domain/load.ts';
import { close } from '../../domain/verbs/close.ts';
import { searchAfter } from '../allocate/search-after.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { type AgentChange, saveChange } from '../store/changes.ts';
import { readPastCloses } from '../store/closes.ts';
import { viewFor } from './chat-for-caller.ts';
import { onlyOwner, theAgent, theChat } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/** Closes a chat, whoever holds it: the slot is released in the same write, and the line searched at once. */
export const closeChat: HandlerOf<'closeChat'> = (request, context) =>
  untilSettled(context, () => tryToClose(context, request));

async function tryToClose(
  context: Context,
  { params, caller }: RequestOf<'closeChat'>,
): Promise<Answer | null> {
  const before = await theChat(context, params, caller);
  const { chat } = before;
  onlyOwner(caller, chat);
  if (!isLegal('close', chat)) {
    return { status: 200, body: { chat: await viewFor(context, caller, chat), outcome: 'closed' } };
  }

  const now = context.now();
  const after = close(chat, closedAsOf(caller), now);
  const isOwned = chat.state === 'open' || chat.state === 'held';
  const release = isOwned ? [await releaseHolder(context, chat, now)] : [];
  const saved = await saveChange(context.table, { before, after }, release);
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  if (saved.outcome !== 'committed') return null;
  if (chat.state === 'open') await searchAfter(context, chat.projectId);
  return { status: 200, body: { chat: await viewFor(context, caller, after), outcome: 'closed' } };
}

/** Every so many closes the agent's recent ones move into its history, in the same write. */
async function releaseHolder(
  context: Context,
  chat: OpenChat | HeldChat,
  now: Instant,
): Promise<AgentChange> {
  const { projectId, agentId } = chat;
  const before = await theAgent(context, projectId, agentId);
  const after = released(before, chat, now);
  if (after.recentCloses.length <= RECENT_CLOSES_MAX) return { before, after };
  const past = fold(await readPastCloses(context.table, projectId, agentId), after.recentCloses, now);
  return { before, after: { ...after, recentCloses: [] }, past };
}

/** A bot closes on behalf of those who run it. */
function closedAsOf(caller: Caller): ClosedAs {
  if (caller.kind === 'visitor') return 'closed-by-visitor';
  return caller.kind === 'agent' ? 'closed-by-agent' : 'closed-by-operator';
}
