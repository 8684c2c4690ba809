import type { Agent } from '../domain/agent.ts';
import type { AgentId, Instant } from '../domain/brands.ts';
import { NO_QUEUE_POSITION } from '../domain/group.ts';

/** All ids are equally long, so that no row is larger for being a later one. */
export const agentIdAt = (index: number) => `agent-${String(index).padStart(5, '0')}` as AgentId;

const BEGIN = Date.UTC(2027, 0, 4, 8);

/** An agent that is online, in no group, and has not had a chat yet. */
export function onlineAgent(card: Pick<Agent, 'id' | 'maxLoad'> & Partial<Agent>): Agent {
  return {
    name: card.id,
    active: true,
    groups: [],
    channels: null,
    receptionWeight: 1,
    memberOrder: 1,
    status: 'online',
    statusSince: 0 as Instant,
    statusReason: 'set-by-operator',
    queuePosition: NO_QUEUE_POSITION,
    load: 0,
    openChats: 0,
    heldChats: 0,
    missedChats: 0,
    vacancy: card.maxLoad,
    lastClosedAt: null,
    tally: null,
    recentCloses: [],
    schedule: null,
    nextEdgeAt: null,
    chatIds: [],
    version: BEGIN,
    cardVersion: BEGIN,
    ...card,
  };
}

/** When the agent last closed a chat: each at a moment of its own, as in a team that has worked. */
export const closedBefore = (index: number) => (BEGIN - index * 1_000) as Instant;
