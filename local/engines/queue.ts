import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync } from 'node:fs';
import { startFauxqs } from 'fauxqs';
import type { DataFolder } from '../storage/data-folder.ts';
import { DEAD_LETTERS, redrivePolicy, SEARCH_QUEUE, UNREADABLE } from './sqs-queue.ts';

/** A message in the queue, whether it has arrived or is still on its way. */
type QueuedMessage = {
  readonly id: string;
  readonly body: string;
  /** When SQS will hand it out, in milliseconds of the machine's clock; null = it has. */
  readonly arrivesAt: number | null;
};

/** An SQS that runs here, with the search queue, its dead letters and those of the stream's publisher. */
export type QueueEngine = {
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly unreadableUrl: string;
  /** Everything in the search queue, handed out or not. Changes nothing. */
  readonly look: () => readonly QueuedMessage[];
  /** Ends the delay of a message, so that it can be received and deleted at once. */
  readonly hasten: (ids: ReadonlySet<string>) => void;
  readonly clear: () => void;
  readonly close: () => Promise<void>;
};

export async function startQueueEngine(folder: DataFolder): Promise<QueueEngine> {
  const dataDir = folder.within('queue');
  if (dataDir !== null) mkdirSync(dataDir, { recursive: true });
  const server = await onLoopbackOnly(() =>
    startFauxqs({ port: 0, logger: false, ...(dataDir !== null && { dataDir }) }),
  );
  createQueues(server);
  const endpoint = `http://127.0.0.1:${server.port}`;
  return {
    endpoint,
    // Not the name the engine gives it: `sqs.us-east-1.localhost` does not resolve everywhere.
    queueUrl: `${endpoint}/000000000000/${SEARCH_QUEUE}`,
    unreadableUrl: `${endpoint}/000000000000/${UNREADABLE}`,
    look() {
      const { ready = [], inflight = [], delayed = [] } = server.inspectQueue(SEARCH_QUEUE)?.messages ?? {};
      const arrived = [...ready, ...inflight.map(({ message }) => message)];
      return [
        ...arrived.map(({ messageId: id, body }) => ({ id, body, arrivesAt: null })),
        ...delayed.map(({ messageId: id, body, delayUntil }) => ({
          id,
          body,
          arrivesAt: delayUntil ?? null,
        })),
      ];
    },
    hasten(ids) {
      // The engine shows its own messages, not copies; it looks at the delay each time it is asked for messages.
      for (const message of server.inspectQueue(SEARCH_QUEUE)?.messages.delayed ?? []) {
        if (ids.has(message.messageId)) message.delayUntil = 1;
      }
    },
    clear: () => server.reset(),
    close: () => server.stop(),
  };
}

/** Only what is missing is created: creating a queue again would empty it. */
function createQueues(server: Awaited<ReturnType<typeof startFauxqs>>): void {
  for (const name of [DEAD_LETTERS, UNREADABLE]) {
    if (server.inspectQueue(name) === undefined) server.createQueue(name);
  }
  const deadLetterTargetArn = server.inspectQueue(DEAD_LETTERS)?.arn;
  if (server.inspectQueue(SEARCH_QUEUE) !== undefined) return;
  server.createQueue(SEARCH_QUEUE, { attributes: { RedrivePolicy: redrivePolicy(deadLetterTargetArn) } });
}

const LISTEN = 'tracing:net.server.listen:asyncStart';

/**
 * Keeps a server off the network: the engine listens on every interface of the machine and has no setting for it, so
 * the address is changed where Node announces that a server is about to listen.
 */
async function onLoopbackOnly<T>(start: () => Promise<T>): Promise<T> {
  const toLoopback = (message: unknown) => {
    const { options } = message as { options: { host?: string } };
    if (options.host === '0.0.0.0') options.host = '127.0.0.1';
  };
  subscribe(LISTEN, toLoopback);
  try {
    return await start();
  } finally {
    unsubscribe(LISTEN, toLoopback);
  }
}
