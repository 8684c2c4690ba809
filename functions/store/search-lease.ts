import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Table } from './client.ts';
import { writeIf } from './guarded.ts';
import { searchKey } from './keys.ts';
import { getRow } from './read.ts';

const searchRow = z.object({ armedUntil: z.number().default(0) });

/**
 * One searcher at a time per project, so that many do not try for the same agents. It saves work and is no fence:
 * every claim carries its own conditions, and a lease that ran out costs lost claims, not order or limits.
 * `owner` names this run. False: somebody else is searching.
 */
export async function takeLease(
  table: Table,
  projectId: ProjectId,
  owner: string,
  now: Instant,
): Promise<boolean> {
  return writeIf(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: searchKey(projectId),
        UpdateExpression: 'SET #owner = :owner, leaseUntil = :until',
        // `tooFar`: a clock that was ahead must not lock the search out for as long as it was ahead.
        ConditionExpression:
          'attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leaseUntil > :tooFar OR #owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: {
          ':owner': owner,
          ':now': now,
          ':until': now + BOUNDS.searchLeaseMs,
          ':tooFar': now + 10 * BOUNDS.searchLeaseMs,
        },
      }),
    ),
  );
}

/** Gives the lease back, unless it ran out and another took it. */
export async function releaseLease(table: Table, projectId: ProjectId, owner: string): Promise<void> {
  await writeIf(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: searchKey(projectId),
        UpdateExpression: 'REMOVE leaseUntil, #owner',
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': owner },
      }),
    ),
  );
}

/** Until when searches for this project are on their way in the queue. */
export async function readArmedUntil(table: Table, projectId: ProjectId): Promise<Instant> {
  const row = await getRow(table, searchKey(projectId));
  return searchRow.parse(row ?? {}).armedUntil as Instant;
}

export async function saveArmedUntil(table: Table, projectId: ProjectId, until: Instant): Promise<void> {
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: searchKey(projectId),
      UpdateExpression: 'SET armedUntil = :until',
      ExpressionAttributeValues: { ':until': until },
    }),
  );
}
