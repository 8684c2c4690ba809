import type { ProjectId } from '../../domain/brands.ts';
import { CHAT_STATES } from '../../domain/chat.ts';
import { nextLook } from '../../domain/timeouts.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { listChatIds } from '../store/chats.ts';
import { bringForward } from '../store/deadlines.ts';
import { readProject } from '../store/projects.ts';

/** A time-out was switched on or made shorter: it holds for the chats that have begun before, too, which are all looked at once. */
export async function watchChats(context: Context, projectId: ProjectId): Promise<void> {
  const { table } = context;
  const project = await readProject(table, projectId);
  const at = context.now();
  if (project === null || nextLook(null, project.settings, at) === null) return;
  for (const state of CHAT_STATES) {
    if (state === 'closed') continue;
    for (let after: string | undefined; ; ) {
      const { chats, more } = await listChatIds(table, projectId, state, undefined, after);
      await inParallel(chats, BOUNDS.claimsInParallel, ({ id }) => bringForward(table, projectId, id, at));
      after = chats.at(-1)?.id;
      if (!more || after === undefined) break;
    }
  }
}
