import type { ChannelId, GroupId, ProjectId } from '../../domain/brands.ts';
import type { Project } from '../../domain/project.ts';
import { parseChannelRow, type StoredChannel } from './channels.ts';
import type { Row, Table } from './client.ts';
import { parseGroupRow, type StoredGroup } from './groups.ts';
import { channelKey, groupKey, projectKey } from './keys.ts';
import { parseProjectRow } from './projects.ts';
import { getRows, queryPartition, readAll } from './read.ts';

/** What decisions are made under, as one reading of it. */
export type Configuration = {
  readonly project: Project;
  readonly channels: readonly StoredChannel[];
  readonly groups: readonly StoredGroup[];
};

/** The project and all its channels and groups, in one call: what a look at the whole line is made under. */
export async function readConfiguration(table: Table, projectId: ProjectId): Promise<Configuration | null> {
  const { pk, sk } = projectKey(projectId);
  const rows = await readAll(
    after => queryPartition(table, pk, { after: after ?? CHANNELS_BEGIN, before: `${sk} ` }),
    row => row.sk,
  );
  return configurationOf(rows);
}

/** Of the configuration, what the start of one chat needs, in one call. Null: there is no such project. */
export async function readConfigurationFor(
  table: Table,
  projectId: ProjectId,
  channelId: ChannelId,
  groupId: GroupId | null,
): Promise<Configuration | null> {
  const keys = [projectKey(projectId), channelKey(projectId, channelId)];
  const rows = await getRows(table, groupId === null ? keys : [...keys, groupKey(projectId, groupId)]);
  return configurationOf(rows);
}

/** Channels, the cursor, groups and the project's own row stand in this order in the project's partition. */
const CHANNELS_BEGIN = 'CHANNEL#';

function configurationOf(rows: readonly Row[]): Configuration | null {
  const project = rows.find(row => row.sk === 'PROJECT');
  if (project === undefined) return null;
  const startingWith = (prefix: string) => rows.filter(row => String(row.sk).startsWith(prefix));
  return {
    project: parseProjectRow(project),
    channels: startingWith(CHANNELS_BEGIN).map(parseChannelRow),
    groups: startingWith('GROUP#').map(parseGroupRow),
  };
}
