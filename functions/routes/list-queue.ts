import type { HandlerOf } from '../edge/exchange.ts';
import { afterCursor, cursorAfter } from '../edge/pages.ts';
import { readOpenQueue } from '../store/transfer-queue.ts';
import { viewQueued } from '../views/job-view.ts';
import { theProject } from './lookup.ts';

/** The chats queued for groups, in the order they will be served. */
export const listQueue: HandlerOf<'listQueue'> = async ({ params, query }, context) => {
  const after = afterCursor(query.cursor);
  await theProject(context, params.projectId);
  const { queued, last } = await readOpenQueue(context.table, params.projectId, query.limit, after);
  return { status: 200, body: { items: queued.map(viewQueued), nextCursor: cursorAfter(last) } };
};
