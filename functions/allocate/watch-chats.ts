import type { Instant, ProjectId } from '../../domain/brands.ts';
import { CHAT_STATES } from '../../domain/chat.ts';
import { nextLook } from '../../domain/timeouts.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { listChatIds } from '../store/chats.ts';
import { bringForward } from '../store/deadlines.ts';
import { readProject } from '../store/projects.ts';
import { endWatch, moveWatchMark, readWatchMark } from '../store/watch-mark.ts';

/** Has the worker watch the chats. A hint: the mark stands in the table, and the minute sends another one while it does. */
export function watchSoon({ searchQueue }: Context, projectId: ProjectId, now: Instant): Promise<void> {
  return searchQueue.send([{ kind: 'watch-chats', projectId, dueAt: now }], now);
}

/**
 * A time-out was switched on or made shorter: it holds for the chats that have begun before, too, which are all looked at
 * once, over several calls if they are many. The pass that begins after the mark's moment is the last: chats that were
 * started or changed hands under the old settings are there by then.
 */
export async function watchChats(context: Context, projectId: ProjectId): Promise<void> {
  const { table } = context;
  const deadlineMs = table.elapsedMs() + BOUNDS.timersBudgetMs;
  const [mark, project] = await Promise.all([readWatchMark(table, projectId), readProject(table, projectId)]);
  if (mark === null) return;
  const now = context.now();
  if (project === null || nextLook(null, project.settings, now) === null) {
    return endWatch(table, projectId, mark);
  }
  const isLastPass = mark.at === null ? now >= mark.until : mark.at.isLast;
  for (const state of CHAT_STATES.slice(mark.at === null ? 0 : CHAT_STATES.indexOf(mark.at.state))) {
    if (state === 'closed') continue;
    for (let after = mark.at?.state === state ? mark.at.after : undefined; ; ) {
      const { chats, more } = await listChatIds(table, projectId, state, undefined, after);
      await inParallel(chats, BOUNDS.claimsInParallel, ({ id }) => bringForward(table, projectId, id, now));
      after = chats.at(-1)?.id;
      if (!more || after === undefined) break;
      if (table.elapsedMs() > deadlineMs) {
        return moveWatchMark(table, projectId, { ...mark, at: { state, after, isLast: isLastPass } });
      }
    }
  }
  if (isLastPass) await endWatch(table, projectId, mark);
  else if (mark.at !== null) await moveWatchMark(table, projectId, { ...mark, at: null });
}
