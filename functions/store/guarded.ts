import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { BOUNDS } from '../bounds.ts';
import type { Key, Row, Table } from './client.ts';
import { jitterMs } from './commit.ts';
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

/** A write whose condition need not hold; whether it did. */
export async function writeIf(table: Table, write: () => Promise<unknown>): Promise<boolean> {
  try {
    await afterTransactions(table, write);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** A single write that lets a transaction at work on its row finish: DynamoDB refuses what meets one, and the SDK does not try that again. */
export async function afterTransactions<Result>(table: Table, write: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const isConflict = error instanceof TransactionConflictException;
      if (!isConflict || attempt >= BOUNDS.storeAttemptsMax) throw error;
    }
    await table.pause(jitterMs(attempt, table.random()));
  }
}
