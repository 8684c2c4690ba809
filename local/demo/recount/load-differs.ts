import type { AgentRecord, ChatRecord } from '../answers.ts';

export type LoadDiffers = {
  readonly agentId: string;
  readonly says: { readonly load: number; readonly openChats: number };
  readonly counted: { readonly load: number; readonly openChats: number };
};

/** Every agent whose own load or count of open chats is not the sum and the count over its open chats. */
export function loadDiffers(chats: readonly ChatRecord[], agents: readonly AgentRecord[]): LoadDiffers[] {
  return agents.flatMap(({ id, load, openChats }) => {
    const own = chats.filter(chat => chat.state === 'open' && chat.agentId === id);
    const counted = {
      load: own.reduce((sum, chat) => sum + (chat.weight ?? 0), 0),
      openChats: own.length,
    };
    if (counted.load === load && counted.openChats === openChats) return [];
    return { agentId: id, says: { load, openChats }, counted };
  });
}
