import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Instant } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { writeIf } from './guarded.ts';
import { idempotencyKey } from './keys.ts';
import { getRow } from './read.ts';

type Attempt = { readonly digest: string; readonly attempt: string; readonly now: Instant };

const commandRow = z.object({
  fingerprint: z.string(),
  attempt: z.string(),
  answer: z.instanceof(Uint8Array).optional(),
});

export type Beginning = 'begun' | 'in-progress' | 'other-request' | { readonly answer: Uint8Array };

/** Whether a command was begun before, done or not. A moment old. */
export async function isNoted(table: Table, digest: string): Promise<boolean> {
  return (await getRow(table, idempotencyKey(digest), true)) !== null;
}

/**
 * Notes that a command is at work. The race it wins: the same request delivered twice at once; one begins, the other
 * meets its row. A command that never answered may be taken over when its lease has run out: its own writes then
 * fail, because they name the attempt.
 */
export async function beginCommand(
  table: Table,
  { digest, attempt, now, fingerprint }: Attempt & { readonly fingerprint: string },
): Promise<Beginning> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          ...idempotencyKey(digest),
          fingerprint,
          attempt,
          leaseUntil: now + BOUNDS.idempotencyLeaseSeconds * 1_000,
          expiresAt: Math.ceil(now / 1_000) + BOUNDS.idempotencyKeepHours * 3_600,
        },
        ConditionExpression:
          'attribute_not_exists(pk) OR expiresAt <= :seconds' +
          ' OR (attribute_not_exists(answer) AND leaseUntil < :now AND fingerprint = :fingerprint)',
        ExpressionAttributeValues: {
          ':now': now,
          ':seconds': Math.floor(now / 1_000),
          ':fingerprint': fingerprint,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return 'begun';
  } catch (error) {
    // The answer is being written in this moment.
    if (error instanceof TransactionConflictException) return 'in-progress';
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const met = commandRow.parse(unmarshall(error.Item ?? {}));
    // The SDK sent it again after a lost answer, and it met itself.
    if (met.attempt === attempt) return 'begun';
    if (met.fingerprint !== fingerprint) return 'other-request';
    return met.answer === undefined ? 'in-progress' : { answer: met.answer };
  }
}

/** Keeps the answer, if this attempt still owns the command: what another one keeps, that has taken it over, is its business. */
export const keepAnswer = {
  asWrite(table: Table, attempt: Attempt, answer: Uint8Array): Write {
    return { Update: answerUpdate(table, attempt, answer) };
  },
  async now(table: Table, attempt: Attempt, answer: Uint8Array): Promise<void> {
    await writeIf(table, () => table.client.send(new UpdateCommand(answerUpdate(table, attempt, answer))));
  },
};

function answerUpdate(table: Table, { digest, attempt }: Attempt, answer: Uint8Array) {
  return {
    TableName: table.name,
    Key: idempotencyKey(digest),
    UpdateExpression: 'SET answer = :answer',
    ConditionExpression: 'attempt = :attempt',
    ExpressionAttributeValues: { ':answer': answer, ':attempt': attempt },
  };
}

export async function forgetCommand(table: Table, { digest, attempt }: Attempt): Promise<void> {
  await writeIf(table, () =>
    table.client.send(
      new DeleteCommand({
        TableName: table.name,
        Key: idempotencyKey(digest),
        ConditionExpression: 'attempt = :attempt AND attribute_not_exists(answer)',
        ExpressionAttributeValues: { ':attempt': attempt },
      }),
    ),
  );
}
