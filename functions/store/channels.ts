import * as z from 'zod';
import type { ChannelId, ProjectId } from '../../domain/brands.ts';
import type { Channel } from '../../domain/channel.ts';
import type { Row, Table } from './client.ts';
import { deleteGuarded, type Guarded, putGuarded } from './guarded.ts';
import { channelKey } from './keys.ts';
import { getRow, getRows, queryPartition, readAll } from './read.ts';

/** A channel with the version its ETag shows. */
export type StoredChannel = Channel & { readonly version: number };

const channelRow = z.object({
  id: z.string().transform(id => id as ChannelId),
  name: z.string(),
  weight: z.number(),
  version: z.number(),
});

export const parseChannelRow = (row: Row): StoredChannel => channelRow.parse(row);

export async function readChannel(table: Table, projectId: ProjectId, id: ChannelId) {
  const row = await getRow(table, channelKey(projectId, id));
  return row && parseChannelRow(row);
}

/** The channels of these ids that are there. */
export async function readChannelsById(table: Table, projectId: ProjectId, ids: readonly ChannelId[]) {
  const rows = await getRows(
    table,
    ids.map(id => channelKey(projectId, id)),
  );
  return rows.map(parseChannelRow);
}

export async function listChannels(table: Table, projectId: ProjectId, limit: number, after?: string) {
  const { pk, sk: prefix } = channelKey(projectId, '' as ChannelId);
  const page = await queryPartition(table, pk, {
    beginsWith: prefix,
    limit,
    ...(after !== undefined && { after: `${prefix}${after}` }),
  });
  return { channels: page.rows.map(parseChannelRow), more: page.more };
}

export async function readChannels(table: Table, projectId: ProjectId): Promise<readonly StoredChannel[]> {
  const { pk, sk: prefix } = channelKey(projectId, '' as ChannelId);
  const rows = await readAll(
    after => queryPartition(table, pk, { beginsWith: prefix, ...(after !== undefined && { after }) }),
    row => row.sk,
  );
  return rows.map(parseChannelRow);
}

export function saveChannel(
  table: Table,
  projectId: ProjectId,
  channel: StoredChannel,
  seenVersion: number | null,
): Promise<Guarded> {
  return putGuarded(table, { ...channelKey(projectId, channel.id), ...channel }, seenVersion);
}

export function removeChannel(table: Table, projectId: ProjectId, id: ChannelId, seenVersion: number) {
  return deleteGuarded(table, channelKey(projectId, id), seenVersion);
}
