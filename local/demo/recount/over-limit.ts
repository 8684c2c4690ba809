import type { AgentRecord, ChatRecord } from '../answers.ts';
import { isAutomatic, isGiven, loadBefore } from './held-by.ts';

export type OverLimit = {
  readonly chatId: string;
  readonly agentId: string;
  readonly load: number;
  readonly maxLoad: number;
};

/** Every automatic claim that took its agent above the limit. Load grows only by claims, so no moment is left out. */
export function overLimit(chats: readonly ChatRecord[], agents: readonly AgentRecord[]): OverLimit[] {
  const limits = new Map(agents.map(({ id, maxLoad }) => [id, maxLoad]));
  const given = chats.filter(isGiven);
  return given.filter(isAutomatic).flatMap(chat => {
    const maxLoad = limits.get(chat.agentId) ?? null;
    const load = loadBefore(chat, given) + chat.weight;
    if (maxLoad === null || load <= maxLoad) return [];
    return { chatId: chat.id, agentId: chat.agentId, load, maxLoad };
  });
}
