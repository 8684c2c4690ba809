import type { Chat, WaitingChat } from '../../domain/chat.ts';
import { isSameReach, type Place, positionOf } from '../../domain/line.ts';
import { estimateSeconds, type Paces } from '../../domain/waits.ts';
import { presentPaces } from '../board/read.ts';
import { type Caller, isOutside } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import { readAgent, readTeam } from '../store/agents.ts';
import { readLineUpTo } from '../store/line.ts';
import { readConversation } from '../store/messages.ts';
import { readOfferees } from '../store/offers.ts';
import { type BesideChat, holderOf, staffView, visitorView } from '../views/chat-view.ts';

/** What a view shows that the chat itself does not hold. */
export type Beside = BesideChat & {
  /** For its visitor: the name of the agent who has it, its place in the line. */
  readonly agentName: string | null;
  readonly position: number | null;
  readonly estimatedWaitSeconds: number | null;
};

export const NOTHING_BESIDE: Beside = {
  agentName: null,
  position: null,
  estimatedWaitSeconds: null,
  offerees: [],
  lastMessage: null,
};

/** The chat as this caller may see it, given what is to be shown besides: widgets and visitors see no internals. */
export function viewOf(caller: Caller, chat: Chat, beside: Beside) {
  const { agentName, position, lastMessage, estimatedWaitSeconds } = beside;
  return isOutside(caller)
    ? visitorView(chat, agentName, position, lastMessage, estimatedWaitSeconds)
    : staffView(chat, beside);
}

/** A chat, with its last message where that was read with it. */
export type Shown = { readonly chat: Chat; readonly lastMessage?: BesideChat['lastMessage'] };

/** As `viewOf`, reading what is to be shown besides. `older` is the line before the chat, where it is known. */
export async function viewFor(context: Context, caller: Caller, shown: Shown, older?: readonly Place[]) {
  const [view, lastMessage] = await Promise.all([
    viewBefore(context, caller, shown.chat, older),
    lastMessageOf(context, shown),
  ]);
  return view(lastMessage);
}

/** As `viewFor`, before the last message is known: it is about to be written. */
export async function viewBefore(context: Context, caller: Caller, chat: Chat, older?: readonly Place[]) {
  const beside = await (isOutside(caller)
    ? besideForVisitor(context, chat, older)
    : besideForStaff(context, chat));
  return (lastMessage: BesideChat['lastMessage']) => viewOf(caller, chat, { ...beside, lastMessage });
}

async function besideForVisitor(context: Context, chat: Chat, known?: readonly Place[]): Promise<Beside> {
  const holder = holderOf(chat);
  const [agent, waiting] = await Promise.all([
    holder && readAgent(context.table, chat.projectId, holder.agentId),
    chat.state === 'waiting' ? waitOfVisitor(context, chat, known) : null,
  ]);
  const { position, estimate: estimatedWaitSeconds } = waiting ?? { position: null, estimate: null };
  return { ...NOTHING_BESIDE, agentName: agent?.name ?? null, position, estimatedWaitSeconds };
}

async function besideForStaff({ table }: Context, chat: Chat): Promise<Beside> {
  if (chat.state !== 'offered') return NOTHING_BESIDE;
  const offerees = await readOfferees(table, chat.projectId, chat.id, chat.offer.id);
  return { ...NOTHING_BESIDE, offerees };
}

/** Its place in the line, and how long it is still going to wait, in seconds, from how its line moves; null = unknown. */
async function waitOfVisitor(context: Context, chat: WaitingChat, known?: readonly Place[]) {
  const [{ older, position }, paces] = await Promise.all([
    placeInLine(context, chat, known),
    knownPaces(context, chat),
  ]);
  return { position, estimate: paces && estimateSeconds(paces, chat, older, context.now()) };
}

/** Null, too, where they cannot be told at this moment: the chat itself is not to fail over it. */
async function knownPaces(context: Context, { projectId, id: chatId }: Chat): Promise<Paces | null> {
  try {
    return await presentPaces(context, projectId);
  } catch (error) {
    context.log.error('no estimate of a wait', { projectId, chatId, error: error as Error });
    return null;
  }
}

/** The chat as staff see it, with whom it is offered to. */
export async function viewForStaff(context: Context, shown: Shown) {
  const [{ offerees }, lastMessage] = await Promise.all([
    besideForStaff(context, shown.chat),
    lastMessageOf(context, shown),
  ]);
  return staffView(shown.chat, { offerees, lastMessage });
}

async function lastMessageOf({ table }: Context, { chat, lastMessage }: Shown) {
  if (lastMessage !== undefined) return lastMessage;
  return (await readConversation(table, chat.projectId, chat.id))?.lastMessage ?? null;
}

/**
 * Exact, as of a moment ago: the line before the chat is read whole. The team is only read when something else is in front:
 * chats of one channel and scope share its agents anyway.
 */
async function placeInLine({ table }: Context, chat: Chat, known?: readonly Place[]) {
  const older = known ?? (await readLineUpTo(table, chat.projectId, chat.id, true));
  const mixed = older.some(place => !isSameReach(place, chat));
  const team = mixed ? await readTeam(table, chat.projectId, true) : [];
  return { older, position: positionOf(chat, older, team) };
}
