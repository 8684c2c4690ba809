import type { AgentId, Instant } from '../brands.ts';
import type { Assignment, ChatIn, OpenChat } from '../chat.ts';

type Assign = Omit<Assignment, 'at'> & {
  /** What the agent is charged, in units of load. */
  readonly weight: number;
};

/** The chat becomes the agent's, by an automatic claim or because the agent accepted it. */
export function assign(chat: ChatIn<'assign' | 'accept'>, to: Assign, now: Instant): OpenChat {
  const { waitingSince: _, ...rest } = chat;
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

/** Whether this is what `assign` made of the chat: how a claim whose answer was lost is recognised. */
export function isAssignedAs(
  chat: { readonly state: string; readonly version: number; readonly agentId?: AgentId },
  meant: OpenChat,
): boolean {
  return chat.state === 'open' && chat.version === meant.version && chat.agentId === meant.agentId;
}
