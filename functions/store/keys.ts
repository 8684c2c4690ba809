import type {
  AgentId,
  ChannelId,
  ChatId,
  DecisionId,
  GroupId,
  ProjectId,
  VisitorId,
} from '../../domain/brands.ts';
import type { ChatState } from '../../domain/chat.ts';
import type { Key } from './client.ts';

/** Every key of the table. Ids cannot hold `#`, so no id can reach into another's partition. */

const project = (id: ProjectId) => `P#${id}`;

export const projectKey = (id: ProjectId): Key => ({ pk: project(id), sk: 'PROJECT' });
export const channelKey = (id: ProjectId, channel: ChannelId): Key => ({
  pk: project(id),
  sk: `CHANNEL#${channel}`,
});
export const groupKey = (id: ProjectId, group: GroupId): Key => ({ pk: project(id), sk: `GROUP#${group}` });
/** Who searches for the waiting line now, and until when searches are armed. */
export const searchKey = (id: ProjectId): Key => ({ pk: project(id), sk: 'SEARCH' });

export const rosterPartition = (id: ProjectId) => `${project(id)}#ROSTER`;
export const agentKey = (id: ProjectId, agent: AgentId): Key => ({ pk: rosterPartition(id), sk: agent });

export const linePartition = (id: ProjectId) => `${project(id)}#LINE`;
export const placeKey = (id: ProjectId, chat: ChatId): Key => ({ pk: linePartition(id), sk: chat });

export const chatPartition = (id: ProjectId, chat: ChatId) => `${project(id)}#CHAT#${chat}`;
export const chatKey = (id: ProjectId, chat: ChatId): Key => ({ pk: chatPartition(id, chat), sk: 'CHAT' });
export const decisionKey = (id: ProjectId, chat: ChatId, decision: DecisionId): Key => ({
  pk: chatPartition(id, chat),
  sk: `DECISION#${decision}`,
});
export const messageKey = (id: ProjectId, chat: ChatId, message: string): Key => ({
  pk: chatPartition(id, chat),
  sk: `MESSAGE#${message}`,
});

export const visitorKey = (id: ProjectId, visitor: VisitorId): Key => ({
  pk: `${project(id)}#VISITOR#${visitor}`,
  sk: 'VISITOR',
});

export const systemKey: Key = { pk: 'SYSTEM', sk: 'SETTINGS' };
export const idempotencyKey = (digest: string): Key => ({ pk: `IDEMPOTENCY#${digest}`, sk: 'KEY' });

// Keys of the lists index.
export const chatsInState = (id: ProjectId, state: ChatState) => `${project(id)}#${state}`;
export const PROJECTS_LIST = 'PROJECTS';
/** What the minute's sweep looks at, for the whole deployment in one query: waiting chats and unfinished groups. */
export const SWEEP_LIST = 'SWEEP';
export const sweepWaiting = (id: ProjectId, chat: ChatId) => `line#${id}#${chat}`;
export const sweepGroup = (id: ProjectId, group: GroupId) => `group#${id}#${group}`;
