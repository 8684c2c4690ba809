import type { HandlerOf } from '../edge/exchange.ts';
import { afterCursor, page } from '../edge/pages.ts';
import { listGroups as readPage } from '../store/groups.ts';
import { viewGroup } from '../views/admin-views.ts';
import { theProject } from './lookup.ts';

export const listGroups: HandlerOf<'listGroups'> = async ({ params, query }, context) => {
  const after = afterCursor(query.cursor);
  const [project, { groups, more }] = await Promise.all([
    theProject(context, params.projectId),
    readPage(context.table, params.projectId, query.limit, after),
  ]);
  return { status: 200, body: page(groups, more, group => viewGroup(group, project.primaryGroupId)) };
};
