import { awsEntry, type HandlersOf } from '../edge/lambda.ts';
import { listProjects, replaceProject } from '../routes/projects.ts';
import { readSystemSettings, replaceSystemSettings } from '../routes/system-settings.ts';

export const handlers = {
  listProjects,
  replaceProject,
  readSystemSettings,
  replaceSystemSettings,
} satisfies HandlersOf<'projects'>;
export const handler = awsEntry(handlers);
