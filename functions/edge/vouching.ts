import type { ChatId, ProjectId } from '../../domain/brands.ts';
import { readChat } from '../store/chats.ts';
import { readProject } from '../store/projects.ts';
import { readVisitor } from '../store/visitors.ts';
import type { Caller } from './callers.ts';
import type { Context } from './context.ts';
import { stateOf } from './visitor-token.ts';

/** Whether the credential of a caller from outside holds, before anything is written for it; those of others were verified. */
export async function isVouchedFor(
  { table, now }: Context,
  caller: Caller,
  projectId: ProjectId,
  chatId: ChatId | null,
): Promise<boolean> {
  if (caller.kind === 'widget') {
    const project = await readProject(table, projectId);
    const isAllowed = caller.origin === null || project?.allowedOrigins.includes(caller.origin);
    return project?.widgetKey === caller.key && isAllowed === true;
  }
  if (caller.kind !== 'visitor') return true;
  const stored =
    chatId === null
      ? (await readVisitor(table, projectId, caller.visitorId))?.last
      : await readChat(table, projectId, chatId);
  return stored != null && stateOf(caller.token, stored.token, now()) === 'good';
}
