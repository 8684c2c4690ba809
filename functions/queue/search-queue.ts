import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { GroupId, Instant, ProjectId } from '../../domain/brands.ts';

const projectId = z.string().transform(id => id as ProjectId);
const dueAt = z.number().transform(at => at as Instant);

/** What travels in the search queue. A message is a hint to look into the table; a lost or doubled one does no harm. */
const searchMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('search'), projectId, dueAt }),
  z.object({ kind: z.literal('run-job'), projectId, dueAt }),
  z.object({ kind: z.literal('watch-chats'), projectId, dueAt }),
  z.object({ kind: z.literal('run-timers'), dueAt }),
  z.object({
    kind: z.literal('spread-group'),
    projectId,
    groupId: z.string().transform(id => id as GroupId),
    dueAt,
  }),
]);
export type SearchMessage = z.infer<typeof searchMessage>;

/** Throws on a message that is not ours: it goes to the dead-letter queue, not around in circles. */
export const parseSearchMessage = (body: string): SearchMessage => searchMessage.parse(JSON.parse(body));

export type SearchQueue = {
  /** Sends messages that arrive when they are due. Throws when the queue takes fewer than all. */
  readonly send: (messages: readonly SearchMessage[], now: Instant) => Promise<void>;
};

const BATCH_MAX = 10;
const DELAY_SECONDS_MAX = 900;

export function searchQueue(client: SQSClient, url: string): SearchQueue {
  return {
    async send(messages, now) {
      for (let from = 0; from < messages.length; from += BATCH_MAX) {
        const batch = messages.slice(from, from + BATCH_MAX);
        const { Failed = [] } = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: url,
            Entries: batch.map((message, index) => ({
              Id: String(index),
              MessageBody: JSON.stringify(message),
              DelaySeconds: delaySeconds(message.dueAt, now),
            })),
          }),
        );
        if (Failed.length > 0) throw new Error(`the search queue refused ${Failed.length} messages`);
      }
    },
  };
}

function delaySeconds(dueAt: Instant, now: Instant): number {
  return Math.min(DELAY_SECONDS_MAX, Math.max(0, Math.ceil((dueAt - now) / 1_000)));
}
