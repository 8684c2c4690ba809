import type { AgentId } from '../../domain/brands.ts';
import type { Chat } from '../../domain/chat.ts';
import { isSameReach, type Place, positionOf } from '../../domain/line.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import { readAgent, readTeam } from '../store/agents.ts';
import { readLineUpTo } from '../store/line.ts';
import { readOfferees } from '../store/offers.ts';
import { holderOf, staffView, visitorView } from '../views/chat-view.ts';

/** What a view shows that the chat itself does not hold. */
export type Beside = {
  /** For its visitor: the name of the agent who has it, its place in the line. */
  readonly agentName: string | null;
  readonly position: number | null;
  /** For staff: whom it is offered to. */
  readonly offerees: readonly AgentId[];
};

export const NOTHING_BESIDE: Beside = { agentName: null, position: null, offerees: [] };

/** The chat as this caller may see it, given what is to be shown besides: widgets and visitors see no internals. */
export function viewOf(caller: Caller, chat: Chat, { agentName, position, offerees }: Beside) {
  return isOutside(caller) ? visitorView(chat, agentName, position) : staffView(chat, offerees);
}

/** As `viewOf`, reading what is to be shown besides. `older` is the line before the chat, where it is known. */
export async function viewFor(context: Context, caller: Caller, chat: Chat, older?: readonly Place[]) {
  if (!isOutside(caller)) return viewForStaff(context, chat);
  const holder = holderOf(chat);
  const agent = holder && (await readAgent(context.table, chat.projectId, holder.agentId));
  const position = await positionInLine(context, chat, older);
  return visitorView(chat, agent?.name ?? null, position);
}

/** The chat as staff see it, with whom it is offered to. */
export async function viewForStaff({ table }: Context, chat: Chat) {
  const offerees =
    chat.state === 'offered' ? await readOfferees(table, chat.projectId, chat.id, chat.offer.id) : [];
  return staffView(chat, offerees);
}

function isOutside({ kind }: Caller): boolean {
  return kind === 'visitor' || kind === 'widget';
}

/** The team is only read when something else is in front: chats of one channel and scope share its agents anyway. */
async function positionInLine(
  { table }: Context,
  chat: Chat,
  known?: readonly Place[],
): Promise<number | null> {
  if (chat.state !== 'waiting') return null;
  const older = known ?? (await readLineUpTo(table, chat.projectId, chat.id));
  const mixed = older.some(place => !isSameReach(place, chat));
  return positionOf(chat, older, mixed ? await readTeam(table, chat.projectId) : []);
}
