import type {
  AgentId,
  ChannelId,
  ChatId,
  DecisionId,
  GroupId,
  Instant,
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

/** That all chats of the project are to be looked at for answers, since its time-outs were changed. */
export const watchKey = (id: ProjectId): Key => ({ pk: project(id), sk: 'WATCH' });

/** How many chats were started in a minute: of the project, or from one address. */
export const startsKey = (id: ProjectId, of: string, minute: Instant): Key => ({
  pk: `${project(id)}#STARTS#${of}`,
  sk: sortable(minute),
});

/** Where the rotation of policy `member-order` stands. */
export const cursorKey = (id: ProjectId): Key => ({ pk: project(id), sk: 'CURSOR' });

/** One row per member of a group, so that a group is read at its own cost and not at the team's. */
export const membersPartition = (id: ProjectId, group: GroupId) => `${project(id)}#MEMBERS#${group}`;
export const memberKey = (id: ProjectId, group: GroupId, agent: AgentId): Key => ({
  pk: membersPartition(id, group),
  sk: agent,
});

export const rosterPartition = (id: ProjectId) => `${project(id)}#ROSTER`;
export const agentKey = (id: ProjectId, agent: AgentId): Key => ({ pk: rosterPartition(id), sk: agent });

/** What an agent closed before its recent closes. */
export const pastClosesKey = (id: ProjectId, agent: AgentId): Key => ({
  pk: `${project(id)}#CLOSES`,
  sk: agent,
});

/** What the board shows, as it was counted last. */
export const boardKey = (id: ProjectId): Key => ({ pk: project(id), sk: 'BOARD' });
/** What the next count of the board goes on from: much larger than what is shown. */
export const boardCountKey = (id: ProjectId): Key => ({ pk: project(id), sk: 'BOARD#COUNT' });

/** When an agent's last heartbeat came. */
const presencePartition = (id: ProjectId) => `${project(id)}#PRESENCE`;
export const presenceKey = (id: ProjectId, agent: AgentId): Key => ({ pk: presencePartition(id), sk: agent });

export const linePartition = (id: ProjectId) => `${project(id)}#LINE`;
export const placeKey = (id: ProjectId, chat: ChatId): Key => ({ pk: linePartition(id), sk: chat });

/** The offers nobody has accepted yet. */
export const offersPartition = (id: ProjectId) => `${project(id)}#OFFERS`;
export const openOfferKey = (id: ProjectId, chat: ChatId): Key => ({ pk: offersPartition(id), sk: chat });

/** Chats queued for a group, in the order they are served. */
export const queuePartition = (id: ProjectId) => `${project(id)}#QUEUE`;
export const queuedKey = (id: ProjectId, createdOn: Instant, chat: ChatId): Key => ({
  pk: queuePartition(id),
  sk: `${sortable(createdOn)}#${chat}`,
});

/** The group distribution jobs of all projects: whether they run, and what they did last. */
export const JOBS_PARTITION = 'JOBS';
export const jobKey = (id: ProjectId): Key => ({ pk: JOBS_PARTITION, sk: id });

export const chatPartition = (id: ProjectId, chat: ChatId) => `${project(id)}#CHAT#${chat}`;
/** The reverse of `chatPartition`. Throws on the key of anything else. */
export function idsOfChat(partition: string): { readonly projectId: ProjectId; readonly chatId: ChatId } {
  const [, projectId, chatId] = /^P#([^#]+)#CHAT#([^#]+)$/.exec(partition) ?? [];
  if (projectId === undefined || chatId === undefined) throw new Error(`${partition} is no chat's partition`);
  return { projectId: projectId as ProjectId, chatId: chatId as ChatId };
}
export const chatKey = (id: ProjectId, chat: ChatId): Key => ({ pk: chatPartition(id, chat), sk: 'CHAT' });
export const decisionKey = (id: ProjectId, chat: ChatId, decision: DecisionId): Key => ({
  pk: chatPartition(id, chat),
  sk: `DECISION#${decision}`,
});
/** Those an offer went to are spread over rows that stay small, so that looking one of them up costs one read. */
export const offereesPrefix = (offer: DecisionId) => `OFFER#${offer}#`;
export const offereesKey = (id: ProjectId, chat: ChatId, offer: DecisionId, part: number): Key => ({
  pk: chatPartition(id, chat),
  sk: `${offereesPrefix(offer)}${part}`,
});
/** Messages sort right before the chat's own row, `CHAT`: one query reads the chat and what was said last. */
export const MESSAGES_BEGIN = 'BODY#';
export const messageKey = (id: ProjectId, chat: ChatId, number: number): Key => ({
  pk: chatPartition(id, chat),
  sk: `${MESSAGES_BEGIN}${String(number).padStart(6, '0')}`,
});
export const numberOfMessage = (sk: string): number => Number(sk.slice(MESSAGES_BEGIN.length));

/** When the sweep next looks whether somebody has not answered. */
export const deadlineKey = (id: ProjectId, chat: ChatId): Key => ({
  pk: chatPartition(id, chat),
  sk: 'DEADLINE',
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
/** What the minute's sweep looks at, for the whole deployment: schedule edges, unfinished groups, waiting chats, offers, queues. */
export const SWEEP_LIST = 'SWEEP';
export const sweepWatch = (id: ProjectId) => `answers#${id}#all`;
export const sweepWaiting = (id: ProjectId, chat: ChatId) => `line#${id}#${chat}`;
export const sweepOffer = (id: ProjectId, chat: ChatId) => `offer#${id}#${chat}`;
export const SWEEP_QUEUED = 'queue#';
export const sweepQueued = (id: ProjectId, chat: ChatId) => `${SWEEP_QUEUED}${id}#${chat}`;
export const sweepGroup = (id: ProjectId, group: GroupId) => `group#${id}#${group}`;
/** What is due at a time sorts by it, so that all that is due is one range, and behind all else, so that one query finds that nothing is. */
export const SWEEP_TIMED = 'timed#';
export const TIMER_KINDS = ['edge', 'presence', 'answer'] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];
export const sweepTimedAt = (at: Instant) => `${SWEEP_TIMED}${sortable(at)}#`;
export const sweepTimed = (at: Instant, kind: TimerKind, id: ProjectId, of: AgentId | ChatId) =>
  `${sweepTimedAt(at)}${kind}#${id}#${of}`;

/** Milliseconds since the epoch, so many digits that text sorts as time does. */
function sortable(at: Instant): string {
  return String(at).padStart(15, '0');
}
