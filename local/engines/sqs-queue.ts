import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

export const SEARCH_QUEUE = 'usher-search';
export const DEAD_LETTERS = 'usher-search-dlq';
/** Changes of the table that the publisher could not read. */
export const UNREADABLE = 'usher-publish-dlq';
const RECEIVES_MAX = 5;

/** The search queue of an SQS that is not ours, made there if it is missing. */
export async function ensureSearchQueue(client: SQSClient): Promise<string> {
  const { QueueUrl: deadLetters } = await client.send(new CreateQueueCommand({ QueueName: DEAD_LETTERS }));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ['QueueArn'] }),
  );
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({
      QueueName: SEARCH_QUEUE,
      Attributes: { RedrivePolicy: redrivePolicy(Attributes?.QueueArn) },
    }),
  );
  if (QueueUrl === undefined) throw new Error(`SQS gave no address for the queue ${SEARCH_QUEUE}`);
  return QueueUrl;
}

/** As `ensureSearchQueue`, for what the publisher sets aside. */
export async function ensureUnreadable(client: SQSClient): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: UNREADABLE }));
  if (QueueUrl === undefined) throw new Error(`SQS gave no address for the queue ${UNREADABLE}`);
  return QueueUrl;
}

export function redrivePolicy(deadLetterTargetArn: string | undefined): string {
  return JSON.stringify({ deadLetterTargetArn, maxReceiveCount: RECEIVES_MAX });
}
