import type { AgentRecord } from '../answers.ts';
import { type Given, loadBefore } from './held-by.ts';

/** One agent's day, in weight units of load and counts of chats. */
export type AgentDay = {
  readonly agentId: string;
  readonly chats: number;
  readonly loadMax: number;
  /** Over the time the agent was online; chats it still had after its shift count in. */
  readonly loadMean: number;
  readonly maxLoad: number | null;
};

export function agentDay(agent: AgentRecord, given: readonly Given[], onlineSeconds: number): AgentDay {
  const own = given.filter(chat => chat.agentId === agent.id);
  const loadMs = own.reduce(
    (sum, chat) => sum + chat.weight * ((chat.closedAt ?? chat.assignedAt) - chat.assignedAt),
    0,
  );
  return {
    agentId: agent.id,
    chats: own.length,
    loadMax: Math.max(0, ...own.map(chat => loadBefore(chat, own) + chat.weight)),
    loadMean: onlineSeconds === 0 ? 0 : round2(loadMs / 1_000 / onlineSeconds),
    maxLoad: agent.maxLoad,
  };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
