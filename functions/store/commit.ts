import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { BOUNDS } from '../bounds.ts';
import { isLostAnswer, isThrottle, type Row, type Table } from './client.ts';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A write whose condition did not hold, with the row it met; `row` undefined = there is none. */
export type Refusal = { readonly index: number; readonly row: Row | undefined };

/**
 * How a transaction ended. `refused`: somebody was faster, the rows met say how. `conflict`: others kept writing the
 * same rows at the same moment. `throttled`: the table had no capacity. In all but `committed` nothing was written.
 */
export type Commit =
  | { readonly outcome: 'committed' }
  | { readonly outcome: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'throttled' };

/**
 * Writes all or nothing. Conflicts, throttles and lost answers are tried again, with jitter, up to
 * `storeAttemptsMax` and `storeDeadlineMs`. After a lost answer the first try may have been carried out: then the
 * second is refused by its own conditions, and `isMine` recognises in the row met what we meant to write. Throws when
 * it stays unknown whether the transaction was carried out.
 */
export async function commit(
  table: Table,
  writes: readonly Write[],
  isMine: (refusals: readonly Refusal[]) => boolean,
): Promise<Commit> {
  const startedMs = table.elapsedMs();
  let lostAnswer: { readonly error: unknown } | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt >= BOUNDS.storeAttemptsMax || table.elapsedMs() - startedMs > BOUNDS.storeDeadlineMs;
    const tried = await attemptOnce(table, writes);
    if (tried.kind === 'committed') return { outcome: 'committed' };
    if (tried.kind === 'refused') {
      const { refusals } = tried;
      const isOurs = lostAnswer !== null && isMine(refusals);
      return isOurs ? { outcome: 'committed' } : { outcome: 'refused', refusals };
    }
    if (tried.kind === 'lost-answer') lostAnswer = tried;
    if (last) {
      // After a lost answer nobody knows whether it was carried out: no outcome may say that it was not.
      if (lostAnswer !== null) throw lostAnswer.error;
      if (tried.kind !== 'lost-answer') return { outcome: tried.kind };
    }
    await table.pause(jitterMs(attempt, table.random()));
  }
}

type Attempt =
  | { readonly kind: 'committed' | 'conflict' | 'throttled' }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'lost-answer'; readonly error: unknown };

async function attemptOnce(table: Table, writes: readonly Write[]): Promise<Attempt> {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: [...writes] }));
    return { kind: 'committed' };
  } catch (error) {
    if (error instanceof TransactionCanceledException) return cancelled(error);
    if (error instanceof Error && error.name === 'TransactionInProgressException')
      return { kind: 'conflict' };
    if (isThrottle(error)) return { kind: 'throttled' };
    if (isLostAnswer(error)) return { kind: 'lost-answer', error };
    throw error;
  }
}

function cancelled(error: TransactionCanceledException): Attempt {
  const reasons = error.CancellationReasons ?? [];
  const refusals = reasons.flatMap((reason, index) =>
    reason.Code === 'ConditionalCheckFailed' ? [{ index, row: reason.Item && unmarshall(reason.Item) }] : [],
  );
  if (refusals.length > 0) return { kind: 'refused', refusals };
  const codes = reasons.map(reason => reason.Code);
  if (codes.includes('TransactionConflict')) return { kind: 'conflict' };
  if (codes.includes('ThrottlingError') || codes.includes('ProvisionedThroughputExceeded')) {
    return { kind: 'throttled' };
  }
  throw error;
}

/** Full jitter: anywhere up to 10, 20, 40 … 320 ms. */
export function jitterMs(attempt: number, random: number): number {
  return random * 10 * 2 ** Math.min(attempt - 1, 5);
}
