import { searchAfter } from '../allocate/search-after.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { requireIfMatch } from '../edge/preconditions.ts';
import { saveProject } from '../store/projects.ts';
import { readSystemSettings } from '../store/system-settings.ts';
import { viewSettings } from '../views/admin-views.ts';
import { theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

export const readSettings: HandlerOf<'readSettings'> = async ({ params }, context) => {
  const [project, system] = await Promise.all([
    theProject(context, params.projectId),
    readSystemSettings(context.table),
  ]);
  return {
    status: 200,
    body: viewSettings(project.settings, system.settings),
    version: project.settingsVersion,
  };
};

/** Replaces the whole document. Every decision names the version of the settings it was made under. */
export const replaceSettings: HandlerOf<'replaceSettings'> = ({ params, body, ifMatch }, context) =>
  untilSettled(async () => {
    const [project, system] = await Promise.all([
      theProject(context, params.projectId),
      readSystemSettings(context.table),
    ]);
    requireIfMatch(ifMatch, project.settingsVersion);
    const settingsVersion = project.settingsVersion + 1;
    const after = { ...project, settings: body, settingsVersion, version: project.version + 1 };
    // Stale: the project changed meanwhile, maybe its settings too; the next try tells.
    if ((await saveProject(context.table, after, project.version)) === 'stale') return null;
    await searchAfter(context, params.projectId);
    return { status: 200, body: viewSettings(body, system.settings), version: settingsVersion };
  });
