import { BOUNDS } from '../bounds.ts';
import type { Answer, HandlerOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { keptOf } from '../edge/visitor-token.ts';
import type { StoredToken } from '../store/chat-row.ts';
import { renewToken as renew } from '../store/visitors.ts';
import { iso } from '../views/instants.ts';
import { noSuchChat, theChat } from './lookup.ts';

/** The visitor's token is good for longer, as long as the chat goes on. It stays the same: renewing it twice is no harm. */
export const renewToken: HandlerOf<'renewToken'> = async ({ params, caller }, context) => {
  if (caller.kind !== 'visitor') throw noSuchChat();
  const { chat, token } = await theChat(context, params, caller);
  const kept = keptOf(caller.token, context.now());
  // As often as it is asked for it is written once a day: every write overtakes who is about to change the chat.
  const isFresh = token !== null && kept.endsAt - token.endsAt < BOUNDS.tokenRenewalMinMs;
  if (isFresh && chat.state !== 'closed') return answer(caller.token, token);
  const isRenewed = chat.state !== 'closed' && (await renew(context.table, params.projectId, chat.id, kept));
  if (!isRenewed) {
    throw new Problem(
      'chat-closed',
      'A token is renewed while its chat goes on. Start another chat with it.',
    );
  }
  return answer(caller.token, kept);
};

function answer(visitorToken: string, { endsAt }: StoredToken): Answer {
  return { status: 200, body: { visitorToken, endsAt: iso(endsAt) } };
}
