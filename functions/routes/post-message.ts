import type { MessageSender } from '../../domain/message.ts';
import type { Caller } from '../edge/callers.ts';
import type { Answer, HandlerOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { postMessage as post } from '../store/messages.ts';
import { viewMessage } from '../views/message-view.ts';
import { onlyOwner, theChat } from './lookup.ts';

/**
 * Somebody writes in a chat: its visitor, the agent or the bot who has it, or an operator. One write of its own: the
 * chat's row is not touched, whatever is said in it (docs/decisions/0010-messages.md).
 */
export const postMessage: HandlerOf<'postMessage'> = async (
  { params, body, caller, keepAnswer },
  context,
) => {
  const { chat, lastMessage } = await theChat(context, params, caller, true);
  if (chat.state === 'closed') {
    throw new Problem('chat-closed', 'The chat is closed; nothing more is said in it. Start another one.');
  }
  onlyOwner(caller, chat);
  const draft = {
    chatId: chat.id,
    text: body.text,
    from: senderOf(caller),
    agentId: caller.kind === 'agent' ? caller.agentId : null,
    at: context.now(),
  };
  const kept =
    keepAnswer && ((message: Parameters<typeof viewMessage>[0]) => [keepAnswer(said(caller, message))]);
  const posted = await post(context.table, params.projectId, draft, lastMessage, kept);
  if (posted.outcome === 'posted') return said(caller, posted.message);
  throw new Problem('busy', 'Too many write in this chat at this moment. Nothing was written; try again.');
};

function said(caller: Caller, message: Parameters<typeof viewMessage>[0]): Answer {
  return { status: 201, body: viewMessage(message, caller.kind === 'visitor') };
}

function senderOf({ kind }: Caller): MessageSender {
  if (kind === 'agent' || kind === 'bot' || kind === 'visitor') return kind;
  return 'operator';
}
