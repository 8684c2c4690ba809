import type { ChatId, ProjectId } from '../../domain/brands.ts';
import { type Chat, LEGAL, type Verb } from '../../domain/chat.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { Answer } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import type { Conversation } from '../store/messages.ts';
import { staffView } from '../views/chat-view.ts';
import { onlyOwner, theChat } from './lookup.ts';

/** What the verbs on a chat that somebody has are alike in. */

type Request = {
  readonly params: { readonly projectId: ProjectId; readonly chatId: ChatId };
  readonly caller: Caller;
};

/** The chat, if this caller may act on it: its agent, its bot or an operator. */
export async function ownedChat(context: Context, { params, caller }: Request): Promise<Conversation> {
  const stored = await theChat(context, params, caller);
  onlyOwner(caller, stored.chat);
  return stored;
}

/** The answer of a verb: the chat as staff see it, and what came of it. */
export function said({ chat, lastMessage }: Conversation, outcome: string, status: 200 | 202 = 200): Answer {
  return { status, body: { chat: staffView(chat, { lastMessage, offerees: [] }), outcome } };
}

/** The verb does not fit the state. */
export function illegal(verb: Verb, what: string, { state }: Chat): Problem {
  const states = LEGAL[verb].join(' or ');
  const hint = state === 'held' && verb !== 'hold' ? ' Resume it first.' : '';
  return new Problem(
    'state-forbids',
    `A chat can be ${what} while it is ${states}; this one is ${state}.${hint}`,
  );
}

/** False: the chat or an agent changed meanwhile, and the caller looks again. Throws when the table has no capacity. */
export function isDone({ outcome }: { readonly outcome: string }): boolean {
  if (outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  return outcome === 'committed';
}
