import { type ClosedAs, isLegal } from '../../domain/chat.ts';
import { released } from '../../domain/load.ts';
import { close } from '../../domain/verbs/close.ts';
import { searchAfter } from '../allocate/search-after.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { saveClosed } from '../store/chats.ts';
import { holderOf } from '../views/chat-view.ts';
import { viewFor } from './chat-for-caller.ts';
import { theAgent, theChat } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/** Closes a chat, whoever holds it: the slot is released in the same write, and the line searched at once. */
export const closeChat: HandlerOf<'closeChat'> = (request, context) =>
  untilSettled(() => tryToClose(context, request));

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
  const holder = chat.state === 'open' ? await theAgent(context, chat.projectId, chat.agentId) : null;
  const agents =
    holder === null || after.held === null
      ? null
      : { before: holder, after: released(holder, chat.id, after.held.weight, now) };
  const saved = await saveClosed(context.table, { before, after }, agents);
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  if (saved.outcome !== 'committed') return null;
  if (holder !== null) await searchAfter(context, chat.projectId);
  return { status: 200, body: { chat: await viewFor(context, caller, after), outcome: 'closed' } };
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
