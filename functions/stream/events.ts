import { isDeepStrictEqual } from 'node:util';
import type { Agent } from '../../domain/agent.ts';
import type { ProjectId } from '../../domain/brands.ts';
import type { Chat, OpenChat, QueuedTransfer } from '../../domain/chat.ts';
import type { Message } from '../../domain/message.ts';
import { messageId } from '../views/message-view.ts';

/** The events of the contract (API.md, "Events"). */
export const EVENT_TYPES = [
  'ChatCreated',
  'ChatWaiting',
  'ChatOffered',
  'ChatAssigned',
  'ChatHeld',
  'ChatResumed',
  'ChatTransferQueued',
  'ChatTransferFailed',
  'ChatClosed',
  'MessagePosted',
  'AgentStatusChanged',
] as const;
type EventType = (typeof EVENT_TYPES)[number];

export type DomainEvent = {
  readonly type: EventType;
  readonly detail: {
    /** `{id}#{version}`: the same change always has the same id, so that a subscriber can drop doubles. */
    readonly eventId: string;
    readonly at: string;
    readonly projectId: ProjectId;
    readonly versionBefore: number;
    readonly versionAfter: number;
    readonly chatId?: string;
    readonly agentId?: string | null;
    readonly [field: string]: unknown;
  };
};

/** The events of one change of a chat. A chat is created and assigned, or set waiting, in one write: two events. */
export function chatEvents(before: Chat | null, after: Chat): readonly DomainEvent[] {
  const created = before === null ? [event(after, 'ChatCreated', 1, after.createdAt)] : [];
  if (before !== null && before.version === after.version) return [];
  return [...created, ...stateEvents(before, after)];
}

function stateEvents(before: Chat | null, after: Chat): DomainEvent[] {
  const isMoved = before?.state !== after.state || ownerOf(before) !== ownerOf(after);
  return [isMoved ? stateEvent(before, after) : transferEvent(before, after)].flat();
}

function ownerOf(chat: Chat | null): string | null {
  return chat?.state === 'open' || chat?.state === 'held' ? chat.agentId : null;
}

/** What a chat that came to this state, or to this agent, is told as. */
function stateEvent(before: Chat | null, after: Chat): DomainEvent | readonly [] {
  switch (after.state) {
    case 'waiting':
      return event(after, 'ChatWaiting', after.version, after.waitingSince);
    case 'offered': {
      const { id, groupId, agents, at } = after.offer;
      return event(after, 'ChatOffered', after.version, at, { groupId, agents, decisionId: id });
    }
    case 'open':
      return before?.state === 'held' ? resumed(after) : assigned(before, after);
    case 'held':
      return event(after, 'ChatHeld', after.version, after.heldSince, { agentId: after.agentId });
    case 'bot':
      return [];
    case 'closed':
      return event(after, 'ChatClosed', after.version, after.closedAt, {
        agentId: after.held?.agentId ?? null,
        closedAs: after.closedAs,
      });
  }
}

function resumed(chat: OpenChat): DomainEvent {
  const { version, resumedAt, assignedAt, agentId } = chat;
  return event(chat, 'ChatResumed', version, resumedAt ?? assignedAt, { agentId });
}

function assigned(before: Chat | null, after: OpenChat): DomainEvent {
  const assignment = after.assignments.at(-1);
  return event(after, 'ChatAssigned', after.version, after.assignedAt, {
    agentId: after.agentId,
    agentIdBefore: ownerOf(before),
    weight: after.weight,
    method: assignment?.method,
    decisionId: assignment?.decisionId ?? null,
  });
}

/**
 * What changes a chat that keeps its state and its agent: it was queued for a group, or asked for again; or a transfer
 * found nobody, and it stays.
 */
function transferEvent(before: Chat | null, after: Chat): DomainEvent | readonly [] {
  const { transfer, transferFailedAt, version } = after;
  if (transfer !== null && !isDeepStrictEqual(transfer, before?.transfer)) {
    return event(after, 'ChatTransferQueued', version, transfer.askedAt, queuedAs(transfer));
  }
  const isOld = transferFailedAt === (before?.transferFailedAt ?? null);
  if (transferFailedAt === null || isOld || after.state !== 'open') return [];
  const asked = before?.transfer ? queuedAs(before.transfer) : {};
  return event(after, 'ChatTransferFailed', version, transferFailedAt, { agentId: ownerOf(after), ...asked });
}

function queuedAs({ askedAt: _, createdOn, ...transfer }: QueuedTransfer) {
  return { ...transfer, createdOn: new Date(createdOn).toISOString() };
}

function event(
  chat: Chat,
  type: EventType,
  version: number,
  at: number,
  more: Record<string, unknown> = {},
): DomainEvent {
  return {
    type,
    detail: {
      eventId: `${chat.id}#${version}`,
      at: new Date(at).toISOString(),
      projectId: chat.projectId,
      chatId: chat.id,
      channelId: chat.channelId,
      visitorId: chat.visitorId,
      state: chat.state,
      versionBefore: version - 1,
      versionAfter: version,
      ...more,
    },
  };
}

/** The event of a message; what it says stays in the table. */
export function messageEvents(projectId: ProjectId, message: Message): readonly DomainEvent[] {
  const { chatId, from, at } = message;
  const id = messageId(message);
  return [
    {
      type: 'MessagePosted',
      detail: {
        eventId: `${id}#1`,
        at: new Date(at).toISOString(),
        projectId,
        chatId,
        messageId: id,
        from,
        versionBefore: 0,
        versionAfter: 1,
      },
    },
  ];
}

/** The event of a change of an agent's row, if its status changed. */
export function agentEvents(
  projectId: ProjectId,
  before: Agent | null,
  after: Agent,
): readonly DomainEvent[] {
  if (before?.status === after.status) return [];
  return [
    {
      type: 'AgentStatusChanged',
      detail: {
        eventId: `${projectId}/${after.id}#${after.version}`,
        at: new Date(after.statusSince).toISOString(),
        projectId,
        agentId: after.id,
        status: after.status,
        statusBefore: before?.status ?? null,
        statusReason: after.statusReason,
        versionBefore: before?.version ?? 0,
        versionAfter: after.version,
      },
    },
  ];
}
