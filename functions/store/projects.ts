import * as z from 'zod';
import type { GroupId, ProjectId } from '../../domain/brands.ts';
import type { Project } from '../../domain/project.ts';
import { settingsBody } from '../schemas.ts';
import type { Row, Table } from './client.ts';
import { commit, type Write } from './commit.ts';
import { requireGroup } from './groups.ts';
import { type Guarded, putGuarded, unchanged } from './guarded.ts';
import { PROJECTS_LIST, projectKey } from './keys.ts';
import { getRow, getRows, queryList } from './read.ts';
import { firstIsOurs } from './same-row.ts';

/** As the edge accepted them; what is a time zone was checked then, and the check is dear. */
const settings = settingsBody.extend({ timeZone: z.string() });

const projectRow = z
  .object({
    id: z.string().transform(id => id as ProjectId),
    name: z.string(),
    allowedOrigins: z.array(z.string()),
    widgetKey: z.string(),
    primaryGroupId: z
      .string()
      .transform(id => id as GroupId)
      .nullable(),
    settings,
    settingsVersion: z.number(),
    version: z.number(),
  })
  .transform((project): Project => project);

export const parseProjectRow = (row: Row): Project => projectRow.parse(row);

export async function readProject(table: Table, id: ProjectId): Promise<Project | null> {
  const row = await getRow(table, projectKey(id));
  return row && parseProjectRow(row);
}

/** Projects in the order of their ids. */
export async function listProjects(table: Table, limit: number, after: string | undefined) {
  const page = await queryList(table, PROJECTS_LIST, { limit, ...(after !== undefined && { after }) });
  const keys = page.rows.map(row => ({ pk: String(row.pk), sk: String(row.sk) }));
  const rows = await getRows(table, keys);
  return { projects: rows.map(parseProjectRow), last: String(page.rows.at(-1)?.listSort), more: page.more };
}

/** Writes the project if it still has the version that was seen (null = is not there yet). */
export function saveProject(table: Table, project: Project, seenVersion: number | null): Promise<Guarded> {
  return putGuarded(table, projectRowOf(project), seenVersion);
}

/**
 * Writes the settings and, where the policy begins or ceases to search in the primary group, says so on the group in
 * the same transaction. The races it wins: the project changed, the group lost its last member or is being removed.
 */
export function saveSettings(
  table: Table,
  project: Project,
  seenVersion: number,
  needsPrimary: boolean,
  alongside: readonly Write[] = [],
) {
  const put: Write = {
    Put: {
      TableName: table.name,
      Item: projectRowOf(project),
      ...unchanged(seenVersion),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const { id, primaryGroupId } = project;
  const group = primaryGroupId === null ? [] : [requireGroup(table, id, primaryGroupId, needsPrimary)];
  return commit(table, [put, ...group, ...alongside], firstIsOurs(projectRowOf(project)));
}

function projectRowOf(project: Project): Row {
  return { ...projectKey(project.id), ...project, listKey: PROJECTS_LIST, listSort: project.id };
}
