import type { HandlerOf } from '../edge/exchange.ts';
import { viewFor } from './chat-for-caller.ts';
import { onlyOwner, theChat } from './lookup.ts';

export const readChat: HandlerOf<'readChat'> = async ({ params, caller }, context) => {
  const { chat } = await theChat(context, params, caller);
  if (caller.kind === 'bot') onlyOwner(caller, chat);
  return { status: 200, body: await viewFor(context, caller, chat) };
};
