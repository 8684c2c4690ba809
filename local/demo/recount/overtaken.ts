import type { AgentRecord, ChatRecord } from '../answers.ts';
import { type Given, isAutomatic, isGiven, isOlder, loadBefore } from './held-by.ts';
import type { Standing } from './standing.ts';

export type Overtaken = {
  /** Went on waiting, although the agent could have taken it. */
  readonly chatId: string;
  /** Was given to the agent instead, although younger. */
  readonly by: string;
  readonly agentId: string;
};

/**
 * Every older chat that still waited when a younger one was given out automatically, to an agent who works with the
 * older one's channel too and had room for it at that moment. Written from the rule, not from the code that keeps it.
 */
export function overtaken({ chats, agents, weights }: Standing): Overtaken[] {
  const byId = new Map(agents.map(agent => [agent.id, agent]));
  const given = chats.filter(isGiven);
  return given.filter(isAutomatic).flatMap(younger => {
    const agent = byId.get(younger.agentId);
    const older = chats.filter(chat => isOlder(chat, younger) && waitedAt(chat, younger.assignedAt));
    if (agent === undefined || older.length === 0) return [];
    const vacancy = vacancyBefore(younger, agent, given);
    return older
      .filter(chat => worksWith(agent, chat) && (weights.get(chat.channelId) ?? 1) <= vacancy)
      .map(chat => ({ chatId: chat.id, by: younger.id, agentId: agent.id }));
  });
}

/** Still waiting after that moment: neither given out nor closed by then. */
function waitedAt({ assignedAt, closedAt }: ChatRecord, at: number): boolean {
  return (assignedAt ?? Number.POSITIVE_INFINITY) > at && (closedAt ?? Number.POSITIVE_INFINITY) > at;
}

function vacancyBefore(chat: Given, { maxLoad }: AgentRecord, given: readonly Given[]): number {
  return maxLoad === null ? Number.POSITIVE_INFINITY : maxLoad - loadBefore(chat, given);
}

function worksWith({ channels }: AgentRecord, { channelId }: ChatRecord): boolean {
  return channels === null || channels.includes(channelId);
}
