import type { AgentId, ChatId, GroupId, ProjectId } from '../../domain/brands.ts';
import type { Caller } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import { Problem } from '../edge/problems.ts';
import { matchesHash } from '../edge/visitor-token.ts';
import { readAgent } from '../store/agents.ts';
import type { StoredChat } from '../store/chat-row.ts';
import { readChat } from '../store/chats.ts';
import { readProject } from '../store/projects.ts';

/** Reads what a route is about, or answers that it is not there, or not yours: the two look the same. */
export async function theProject(context: Context, id: ProjectId) {
  const project = await readProject(context.table, id);
  if (project === null) throw noSuchProject();
  return project;
}

export function noSuchProject(): Problem {
  return new Problem('not-found', 'There is no such project.');
}

export async function theAgent(context: Context, projectId: ProjectId, id: AgentId) {
  const agent = await readAgent(context.table, projectId, id);
  if (agent === null) throw new Problem('not-found', 'There is no such agent in this project.');
  return agent;
}

/** The chat, if the caller may see it: a visitor sees its own only. */
export async function theChat(
  context: Context,
  { projectId, chatId }: { readonly projectId: ProjectId; readonly chatId: ChatId },
  caller: Caller,
): Promise<StoredChat> {
  const stored = await readChat(context.table, projectId, chatId);
  if (stored === null || !maySee(caller, stored)) {
    throw new Problem('not-found', 'There is no such chat in this project.');
  }
  return stored;
}

export function primaryGroupNeeded(id: GroupId): Problem {
  return new Problem(
    'primary-group-needed',
    `The policy in force searches in the primary group ${id}. Mark another one or switch the policy first.`,
  );
}

function maySee(caller: Caller, { tokenHash }: StoredChat): boolean {
  return caller.kind !== 'visitor' || matchesHash(caller.token, tokenHash);
}
