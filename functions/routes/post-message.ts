import type { ProjectId } from '../../domain/brands.ts';
import type { Message, MessageSender } from '../../domain/message.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { type Conversation, type Draft, type Posting, postMessage as post } from '../store/messages.ts';
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
  const { chat, lastMessage } = await theChatToWriteIn(context, params, caller);
  const draft = {
    chatId: chat.id,
    text: body.text,
    from: senderOf(caller),
    agentId: caller.kind === 'agent' ? caller.agentId : null,
    at: context.now(),
  };
  const alongside = keepAnswer && ((message: Message) => [keepAnswer(said(caller, message))]);
  return said(caller, await write(context, params.projectId, draft, lastMessage, { alongside }));
};

/** The message as it was written, after `last` and whoever was faster, or as it was said before. */
export async function write(
  { table, newId }: Context,
  projectId: ProjectId,
  draft: Omit<Draft, 'attempt'>,
  last: Message | null,
  posting: Posting,
): Promise<Message> {
  const posted = await post(table, projectId, { ...draft, attempt: newId.attempt() }, last, posting);
  if ('message' in posted) return posted.message;
  throw new Problem('busy', 'Too many write in this chat at this moment. Nothing was written; try again.');
}

/** Read at half the price first: what that refuses, because it is a moment old, is looked at again. */
async function theChatToWriteIn(
  context: Context,
  params: Parameters<typeof theChat>[1],
  caller: Caller,
): Promise<Conversation> {
  const isAllowed = (read: Conversation) => {
    if (read.chat.state === 'closed') {
      throw new Problem('chat-closed', 'The chat is closed; nothing more is said in it. Start another one.');
    }
    onlyOwner(caller, read.chat);
    return read;
  };
  try {
    return isAllowed(await theChat(context, params, caller, true));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return isAllowed(await theChat(context, params, caller));
  }
}

function said(caller: Caller, message: Message): Answer {
  return { status: 201, body: viewMessage(message, caller.kind === 'visitor') };
}

function senderOf({ kind }: Caller): MessageSender {
  if (kind === 'agent' || kind === 'bot' || kind === 'visitor') return kind;
  return 'operator';
}
