import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Instant } from '../../domain/brands.ts';
import type { Functions } from '../functions.ts';

/** A message on its way to the function, however it came here. */
export type Delivery = Pick<SQSRecord, 'messageId' | 'body'> & Partial<SQSRecord>;

/**
 * Hands messages to the function as the Lambda event source does, each at most once while it succeeds: one that was
 * handled before its time (the clock was moved) is not handled again when SQS hands it out.
 */
export type Deliveries = {
  /** The ids of those that are done and may be deleted. Those that failed are left out. */
  readonly deliver: (messages: readonly Delivery[]) => Promise<ReadonlySet<string>>;
  /** Counts as done without being handled. */
  readonly passOver: (messageIds: ReadonlySet<string>) => void;
  readonly isDone: (messageId: string) => boolean;
  /** Its message is gone for good. */
  readonly forget: (messageId: string) => void;
};

export function openDeliveries(search: Functions['search'], region: string): Deliveries {
  const done = new Set<string>();
  /** Batches of the queue and of the clock take turns, so that none sees the other's half-done work. */
  let turn: Promise<unknown> = Promise.resolve();

  async function handle(messages: readonly Delivery[]): Promise<ReadonlySet<string>> {
    const fresh = messages.filter(({ messageId }) => !done.has(messageId));
    const failed = fresh.length === 0 ? new Set() : await failuresOf(search, fresh, region);
    for (const { messageId } of fresh) if (!failed.has(messageId)) done.add(messageId);
    return new Set(messages.map(({ messageId }) => messageId).filter(id => done.has(id)));
  }

  return {
    deliver(messages) {
      const result = turn.then(() => handle(messages));
      turn = result.catch(() => {});
      return result;
    },
    passOver(messageIds) {
      for (const id of messageIds) done.add(id);
    },
    isDone: messageId => done.has(messageId),
    forget: messageId => done.delete(messageId),
  };
}

/** The ids that the function reports as failed: all of them when it throws, or names one it was not given. */
async function failuresOf(
  search: Functions['search'],
  messages: readonly Delivery[],
  region: string,
): Promise<ReadonlySet<string>> {
  const ids = new Set(messages.map(({ messageId }) => messageId));
  try {
    const { batchItemFailures } = await search(sqsEvent(messages, region));
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    return [...failed].every(id => ids.has(id)) ? failed : ids;
  } catch (error) {
    console.error('usher: the search function failed; its messages come again.', error);
    return ids;
  }
}

function sqsEvent(messages: readonly Delivery[], awsRegion: string): SQSEvent {
  return {
    Records: messages.map(message => ({
      receiptHandle: '',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${awsRegion}:000000000000:usher-search`,
      awsRegion,
      ...message,
    })),
  };
}

const withDueAt = z.object({ dueAt: z.number() });

/** When a message wants to be handled. One that does not say so is due at once. */
export function dueAtOf(body: string): Instant {
  try {
    return withDueAt.parse(JSON.parse(body)).dueAt as Instant;
  } catch {
    return 0 as Instant;
  }
}
