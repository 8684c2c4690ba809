import { type Candidate, hasRoom } from './agent.ts';
import type { AgentId, ChannelId, GroupId } from './brands.ts';

/** What a chat asks of an agent. */
export type Demand = {
  readonly channelId: ChannelId;
  /** The channel's present weight, in units of load. */
  readonly weight: number;
  /** Only members of this group; null = the whole team. */
  readonly groupId: GroupId | null;
  /** Allocation by reception weight: who has no share gets nothing. */
  readonly byShare: boolean;
  /** The agent it is to leave, who is not a candidate; null = it has none. */
  readonly currentAgent: AgentId | null;
};

type Condition = {
  readonly why: string;
  readonly rule: string;
  readonly holds: (agent: Candidate, demand: Demand) => boolean;
};

/**
 * Who is available: the four conditions of seed 002, "The client initiates the chat", step 1, in its order; the fifth,
 * membership of the group, is the scope. Whose chat is being transferred is no candidate. `why` is the code recorded for the first condition an agent fails.
 */
export const CONDITIONS = [
  {
    why: 'current-agent',
    rule: 'is not the agent who has it',
    holds: (agent, { currentAgent }) => agent.id !== currentAgent,
  },
  { why: 'inactive', rule: 'is active', holds: agent => agent.active },
  { why: 'other-channel', rule: 'works with the channel', holds: worksWith },
  { why: 'not-online', rule: 'is online', holds: agent => agent.status === 'online' },
  { why: 'no-room', rule: 'has room', holds: (agent, demand) => hasRoom(agent.vacancy, demand.weight) },
  {
    why: 'no-share',
    rule: 'has a share',
    holds: (agent, demand) => !demand.byShare || agent.receptionWeight > 0,
  },
] as const satisfies readonly Condition[];

export type Ineligible = (typeof CONDITIONS)[number]['why'];

/** Whether the agent is one of those the chat is searched among. */
export function isInScope(agent: Pick<Candidate, 'groups'>, { groupId }: Pick<Demand, 'groupId'>): boolean {
  return groupId === null || agent.groups.includes(groupId);
}

/** The first condition the agent fails, or null when it is available for this chat. */
export function ineligible(agent: Candidate, demand: Demand): Ineligible | null {
  for (const condition of CONDITIONS) if (!condition.holds(agent, demand)) return condition.why;
  return null;
}

/** The first condition that even a forced claim does not waive: active, and the channel. Null = it may be forced. */
export function unforceable(agent: Candidate, demand: Demand): 'inactive' | 'other-channel' | null {
  if (!agent.active) return 'inactive';
  return worksWith(agent, demand) ? null : 'other-channel';
}

/** Those an offer goes to: every active agent of the scope who works with the channel, whatever status or load. */
export function offerees(agents: readonly Candidate[], demand: Demand): readonly Candidate[] {
  return agents.filter(agent => isInScope(agent, demand) && unforceable(agent, demand) === null);
}

/** `channels` null means all channels. */
export function worksWith(agent: Pick<Candidate, 'channels'>, demand: Pick<Demand, 'channelId'>): boolean {
  return agent.channels === null || agent.channels.includes(demand.channelId);
}
