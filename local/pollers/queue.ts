import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Gate } from '../time/gate.ts';
import type { Deliveries, Delivery } from './deliver.ts';

const BATCH_MAX = 10;
const WAIT_SECONDS = 10;
const AFTER_FAILURE_MS = 1_000;

export type Poller = { readonly close: () => Promise<void> };

export type QueuePoller = Poller & {
  /** Deletes what is done of all that can be received now; hands nothing to the function. */
  readonly sweep: () => Promise<void>;
};

/** Reads the queue as the Lambda event source does: long polls, batches of ten, deletes what went well. */
export function pollQueue(client: SQSClient, url: string, deliveries: Deliveries, gate: Gate): QueuePoller {
  const closing = new AbortController();
  const running = run();
  return {
    async sweep() {
      for (let received = await receive(0); received.length > 0; received = await receive(0)) {
        await remove(received.filter(({ MessageId }) => deliveries.isDone(MessageId ?? '')));
      }
    },
    async close() {
      closing.abort();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const messages = await receive(WAIT_SECONDS);
        if (messages.length > 0) await gate.together(() => take(messages));
      } catch (error) {
        if (closing.signal.aborted) return;
        console.error('usher: the search queue could not be read; trying again.', error);
        await pause(AFTER_FAILURE_MS, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  async function receive(waitSeconds: number): Promise<readonly Message[]> {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: BATCH_MAX,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
      }),
      { abortSignal: closing.signal },
    );
    return Messages;
  }

  async function take(messages: readonly Message[]): Promise<void> {
    const done = await deliveries.deliver(messages.map(deliveryOf));
    await remove(messages.filter(({ MessageId }) => MessageId !== undefined && done.has(MessageId)));
  }

  async function remove(gone: readonly Message[]): Promise<void> {
    if (gone.length === 0) return;
    const { Successful = [] } = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: gone.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    for (const { Id } of Successful) deliveries.forget(gone[Number(Id)]?.MessageId ?? '');
  }
}

function deliveryOf({ MessageId, ReceiptHandle, Body, Attributes, MD5OfBody }: Message): Delivery {
  return {
    messageId: MessageId ?? '',
    body: Body ?? '',
    receiptHandle: ReceiptHandle ?? '',
    md5OfBody: MD5OfBody ?? '',
    attributes: {
      ApproximateReceiveCount: Attributes?.ApproximateReceiveCount ?? '1',
      SentTimestamp: Attributes?.SentTimestamp ?? '',
      SenderId: Attributes?.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: Attributes?.ApproximateFirstReceiveTimestamp ?? '',
    },
  };
}
