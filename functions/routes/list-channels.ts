import type { HandlerOf } from '../edge/exchange.ts';
import { afterCursor, page } from '../edge/pages.ts';
import { listChannels as readPage } from '../store/channels.ts';
import { viewChannel } from '../views/admin-views.ts';
import { theProject } from './lookup.ts';

export const listChannels: HandlerOf<'listChannels'> = async ({ params, query }, context) => {
  const after = afterCursor(query.cursor);
  const [, { channels, more }] = await Promise.all([
    theProject(context, params.projectId),
    readPage(context.table, params.projectId, query.limit, after),
  ]);
  return { status: 200, body: page(channels, more, viewChannel) };
};
