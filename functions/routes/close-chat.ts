import type { Instant } from '../../domain/brands.ts';
import { type ClosedAs, isLegal, type OpenChat } from '../../domain/chat.ts';
import { fold, RECENT_CLOSES_MAX } from '../../domain/closes.ts';
import { released } from '../../domain/load.ts';
import { close } from '../../domain/verbs/close.ts';
import { searchAfter } from '../allocate/search-after.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { type Release, saveClosed } from '../store/chats.ts';
import { readPastCloses } from '../store/closes.ts';
import { holderOf } from '../views/chat-view.ts';
import { viewFor } from './chat-for-caller.ts';
import { theAgent, theChat } from './lookup.ts';
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
  const release = chat.state === 'open' ? await releaseHolder(context, chat, now) : null;
  const saved = await saveClosed(context.table, { before, after }, release);
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  if (saved.outcome !== 'committed') return null;
  if (release !== null) await searchAfter(context, chat.projectId);
  return { status: 200, body: { chat: await viewFor(context, caller, after), outcome: 'closed' } };
}

/** Every so many closes the agent's recent ones move into its history, in the same write. */
async function releaseHolder(context: Context, chat: OpenChat, now: Instant): Promise<Release> {
  const { projectId, agentId } = chat;
  const before = await theAgent(context, projectId, agentId);
  const after = released(before, chat, now);
  if (after.recentCloses.length <= RECENT_CLOSES_MAX) return { before, after, past: null };
  const past = fold(await readPastCloses(context.table, projectId, agentId), after.recentCloses, now);
  return { before, after: { ...after, recentCloses: [] }, past };
}

function onlyOwner(caller: Caller, chat: Parameters<typeof holderOf>[0]): void {
  if (caller.kind === 'agent' && holderOf(chat)?.agentId !== caller.agentId) {
    throw new Problem(
      'not-your-chat',
      'Only the agent who has the chat, an operator or its visitor closes it.',
    );
  }
}

function closedAsOf(caller: Caller): ClosedAs {
  if (caller.kind === 'visitor') return 'closed-by-visitor';
  return caller.kind === 'agent' ? 'closed-by-agent' : 'closed-by-operator';
}
