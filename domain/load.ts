import { type Agent, type Candidate, vacancyOf } from './agent.ts';
import type { ChatId, Instant } from './brands.ts';
import { closeOf } from './closes.ts';

/** The agent after a claim, as far as eligibility and ranking see it. `weight` in units of load. */
export function charged<A extends Candidate>(agent: A, weight: number): A {
  return {
    ...agent,
    openChats: agent.openChats + 1,
    vacancy: agent.vacancy === null ? null : agent.vacancy - weight,
    version: agent.version + 1,
  };
}

/** The agent after one write that gives it several chats. `weights` in units of load; one write is one change of the row. */
export function chargedTogether<A extends Candidate>(agent: A, weights: readonly number[]): A {
  const after = weights.reduce(charged, agent);
  return { ...after, version: agent.version + 1 };
}

/** The agent after it took a chat by hand: the load is added and may pass the limit. */
export function taken(agent: Agent, chatId: ChatId, weight: number): Agent {
  const load = agent.load + weight;
  return {
    ...charged(agent, weight),
    load,
    vacancy: vacancyOf(agent.maxLoad, load),
    chatIds: [...agent.chatIds, chatId],
  };
}

/** An open chat of the agent's that ends. `weight` is what it was charged, in units of load. */
type Ending = { readonly id: ChatId; readonly weight: number; readonly createdAt: Instant };

/** The agent after one of its open chats closed: exactly what was charged is released, and the close counts for it. */
export function released(agent: Agent, { id: chatId, weight, createdAt }: Ending, now: Instant): Agent {
  const load = agent.load - weight;
  return {
    ...agent,
    load,
    vacancy: vacancyOf(agent.maxLoad, load),
    openChats: agent.openChats - 1,
    chatIds: agent.chatIds.filter(id => id !== chatId),
    lastClosedAt: now,
    recentCloses: [...agent.recentCloses, closeOf(createdAt, now)],
    version: agent.version + 1,
  };
}
