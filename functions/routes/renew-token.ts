import type { HandlerOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { keptOf } from '../edge/visitor-token.ts';
import { renewToken as renew } from '../store/visitors.ts';
import { iso } from '../views/instants.ts';
import { noSuchChat, theChat } from './lookup.ts';

/** The visitor's token is good for longer, as long as the chat goes on. It stays the same: renewing it twice is no harm. */
export const renewToken: HandlerOf<'renewToken'> = async ({ params, caller }, context) => {
  if (caller.kind !== 'visitor') throw noSuchChat();
  const { chat } = await theChat(context, params, caller);
  const kept = keptOf(caller.token, context.now());
  const isRenewed = chat.state !== 'closed' && (await renew(context.table, params.projectId, chat.id, kept));
  if (!isRenewed) {
    throw new Problem(
      'chat-closed',
      'A token is renewed while its chat goes on. Start another chat with it.',
    );
  }
  return { status: 200, body: { visitorToken: caller.token, endsAt: iso(kept.endsAt) } };
};
