import type { ChatRecord } from '../answers.ts';

/** A chat that an agent was given: who, when, and what it was charged. */
export type Given = ChatRecord & {
  readonly agentId: string;
  readonly assignedAt: number;
  readonly weight: number;
};

export function isGiven(chat: ChatRecord): chat is Given {
  return chat.agentId !== null && chat.assignedAt !== null && chat.weight !== null;
}

/** Given out by a rule, and not because somebody accepted it or was chosen by hand. */
export function isAutomatic(chat: Given): boolean {
  return !chat.forced && chat.assignments.at(-1)?.method === 'automatic';
}

/** Whether `a` was created before `b`: ids are sortable by time, and settle the same millisecond. */
export function isOlder(a: ChatRecord, b: ChatRecord): boolean {
  return a.createdAt === b.createdAt ? a.id < b.id : a.createdAt < b.createdAt;
}

/**
 * What the agent of `chat` had been charged for other chats at the moment it was given this one, counted from the
 * chats alone. Of those given in the same millisecond the older ones came first; what closed in it was released first.
 */
export function loadBefore(chat: Given, chats: readonly Given[]): number {
  const at = chat.assignedAt;
  let load = 0;
  for (const other of chats) {
    if (other.agentId !== chat.agentId || other.id === chat.id) continue;
    const cameBefore = other.assignedAt < at || (other.assignedAt === at && isOlder(other, chat));
    const isGone = other.closedAt !== null && other.closedAt <= at;
    if (cameBefore && !isGone) load += other.weight;
  }
  return load;
}
