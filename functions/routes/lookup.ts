import type { AgentId, ChatId, GroupId, ProjectId } from '../../domain/brands.ts';
import type { Chat } from '../../domain/chat.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import { Problem } from '../edge/problems.ts';
import { stateOf } from '../edge/visitor-token.ts';
import { readAgent } from '../store/agents.ts';
import type { StoredChat } from '../store/chat-row.ts';
import { type Conversation, readConversation } from '../store/messages.ts';
import { readProject } from '../store/projects.ts';
import { holderOf } from '../views/chat-view.ts';

/** Reads what a route is about, or answers that it is not there, or not yours: the two look the same. */
export async function theProject(context: Context, id: ProjectId) {
  const project = await readProject(context.table, id);
  if (project === null) throw noSuchProject();
  return project;
}

export function noSuchProject(): Problem {
  return new Problem('not-found', 'There is no such project.');
}

export async function theAgent(context: Context, projectId: ProjectId, id: AgentId) {
  const agent = await readAgent(context.table, projectId, id);
  if (agent === null) throw new Problem('not-found', 'There is no such agent in this project.');
  return agent;
}

/** The chat with its last message, if the caller may see it: a visitor sees its own only. `eventually`: half as dear, and may be a moment old. */
export async function theChat(
  context: Context,
  { projectId, chatId }: { readonly projectId: ProjectId; readonly chatId: ChatId },
  caller: Caller,
  eventually = false,
): Promise<Conversation> {
  const stored = await readConversation(context.table, projectId, chatId, eventually);
  if (stored === null || !maySee(context, caller, stored)) throw noSuchChat();
  return stored;
}

/** Throws unless the caller may read what was said in the chat: its visitor, its bot, all staff. */
export function mayRead(context: Context, caller: Caller, stored: StoredChat | null): void {
  if (stored === null || !maySee(context, caller, stored)) throw noSuchChat();
  if (caller.kind === 'bot') onlyOwner(caller, stored.chat);
}

export function noSuchChat(): Problem {
  return new Problem('not-found', 'There is no such chat in this project.');
}

/** An agent acts on the chats it has, a bot on those that are with a bot; operators on all. */
export function onlyOwner(caller: Caller, chat: Chat): void {
  if (caller.kind === 'agent' && holderOf(chat)?.agentId !== caller.agentId) {
    throw new Problem('not-your-chat', 'Of the agents only the one who has the chat may do this.');
  }
  // One that was the bot's when it closed: closing it again is no other answer.
  const isBots = chat.state === 'bot' || (chat.state === 'closed' && chat.withBot);
  if (caller.kind === 'bot' && !isBots) {
    throw new Problem(
      'not-your-chat',
      `A bot has to do with chats in state bot only; this one is ${chat.state}.`,
    );
  }
}

export function primaryGroupNeeded(id: GroupId): Problem {
  return new Problem(
    'primary-group-needed',
    `The policy in force searches in the primary group ${id}. Mark another one or switch the policy first.`,
  );
}

/** Only whoever holds the right token is told that it has ended. */
function maySee({ now }: Context, caller: Caller, { token }: StoredChat): boolean {
  if (caller.kind !== 'visitor') return true;
  const state = stateOf(caller.token, token, now());
  if (state === 'ended') throw tokenEnded();
  return state === 'good';
}

export function tokenEnded(): Problem {
  return new Problem('unauthenticated', "The visitor token has ended. Start a chat with the widget's key.");
}
