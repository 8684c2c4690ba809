import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Key, Row, Table } from './client.ts';

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

/** Wins the race between two who read the same version: the second is told `stale`. */
export function putGuarded(table: Table, row: Row, seenVersion: number | null): Promise<Guarded> {
  return guarded(() =>
    table.client.send(new PutCommand({ TableName: table.name, Item: row, ...unchanged(seenVersion) })),
  );
}

export function deleteGuarded(table: Table, key: Key, seenVersion: number): Promise<Guarded> {
  return guarded(() =>
    table.client.send(new DeleteCommand({ TableName: table.name, Key: key, ...unchanged(seenVersion) })),
  );
}

async function guarded(write: () => Promise<unknown>): Promise<Guarded> {
  try {
    await write();
    return 'written';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'stale';
    throw error;
  }
}
