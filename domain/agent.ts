import type { AgentId, ChannelId, ChatId, GroupId, Instant } from './brands.ts';
import type { Close, Tally } from './closes.ts';
import type { Schedule } from './schedule.ts';

export const STATUSES = ['online', 'busy', 'rest', 'offline'] as const;
export type Status = (typeof STATUSES)[number];

export const STATUS_REASONS = ['set-by-agent', 'set-by-operator', 'schedule', 'lost-connection'] as const;
export type StatusReason = (typeof STATUS_REASONS)[number];

/** What an operator writes about an agent. `channels` null = all channels, `maxLoad` null = unlimited. */
export type Card = {
  readonly name: string;
  readonly active: boolean;
  readonly groups: readonly GroupId[];
  readonly channels: readonly ChannelId[] | null;
  /** The reception limit in weight units; 0 = nothing automatic, null = unlimited. */
  readonly maxLoad: number | null;
  /** The share in weighted allocation; 0 = no automatic chats under that policy. */
  readonly receptionWeight: number;
  readonly memberOrder: number;
  /** The hours in which the agent is online by itself; null = the status is set by hand only. */
  readonly schedule: Schedule | null;
};

/** The part of an agent that eligibility and ranking look at; the rank index holds this, but for the tally. */
export type Candidate = {
  readonly id: AgentId;
  readonly name: string;
  readonly active: boolean;
  readonly channels: readonly ChannelId[] | null;
  readonly groups: readonly GroupId[];
  readonly status: Status;
  readonly queuePosition: number;
  readonly receptionWeight: number;
  readonly memberOrder: number;
  /** Count of open chats, held ones excluded. */
  readonly openChats: number;
  /** maxLoad - load in weight units; null = unlimited. Negative after a forced claim. */
  readonly vacancy: number | null;
  /** Null = never closed a chat, which counts as longest ago. */
  readonly lastClosedAt: Instant | null;
  /** What the agent closed, as of the decision; null where the ranking does not ask, then it is not read. */
  readonly tally: Tally | null;
  /** Counts the changes of the agent's row; every write to it names the version it saw. */
  readonly version: number;
};

export type Agent = Candidate &
  Card & {
    readonly statusSince: Instant;
    readonly statusReason: StatusReason;
    /** Sum of the charged weights of the open chats. */
    readonly load: number;
    readonly heldChats: number;
    readonly missedChats: number;
    /** The chats the agent owns, open or held. */
    readonly chatIds: readonly ChatId[];
    /** The closes not yet folded into the agent's history. */
    readonly recentCloses: readonly Close[];
    /** When the schedule's hours next begin or end; null = no schedule, or one without edges. */
    readonly nextEdgeAt: Instant | null;
    readonly cardVersion: number;
  };

/** Free room in weight units; null = unlimited (seed 002, Glossary, "Agent vacancy"). */
export function vacancyOf(maxLoad: number | null, load: number): number | null {
  return maxLoad === null ? null : maxLoad - load;
}

/** There is a free slot if the channel's weight is less than or equal to the vacancy (seed 002, Glossary). */
export function hasRoom(vacancy: number | null, weight: number): boolean {
  return vacancy === null || weight <= vacancy;
}

/** Whether some automatic chat, the lightest at least, could go to this agent now. */
export function canTakeSomething(agent: Pick<Agent, 'active' | 'status' | 'vacancy'>): boolean {
  return agent.active && agent.status === 'online' && hasRoom(agent.vacancy, 1);
}

export const MAX_LOAD_DEFAULT = 5;
export const RECEPTION_WEIGHT_DEFAULT = 1;
