import type {
  AgentId,
  ChannelId,
  ChatId,
  DecisionId,
  GroupId,
  Instant,
  ProjectId,
  VisitorId,
} from './brands.ts';
import type { Asked } from './scope.ts';

/**
 * How an agent came to a chat. `distributed-by-…`: by the group distribution job, after a bot's or a person's transfer
 * (seed 002, "Distribution Logic for Chatbot"). `changed-agent`: the one before did not answer.
 */
export const ASSIGNMENT_METHODS = [
  'automatic',
  'original-agent',
  'agent-initiated',
  'accepted',
  'transfer',
  'changed-agent',
  'distributed-by-chatbot',
  'distributed-by-operator',
] as const;
type AssignmentMethod = (typeof ASSIGNMENT_METHODS)[number];

export const CLOSED_AS = ['closed-by-agent', 'closed-by-visitor', 'closed-by-operator', 'no-answer'] as const;
export type ClosedAs = (typeof CLOSED_AS)[number];

export type Assignment = {
  readonly agentId: AgentId;
  readonly method: AssignmentMethod;
  readonly at: Instant;
  readonly reason: string | null;
  readonly forced: boolean;
  readonly decisionId: DecisionId | null;
  /** When the chat had been queued for its group; only where the job gave it out. */
  readonly createdOn: Instant | null;
};

/** A chat on its way to a group, until the job has decided about it once (seed 002, "How chats get into the queue"). */
export type QueuedTransfer = {
  readonly groupId: GroupId;
  readonly reason: string | null;
  /** A bot asked for it, not a person. */
  readonly isBotTransfer: boolean;
  /** What the queue is sorted by. */
  readonly createdOn: Instant;
  /** When it was asked for last; the record keeps its place when that is for the same group again. */
  readonly askedAt: Instant;
};

export type Visitor = {
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, string>>;
};

type Common = {
  readonly id: ChatId;
  readonly projectId: ProjectId;
  readonly channelId: ChannelId;
  /** The scope the chat is searched in or was given out in; null = the team. */
  readonly groupId: GroupId | null;
  /** Where it asks to be searched, whatever the settings become meanwhile. */
  readonly asked: Asked;
  readonly visitorId: VisitorId;
  readonly visitor: Visitor;
  /** An earlier chat of this visitor in this project was assigned to an agent. */
  readonly returning: boolean;
  /** Who last served this visitor, in this chat or an earlier one. */
  readonly lastServedBy: AgentId | null;
  readonly assignments: readonly Assignment[];
  readonly createdAt: Instant;
  /** Queued for a group; null = it is not. */
  readonly transfer: QueuedTransfer | null;
  /** It was handed over to the group it asks for: no rule for visitors holds any more, but that for transfers. */
  readonly handedOver: boolean;
  /** The estimate its visitor was given when it began to wait, in seconds; null = none. */
  readonly toldWaitSeconds: number | null;
  /** When a transfer to a group last found nobody, and the chat stayed with its agent. */
  readonly transferFailedAt: Instant | null;
  /** Counts the changes of the chat: creation is 1, each change after it one more. */
  readonly version: number;
};

/** Nobody's yet; the search reaches it. */
export type WaitingChat = Common & { readonly state: 'waiting'; readonly waitingSince: Instant };

/** Whom an offer was made to: those of the scope who were active and worked with the channel at that moment. */
export type Offer = {
  /** The decision that made it; the list of those it went to is kept under this id. */
  readonly id: DecisionId;
  /** Null = the team. */
  readonly groupId: GroupId | null;
  readonly agents: number;
  readonly at: Instant;
};

/** Shown to several agents, with no owner and no load, until one accepts. */
export type OfferedChat = Common & {
  readonly state: 'offered';
  readonly offer: Offer;
};

/** An agent's. `weight` is what was charged at the claim, and exactly that is released. */
export type OpenChat = Common & {
  readonly state: 'open';
  readonly agentId: AgentId;
  readonly weight: number;
  readonly forced: boolean;
  readonly assignedAt: Instant;
  /** When it was last taken back from hold; null = never. Timers start again from here. */
  readonly resumedAt: Instant | null;
};

/** Its agent's, and out of load and count (seed 002, "On hold chat conversation"). */
export type HeldChat = Omit<OpenChat, 'state'> & { readonly state: 'held'; readonly heldSince: Instant };

/** A bot talks with the visitor; no agent has it, and no search reaches it until the bot hands it over. */
export type BotChat = Common & { readonly state: 'bot' };

/** Over. Keeps who held it and what had been charged, if anybody did. */
export type ClosedChat = Common & {
  readonly state: 'closed';
  readonly held: Pick<OpenChat, 'agentId' | 'weight' | 'forced' | 'assignedAt'> | null;
  /** It was still with a bot. */
  readonly withBot: boolean;
  readonly closedAt: Instant;
  readonly closedAs: ClosedAs;
};

export type Chat = WaitingChat | OfferedChat | OpenChat | HeldChat | BotChat | ClosedChat;

export const CHAT_STATES = ['waiting', 'offered', 'open', 'held', 'bot', 'closed'] as const;
export type ChatState = (typeof CHAT_STATES)[number];

/** Which verb is legal in which state. A verb that does not fit is refused with the state it met. */
export const LEGAL = {
  assign: ['waiting'],
  offer: ['waiting'],
  withdraw: ['offered'],
  accept: ['waiting', 'offered'],
  hold: ['open'],
  resume: ['held'],
  transfer: ['open'],
  queue: ['open', 'bot'],
  handOver: ['bot'],
  close: ['waiting', 'offered', 'open', 'held', 'bot'],
} as const satisfies Record<string, readonly ChatState[]>;

export type Verb = keyof typeof LEGAL;
export type ChatIn<V extends Verb> = Extract<Chat, { state: (typeof LEGAL)[V][number] }>;

/** Narrows a chat to the states in which the verb is legal. */
export function isLegal<V extends Verb>(verb: V, chat: Chat): chat is ChatIn<V> {
  return (LEGAL[verb] as readonly ChatState[]).includes(chat.state);
}
