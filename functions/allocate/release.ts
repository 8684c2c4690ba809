import type { Agent } from '../../domain/agent.ts';
import type { Instant } from '../../domain/brands.ts';
import type { HeldChat, OpenChat } from '../../domain/chat.ts';
import { fold, RECENT_CLOSES_MAX } from '../../domain/closes.ts';
import { released } from '../../domain/load.ts';
import type { Context } from '../edge/context.ts';
import type { AgentChange } from '../store/changes.ts';
import { readPastCloses } from '../store/closes.ts';

/** What the close of a chat does to its agent. Every so many closes the recent ones move into its history, in the same write. */
export async function releaseHolder(
  { table }: Context,
  before: Agent,
  chat: OpenChat | HeldChat,
  now: Instant,
): Promise<AgentChange> {
  const after = released(before, chat, now);
  if (after.recentCloses.length <= RECENT_CLOSES_MAX) return { before, after };
  const past = fold(await readPastCloses(table, chat.projectId, chat.agentId), after.recentCloses, now);
  return { before, after: { ...after, recentCloses: [] }, past };
}
