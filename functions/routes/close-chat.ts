import { type ClosedAs, isLegal } from '../../domain/chat.ts';
import { close } from '../../domain/verbs/close.ts';
import { releaseHolder } from '../allocate/release.ts';
import { searchAfter } from '../allocate/search-after.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { saveChange } from '../store/changes.ts';
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
    return { status: 200, body: { chat: await viewFor(context, caller, before), outcome: 'closed' } };
  }

  const now = context.now();
  const after = close(chat, closedAsOf(caller), now);
  const isOwned = chat.state === 'open' || chat.state === 'held';
  const release = isOwned
    ? [await releaseHolder(context, await theAgent(context, chat.projectId, chat.agentId), chat, now)]
    : [];
  const saved = await saveChange(context.table, { before, after }, release);
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  if (saved.outcome !== 'committed') return null;
  if (chat.state === 'open') await searchAfter(context, chat.projectId);
  return {
    status: 200,
    body: { chat: await viewFor(context, caller, { ...before, chat: after }), outcome: 'closed' },
  };
}

/** A bot closes on behalf of those who run it. */
function closedAsOf(caller: Caller): ClosedAs {
  if (caller.kind === 'visitor') return 'closed-by-visitor';
  return caller.kind === 'agent' ? 'closed-by-agent' : 'closed-by-operator';
}
