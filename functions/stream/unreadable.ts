import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import { BOUNDS } from '../bounds.ts';

/** Where a change goes that cannot be read, so that it does not hold up those behind it. */
export type Unreadable = {
  readonly setAside: (record: DynamoDBRecord, error: Error) => Promise<void>;
};

export function unreadableChanges(client: SQSClient, queueUrl: string): Unreadable {
  return {
    async setAside(record, error) {
      const MessageBody = bodyOf(record, error.message);
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    },
  };
}

/**
 * The whole change, in the form in which the publisher is called: called again with it, it publishes what it can read
 * by then. A change too large for SQS is kept without its images, in a form that the publisher does not take for one.
 */
function bodyOf(record: DynamoDBRecord, why: string): string {
  const whole = storable({ Records: [record], why });
  if (Buffer.byteLength(whole) <= BOUNDS.unreadableBytesMax) return whole;
  const { NewImage: _, OldImage: __, ...place } = record.dynamodb ?? {};
  return storable({ tooLarge: { ...record, dynamodb: place }, why });
}

/** As JSON, in which the two characters that SQS refuses are written out. */
function storable(content: unknown): string {
  const hex = (character: string) => character.charCodeAt(0).toString(16);
  return JSON.stringify(content).replace(/[\uFFFE\uFFFF]/g, character => `\\u${hex(character)}`);
}
