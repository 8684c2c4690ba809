import type { HandlerOf } from '../edge/exchange.ts';
import { viewFor } from './chat-for-caller.ts';
import { mayRead, theChat } from './lookup.ts';

export const readChat: HandlerOf<'readChat'> = async ({ params, caller }, context) => {
  const stored = await theChat(context, params, caller);
  mayRead(context, caller, stored);
  return { status: 200, body: await viewFor(context, caller, stored) };
};
