import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Key, Row, Table } from './client.ts';
import { isSameRow } from './same-row.ts';

/** `stale`: the row was changed, created or removed since it was read. */
export type Guarded = 'written' | 'stale';

/** The clause "the row still has the version I saw", or "there is none yet" for null. */
export function unchanged(seenVersion: number | null) {
  if (seenVersion === null) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :seen',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':seen': seenVersion },
  };
}

/**
 * Wins the race between two who read the same version: the second is told `stale`. The SDK sends a write again after a
 * lost answer, which may then meet its own row: that is `written`.
 */
export async function putGuarded(table: Table, row: Row, seenVersion: number | null): Promise<Guarded> {
  const met = await refusedBy(() =>
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: row,
        ...unchanged(seenVersion),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return met === null || isSameRow(met.row, row) ? 'written' : 'stale';
}

/** As `putGuarded`; a row that is gone already is what was asked for. */
export async function deleteGuarded(table: Table, key: Key, seenVersion: number): Promise<Guarded> {
  const met = await refusedBy(() =>
    table.client.send(
      new DeleteCommand({
        TableName: table.name,
        Key: key,
        ...unchanged(seenVersion),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return met === null || met.row === undefined ? 'written' : 'stale';
}

/** Null when the write was carried out, else the row that its condition met; `row` undefined = there is none. */
async function refusedBy(write: () => Promise<unknown>): Promise<{ readonly row: Row | undefined } | null> {
  try {
    await write();
    return null;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return { row: error.Item && unmarshall(error.Item) };
    }
    // A transaction is at work on the row: as if it had changed it already.
    if (error instanceof TransactionConflictException) return { row: {} };
    throw error;
  }
}
