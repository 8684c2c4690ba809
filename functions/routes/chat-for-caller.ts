import type { Chat } from '../../domain/chat.ts';
import { type Place, positionOf } from '../../domain/line.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import { readAgent, readTeam } from '../store/agents.ts';
import { readLineUpTo } from '../store/line.ts';
import { holderOf, staffView, visitorView } from '../views/chat-view.ts';

/** The chat as this caller may see it, given what a visitor is told besides: widgets and visitors see no internals. */
export function viewOf(caller: Caller, chat: Chat, agentName: string | null, position: number | null) {
  const outside = caller.kind === 'visitor' || caller.kind === 'widget';
  return outside ? visitorView(chat, agentName, position) : staffView(chat);
}

/** As `viewOf`, reading what a visitor is told besides. `older` is the line before the chat, where it is known. */
export async function viewFor(context: Context, caller: Caller, chat: Chat, older?: readonly Place[]) {
  if (caller.kind !== 'visitor' && caller.kind !== 'widget') return viewOf(caller, chat, null, null);
  const holder = holderOf(chat);
  const agent = holder && (await readAgent(context.table, chat.projectId, holder.agentId));
  return viewOf(caller, chat, agent?.name ?? null, await positionInLine(context, chat, older));
}

/** The team is only read when another channel is in front: chats of one channel share its agents anyway. */
async function positionInLine(
  { table }: Context,
  chat: Chat,
  known?: readonly Place[],
): Promise<number | null> {
  if (chat.state !== 'waiting') return null;
  const older = known ?? (await readLineUpTo(table, chat.projectId, chat.id));
  const mixed = older.some(place => place.channelId !== chat.channelId);
  return positionOf(chat, older, mixed ? await readTeam(table, chat.projectId) : []);
}
