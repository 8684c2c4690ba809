import type { ChatId, ProjectId } from '../../domain/brands.ts';
import { CHAT_STATES, type Chat, type ChatState } from '../../domain/chat.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import type { HandlerOf, RequestOf } from '../edge/exchange.ts';
import { afterCursor, cursorAfter } from '../edge/pages.ts';
import { inParallel } from '../in-parallel.ts';
import { readAgent } from '../store/agents.ts';
import { listChatIds } from '../store/chats.ts';
import { type Conversation, readConversation } from '../store/messages.ts';
import { holderOf } from '../views/chat-view.ts';
import { viewForStaff } from './chat-for-caller.ts';
import { theProject } from './lookup.ts';

type Query = RequestOf<'listChats'>['query'];

/** Chats, oldest first: ids sort by time, in every state alike, so that one cursor serves all. */
export const listChats: HandlerOf<'listChats'> = async ({ params, query }, context) => {
  const after = afterCursor(query.cursor);
  await theProject(context, params.projectId);
  const { chats, last } = isOwnList(query)
    ? await chatsOfAgent(context, params.projectId, query, after)
    : await chatsByState(context, params.projectId, query, after);
  const items = await inParallel(chats, BOUNDS.claimsInParallel, shown => viewForStaff(context, shown));
  return { status: 200, body: { items, nextCursor: cursorAfter(last) } };
};

type List = { readonly chats: readonly Conversation[]; readonly last: string | null };

/** What an agent holds now stands in its own row: exact, and as cheap as the agent has chats. */
function isOwnList({ agentId, state }: Query): boolean {
  return agentId !== undefined && (state === 'open' || state === 'held');
}

async function chatsOfAgent(
  context: Context,
  projectId: ProjectId,
  query: Query,
  after?: string,
): Promise<List> {
  const agent = query.agentId && (await readAgent(context.table, projectId, query.agentId));
  const ids = agent ? agent.chatIds.filter(id => after === undefined || id > after) : [];
  const read = await readConversations(context, projectId, ids.slice(0, query.limit));
  const more = ids.length > query.limit;
  return {
    chats: read.filter(({ chat }) => fits(chat, query)),
    last: more ? (ids[query.limit - 1] ?? null) : null,
  };
}

/** Merges the lists of the states asked for. A page that filters much out may be short; its cursor goes on. */
async function chatsByState(
  context: Context,
  projectId: ProjectId,
  query: Query,
  after?: string,
): Promise<List> {
  const states = CHAT_STATES.filter(state => query.state === undefined || query.state === state);
  const found: Conversation[] = [];
  let from = after;
  for (let rowsRead = 0; rowsRead < BOUNDS.pageRowsReadMax; ) {
    const { ids, more } = await nextIds(context, projectId, states, query.limit, from);
    rowsRead += Math.max(1, ids.length);
    for (const one of await readConversations(context, projectId, ids)) {
      const { chat } = one;
      if (!fits(chat, query)) continue;
      found.push(one);
      if (found.length === query.limit) {
        const exhausted = !more && chat.id === ids.at(-1);
        return { chats: found, last: exhausted ? null : chat.id };
      }
    }
    from = ids.at(-1);
    if (!more || from === undefined) return { chats: found, last: null };
  }
  return { chats: found, last: from ?? null };
}

/** In the order of the ids, without those that are gone. */
async function readConversations(
  { table }: Context,
  projectId: ProjectId,
  ids: readonly ChatId[],
): Promise<readonly Conversation[]> {
  const read = await inParallel(ids, BOUNDS.claimsInParallel, id => readConversation(table, projectId, id));
  return read.filter(one => one !== null);
}

async function nextIds(
  { table }: Context,
  projectId: ProjectId,
  states: readonly ChatState[],
  limit: number,
  after?: string,
): Promise<{ readonly ids: readonly ChatId[]; readonly more: boolean }> {
  const lists = await Promise.all(states.map(state => listChatIds(table, projectId, state, limit, after)));
  const all = [...new Set(lists.flatMap(list => list.chats.map(chat => chat.id)))].sort();
  return { ids: all.slice(0, limit), more: all.length > limit || lists.some(list => list.more) };
}

function fits(chat: Chat, { state, agentId, groupId }: Query): boolean {
  if (state !== undefined && chat.state !== state) return false;
  if (agentId !== undefined && holderOf(chat)?.agentId !== agentId) return false;
  return groupId === undefined || chat.groupId === groupId;
}
