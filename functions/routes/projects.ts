import type { Project } from '../../domain/project.ts';
import { defaultSettings } from '../../domain/settings.ts';
import type { Context } from '../edge/context.ts';
import type { HandlerOf, RequestOf } from '../edge/exchange.ts';
import { afterCursor, page } from '../edge/pages.ts';
import { Problem } from '../edge/problems.ts';
import { listProjects as readPage, readProject, saveProject } from '../store/projects.ts';
import { viewProject } from '../views/admin-views.ts';
import { untilSettled } from './until-settled.ts';

export const listProjects: HandlerOf<'listProjects'> = async ({ query }, { table }) => {
  const { projects, more } = await readPage(table, query.limit, afterCursor(query.cursor));
  return { status: 200, body: page(projects, more, viewProject) };
};

/** Creates a project (owners only) or replaces its name and origins. `timeZone` sets the settings' first value only. */
export const replaceProject: HandlerOf<'replaceProject'> = ({ params, body, caller }, context) =>
  untilSettled(context, async () => {
    const before = await readProject(context.table, params.projectId);
    if (before === null && caller.kind !== 'owner') {
      throw new Problem('not-found', 'There is no such project; only an owner creates one.');
    }
    const after =
      before === null
        ? newProject(context, params.projectId, body)
        : {
            ...before,
            name: body.name,
            allowedOrigins: body.allowedOrigins ?? before.allowedOrigins,
            version: before.version + 1,
          };
    const saved = await saveProject(context.table, after, before?.version ?? null);
    if (saved === 'stale') return null;
    return { status: before === null ? 201 : 200, body: viewProject(after) };
  });

function newProject(
  context: Context,
  id: Project['id'],
  { name, timeZone, allowedOrigins }: RequestOf<'replaceProject'>['body'],
): Project {
  return {
    id,
    name,
    allowedOrigins: allowedOrigins ?? [],
    widgetKey: context.newId.widgetKey(id),
    primaryGroupId: null,
    settings: defaultSettings(timeZone ?? 'UTC'),
    settingsVersion: 1,
    version: 1,
  };
}
