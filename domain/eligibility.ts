import { type Candidate, hasRoom } from './agent.ts';
import type { ChannelId } from './brands.ts';

/** What a chat asks of an agent. `weight` is its channel's present weight. */
export type Demand = { readonly channelId: ChannelId; readonly weight: number };

type Condition = {
  readonly why: string;
  readonly rule: string;
  readonly holds: (agent: Candidate, demand: Demand) => boolean;
};

/**
 * Who is available: the four conditions of seed 002, "The client initiates the chat", step 1, in its order.
 * `why` is the code recorded for the first condition an agent fails.
 */
export const CONDITIONS = [
  { why: 'inactive', rule: 'is active', holds: agent => agent.active },
  { why: 'other-channel', rule: 'works with the channel', holds: worksWith },
  { why: 'not-online', rule: 'is online', holds: agent => agent.status === 'online' },
  { why: 'no-room', rule: 'has room', holds: (agent, demand) => hasRoom(agent.vacancy, demand.weight) },
] as const satisfies readonly Condition[];

export type Ineligible = (typeof CONDITIONS)[number]['why'];

/** The first condition the agent fails, or null when it is available for this chat. */
export function ineligible(agent: Candidate, demand: Demand): Ineligible | null {
  for (const condition of CONDITIONS) if (!condition.holds(agent, demand)) return condition.why;
  return null;
}

/** `channels` null means all channels. */
export function worksWith(agent: Pick<Candidate, 'channels'>, demand: Pick<Demand, 'channelId'>): boolean {
  return agent.channels === null || agent.channels.includes(demand.channelId);
}
