import type { Instant } from '../brands.ts';
import type { Assignment, ChatIn, OpenChat } from '../chat.ts';

export type Assign = Omit<Assignment, 'at' | 'createdOn'> &
  Partial<Pick<Assignment, 'createdOn'>> & {
    /** What the agent is charged, in units of load. */
    readonly weight: number;
  };

/** The chat becomes the agent's: claimed, accepted, or moved from a bot or from another agent. */
export function assign(
  chat: ChatIn<'assign' | 'accept' | 'transfer' | 'handOver'>,
  to: Assign,
  now: Instant,
): OpenChat {
  const rest = unassigned(chat);
  const { weight, ...assignment } = to;
  return {
    ...rest,
    state: 'open',
    agentId: to.agentId,
    weight,
    forced: to.forced,
    assignedAt: now,
    resumedAt: null,
    lastServedBy: to.agentId,
    transfer: null,
    assignments: [...chat.assignments, { createdOn: null, ...assignment, at: now }],
    version: chat.version + 1,
  };
}

/** What stays of a chat when it leaves the line, its offer ends, or it leaves its agent. */
function unassigned(chat: ChatIn<'assign' | 'accept' | 'transfer' | 'handOver'>) {
  switch (chat.state) {
    case 'waiting': {
      const { waitingSince: _, ...rest } = chat;
      return rest;
    }
    case 'offered': {
      const { offer: _, ...rest } = chat;
      return rest;
    }
    case 'open':
    case 'bot':
      return chat;
  }
}
