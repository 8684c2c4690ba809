import type { Instant } from '../brands.ts';
import type { Assignment, ChatIn, OpenChat } from '../chat.ts';

type Assign = Omit<Assignment, 'at'> & {
  /** What the agent is charged, in units of load. */
  readonly weight: number;
};

/** The chat becomes the agent's, by an automatic claim or because the agent accepted it. */
export function assign(chat: ChatIn<'assign' | 'accept'>, to: Assign, now: Instant): OpenChat {
  const rest = unassigned(chat);
  const { weight, ...assignment } = to;
  return {
    ...rest,
    state: 'open',
    agentId: to.agentId,
    weight,
    forced: to.forced,
    assignedAt: now,
    lastServedBy: to.agentId,
    assignments: [...chat.assignments, { ...assignment, at: now }],
    version: chat.version + 1,
  };
}

/** What stays of a chat when it leaves the line, or its offer ends. */
function unassigned(chat: ChatIn<'assign' | 'accept'>) {
  if (chat.state === 'offered') {
    const { offer: _, ...rest } = chat;
    return rest;
  }
  const { waitingSince: _, ...rest } = chat;
  return rest;
}
