import type { AgentRecord, ChatRecord } from '../../local/demo/answers.ts';

/** Chats and agents as the API tells them, for tests of the recount; times are small numbers, in milliseconds. */
export function chat(given: Partial<ChatRecord> & { id: string }): ChatRecord {
  const agentId = given.agentId ?? null;
  return {
    state: given.closedAt ? 'closed' : agentId === null ? 'waiting' : 'open',
    channelId: 'banking',
    agentId,
    weight: agentId === null ? null : 1,
    forced: false,
    returning: false,
    createdAt: 0,
    assignedAt: null,
    closedAt: null,
    closedAs: null,
    assignments: agentId === null ? [] : [{ agentId, method: 'automatic' }],
    ...given,
  };
}

export function agent(given: Partial<AgentRecord> = {}): AgentRecord {
  return { id: 'elm', channels: null, maxLoad: 1, load: 0, openChats: 0, ...given };
}

export const WEIGHTS: ReadonlyMap<string, number> = new Map([
  ['banking', 1],
  ['stock', 2],
]);
