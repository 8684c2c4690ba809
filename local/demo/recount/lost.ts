import type { ChatRecord } from '../answers.ts';

export type Lost = { readonly chatId: string; readonly why: 'not-listed' | 'never-started' | 'nobodys' };

/** Every chat that started and is not in the list, is listed and never started, or is open and nobody's. */
export function lost(startedIds: Iterable<string>, chats: readonly ChatRecord[]): Lost[] {
  const started = new Set(startedIds);
  const listed = new Set(chats.map(chat => chat.id));
  return [
    ...[...started].filter(id => !listed.has(id)).map(id => found(id, 'not-listed')),
    ...[...listed].filter(id => !started.has(id)).map(id => found(id, 'never-started')),
    ...chats.filter(chat => !isAccountedFor(chat)).map(({ id }) => found(id, 'nobodys')),
  ];
}

function isAccountedFor({ state, agentId, closedAt }: ChatRecord): boolean {
  if (state === 'closed') return closedAt !== null;
  return state === 'waiting' ? agentId === null : agentId !== null;
}

function found(chatId: string, why: Lost['why']): Lost {
  return { chatId, why };
}
