import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Instant, ProjectId } from '../../domain/brands.ts';
import type { Table } from './client.ts';
import { afterTransactions } from './guarded.ts';
import { startsKey } from './keys.ts';
import { getRow } from './read.ts';

const startsRow = z.object({ starts: z.number().default(0) });

/** How many starts were counted in a minute: of a project, or from one address. A moment old. */
export async function readStarts(
  table: Table,
  projectId: ProjectId,
  of: string,
  minute: Instant,
): Promise<number> {
  const row = await getRow(table, startsKey(projectId, of, minute), true);
  return startsRow.parse(row ?? {}).starts;
}

const KEPT_SECONDS = 3_600;

export async function addStarts(
  table: Table,
  projectId: ProjectId,
  of: string,
  minute: Instant,
  count: number,
): Promise<void> {
  await afterTransactions(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: startsKey(projectId, of, minute),
        UpdateExpression: 'ADD starts :count SET expiresAt = :expiresAt',
        ExpressionAttributeValues: { ':count': count, ':expiresAt': minute / 1_000 + KEPT_SECONDS },
      }),
    ),
  );
}
