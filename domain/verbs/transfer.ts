import type { GroupId, Instant } from '../brands.ts';
import type { BotChat, ChatIn, OpenChat, QueuedTransfer, WaitingChat } from '../chat.ts';
import { type Asked, WHOLE_TEAM } from '../scope.ts';

export type ToGroup = Omit<QueuedTransfer, 'createdOn' | 'askedAt'>;

/**
 * The chat is queued for a group. It replaces what it was queued for before, and keeps its place when the group is the
 * same one.
 */
export function queue(chat: ChatIn<'queue'>, to: ToGroup, now: Instant): OpenChat | BotChat {
  const { transfer } = chat;
  const createdOn = transfer?.groupId === to.groupId ? transfer.createdOn : now;
  return { ...chat, transfer: { ...to, createdOn, askedAt: now }, version: chat.version + 1 };
}

/** Nobody of the group was available: the chat stays with its agent. */
export function transferFailed(chat: OpenChat, now: Instant): OpenChat {
  return { ...chat, transfer: null, transferFailedAt: now, version: chat.version + 1 };
}

/** Nobody of the group was available, and no agent has it: it goes on waiting there. `group` null = in the whole team. */
export function handOver(chat: ChatIn<'handOver'>, group: GroupId | null, now: Instant): WaitingChat {
  const asked: Asked = group ?? WHOLE_TEAM;
  return {
    ...chat,
    state: 'waiting',
    waitingSince: now,
    asked,
    groupId: group,
    handedOver: true,
    transfer: null,
    version: chat.version + 1,
  };
}
