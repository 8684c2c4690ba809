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

/** A chat of the agent's. `weight` is what it was charged, in units of load; a held one is not in the load. */
type Owned = {
  readonly id: ChatId;
  readonly state: 'open' | 'held';
  readonly weight: number;
  readonly createdAt: Instant;
};

/** The agent after it put an open chat on hold: it is out of load and count. */
export function relieved(agent: Agent, { weight }: Pick<Owned, 'weight'>): Agent {
  return { ...counted(agent, -1, -weight), heldChats: agent.heldChats + 1, version: agent.version + 1 };
}

/** The agent after it took a held chat back: room is not asked. */
export function burdened(agent: Agent, { weight }: Pick<Owned, 'weight'>): Agent {
  return { ...counted(agent, 1, weight), heldChats: agent.heldChats - 1, version: agent.version + 1 };
}

/** The agent after a chat of its left it: exactly what was charged is released. */
export function without(agent: Agent, { id: chatId, state, weight }: Omit<Owned, 'createdAt'>): Agent {
  const left = state === 'open' ? counted(agent, -1, -weight) : agent;
  return {
    ...left,
    heldChats: agent.heldChats - (state === 'held' ? 1 : 0),
    chatIds: agent.chatIds.filter(id => id !== chatId),
    version: agent.version + 1,
  };
}

/** The agent after a chat left it because it did not answer. */
export function missed(agent: Agent): Agent {
  return { ...agent, missedChats: agent.missedChats + 1 };
}

/** The agent after one of its chats closed: it leaves, and the close counts for the agent. */
export function released(agent: Agent, chat: Owned, now: Instant): Agent {
  return {
    ...without(agent, chat),
    lastClosedAt: now,
    recentCloses: [...agent.recentCloses, closeOf(chat.createdAt, now)],
  };
}

function counted(agent: Agent, chats: 1 | -1, weight: number): Agent {
  const load = agent.load + weight;
  return { ...agent, load, vacancy: vacancyOf(agent.maxLoad, load), openChats: agent.openChats + chats };
}
