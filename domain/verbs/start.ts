import type { AgentId, ChannelId, ChatId, GroupId, Instant, ProjectId, VisitorId } from '../brands.ts';
import type { BotChat, Chat, Visitor, WaitingChat } from '../chat.ts';
import type { Asked } from '../scope.ts';

export type Start = {
  readonly id: ChatId;
  readonly projectId: ProjectId;
  readonly channelId: ChannelId;
  readonly asked: Asked;
  /** The group it is searched in; null = the team. */
  readonly groupId: GroupId | null;
  readonly visitorId: VisitorId;
  readonly visitor: Visitor;
  /** The visitor's chat before this one, if there was any. */
  readonly previous: Chat | null;
};

/** A chat as it is created, version 1: nobody's yet. It is either assigned or begins to wait in the same write. */
export function start(chat: Start, now: Instant): WaitingChat {
  const { previous, ...given } = chat;
  const lastServedBy: AgentId | null = previous?.lastServedBy ?? null;
  return {
    ...given,
    state: 'waiting',
    returning: lastServedBy !== null,
    lastServedBy,
    assignments: [],
    createdAt: now,
    waitingSince: now,
    transfer: null,
    handedOver: false,
    toldWaitSeconds: null,
    transferFailedAt: null,
    version: 1,
  };
}

/** The created chat is a bot's, until the bot hands it over. */
export function startWithBot(chat: WaitingChat): BotChat {
  const { waitingSince: _, ...rest } = chat;
  return { ...rest, state: 'bot' };
}

/** The created chat begins to wait: nobody was available, or an older chat goes first. */
export function wait(chat: WaitingChat): WaitingChat {
  return { ...chat, version: chat.version + 1 };
}
