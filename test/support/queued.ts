import type { Agent } from '../../domain/agent.ts';
import type { ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import type { BotChat, Chat, ClosedChat, HeldChat, OpenChat, QueuedTransfer } from '../../domain/chat.ts';
import { agentRowOf } from '../../functions/store/agent-row.ts';
import { chatRowOf } from '../../functions/store/chat-row.ts';
import { memberKey } from '../../functions/store/keys.ts';
import { moveInQueue } from '../../functions/store/transfer-queue.ts';
import { agent, agentId, botChat, closedChat, heldChat, LINE_1, openChat } from './domain.ts';
import type { Engine } from './engine.ts';
import type { Standing } from './standing.ts';
import { ACME, openWorld, putRows, type World } from './world.ts';

/** A chat of the queue as it is written straight to the table. */
type QueuedChat = {
  readonly chat: OpenChat | HeldChat | BotChat | ClosedChat;
  readonly transfer: QueuedTransfer;
};

type Given = {
  readonly state?: QueuedChat['chat']['state'];
  readonly groupId?: QueuedTransfer['groupId'];
  /** Whose they are, where they are somebody's. */
  readonly of?: string;
  readonly projectId?: ProjectId;
  /** When the first of them was queued, and every further one a millisecond later. */
  readonly since?: Instant;
};

/** So many chats queued for a group, the longest queued first. Open ones of Ada's unless something else is said. */
export function queuedChats(world: World, count: number, given: Given = {}): readonly QueuedChat[] {
  const { state = 'open', groupId = LINE_1.id, of = 'ada', projectId = ACME } = given;
  const { since = (world.clock.now - 60_000) as Instant } = given;
  return Array.from({ length: count }, (_, index) => {
    const createdOn = (since + index) as Instant;
    const transfer = { groupId, reason: null, isBotTransfer: state === 'bot', createdOn, askedAt: createdOn };
    const common = { id: world.context.newId.chat(world.clock.now), projectId, transfer };
    const owned = { ...common, agentId: agentId(of), assignments: [] };
    const chat: { readonly [State in NonNullable<Given['state']>]: () => QueuedChat['chat'] } = {
      open: () => openChat(owned),
      held: () => heldChat(owned),
      bot: () => botChat(common),
      closed: () => closedChat({ ...common, transfer: null }),
    };
    return { chat: chat[state](), transfer };
  });
}

export const idsOf = (queued: readonly QueuedChat[]): readonly ChatId[] => queued.map(({ chat }) => chat.id);

/** The agent who has these of them, on a project's team. */
export function holderOf(
  id: string,
  queued: readonly QueuedChat[],
  given: Parameters<typeof agent>[0] = {},
): Agent {
  const own = queued.flatMap(({ chat }) =>
    (chat.state === 'open' || chat.state === 'held') && chat.agentId === id ? [chat] : [],
  );
  const open = own.filter(({ state }) => state === 'open');
  const load = open.reduce((sum, { weight }) => sum + weight, 0);
  return agent({
    id,
    maxLoad: null,
    chatIds: own.map(chat => chat.id),
    openChats: open.length,
    heldChats: own.length - open.length,
    load,
    ...given,
  });
}

/** Writes the chats, their rows in the queue, and agents of a project. */
export async function putQueued(
  world: World,
  queued: readonly QueuedChat[],
  agents: readonly Agent[] = [],
  projectId: ProjectId = ACME,
): Promise<void> {
  const { table } = world;
  await putRows(table, [
    ...queued.map(({ chat }) => chatRowOf({ chat, token: null, firstDecision: null })),
    ...queued.flatMap(({ chat, transfer }) => {
      const before: Chat =
        chat.state === 'closed' ? botChat({ ...idOf(chat), transfer }) : botChat(idOf(chat));
      return moveInQueue(table, before, chat).flatMap(({ Put }) => (Put?.Item ? [Put.Item] : []));
    }),
  ]);
  // As in every write of the service, agents come after their chats.
  await putRows(table, [
    ...agents.map(one => agentRowOf(projectId, one)),
    ...agents.flatMap(one => one.groups.map(id => memberKey(projectId, id, one.id))),
  ]);
}

function idOf({ id, projectId }: Chat) {
  return { id, projectId, transfer: null };
}

/**
 * So many of Ada's queued for line 1, which is Bo, who has room for all of them unless something else is said. The job is on,
 * with nothing armed yet.
 */
export async function openQueue(
  engine: Engine,
  count: number,
  given: Given & { readonly quantity?: number; readonly roomOf?: number } = {},
) {
  const { quantity = 0, roomOf = null, ...rest } = given;
  const world = await openWorld(engine);
  const queued = queuedChats(world, count, rest);
  await world.job('start');
  await world.put({
    groups: [{ ...LINE_1, members: 1 }],
    settings: { distribution: { frequencySeconds: 0, quantity } },
  });
  const bo = agent({ id: 'bo', groups: [LINE_1], maxLoad: roomOf });
  await putQueued(world, queued, [holderOf('ada', queued), bo]);
  world.door.calls.length = 0;
  return { world, ids: idsOf(queued) };
}

export const inQueue = ({ queue }: Standing): readonly ChatId[] => queue.map(({ chatId }) => chatId);

/** The open chats of an agent, the oldest first. */
export const chatsOf = ({ chats }: Standing, id: string): readonly ChatId[] =>
  chats.flatMap(({ chat }) => (chat.state === 'open' && chat.agentId === id ? [chat.id] : []));
