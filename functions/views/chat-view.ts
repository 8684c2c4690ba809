import type * as z from 'zod';
import type { AgentId } from '../../domain/brands.ts';
import type { Chat, OfferedChat, OpenChat, QueuedTransfer } from '../../domain/chat.ts';
import type { Message } from '../../domain/message.ts';
import type { staffChatView, visitorChatView } from '../schemas.ts';
import { iso, isoOrNull } from './instants.ts';

/** What views show that the chat itself does not hold. `offerees` are those it is offered to, while it is. */
export type BesideChat = {
  readonly offerees: readonly AgentId[];
  readonly lastMessage: Pick<Message, 'from' | 'at'> | null;
};

/** A chat as staff see it. */
export function staffView(chat: Chat, { offerees, lastMessage }: BesideChat): z.input<typeof staffChatView> {
  const holder = holderOf(chat);
  return {
    id: chat.id,
    projectId: chat.projectId,
    state: chat.state,
    channelId: chat.channelId,
    groupId: chat.groupId,
    visitorId: chat.visitorId,
    visitor: chat.visitor,
    returning: chat.returning,
    agentId: holder?.agentId ?? null,
    weight: holder?.weight ?? null,
    forced: holder?.forced ?? false,
    offeredTo: chat.state === 'offered' ? offeredTo(chat, offerees) : null,
    transfer: chat.transfer && queuedAs(chat.transfer),
    ...times(chat, lastMessage),
    closedAs: chat.state === 'closed' ? chat.closedAs : null,
    lastMessageFrom: lastMessage?.from ?? null,
    assignments: chat.assignments.map(({ at, createdOn, ...assignment }) => ({
      ...assignment,
      at: iso(at),
      createdOn: isoOrNull(createdOn),
    })),
    version: chat.version,
  };
}

function queuedAs({ askedAt: _, createdOn, ...transfer }: QueuedTransfer) {
  return { ...transfer, createdOn: iso(createdOn) };
}

function offeredTo({ offer: { groupId } }: OfferedChat, offerees: readonly AgentId[]) {
  return {
    scope: groupId === null ? ('team' as const) : ('group' as const),
    groupId,
    agentIds: [...offerees],
  };
}

/** A chat as its visitor sees it: no internals. `agentName` null = nobody has it. */
export function visitorView(
  chat: Chat,
  agentName: string | null,
  position: number | null,
  lastMessage: BesideChat['lastMessage'],
  estimatedWaitSeconds: number | null,
): z.input<typeof visitorChatView> {
  return {
    id: chat.id,
    state: chat.state,
    channelId: chat.channelId,
    ...times(chat, lastMessage),
    agent: agentName === null ? null : { name: agentName },
    ...(chat.state === 'waiting' && position !== null && { position, estimatedWaitSeconds }),
  };
}

function times(chat: Chat, lastMessage: BesideChat['lastMessage']) {
  return {
    createdAt: iso(chat.createdAt),
    waitingSince: chat.state === 'waiting' ? iso(chat.waitingSince) : null,
    assignedAt: isoOrNull(holderOf(chat)?.assignedAt ?? null),
    closedAt: chat.state === 'closed' ? iso(chat.closedAt) : null,
    lastMessageAt: isoOrNull(lastMessage?.at ?? null),
  };
}

/** Who has the chat, or had it when it closed. */
export function holderOf(chat: Chat): Pick<OpenChat, 'agentId' | 'weight' | 'forced' | 'assignedAt'> | null {
  if (chat.state === 'open' || chat.state === 'held') return chat;
  return chat.state === 'closed' ? chat.held : null;
}
