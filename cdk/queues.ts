import { Duration, type Stack } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { FUNCTIONS } from './functions.ts';
import { acknowledge } from './nag.ts';

/** AWS's advice for a queue that feeds a Lambda: room for the batch to be throttled and tried again. */
const VISIBILITY_TIMEOUTS_OF_THE_WORKER = 6;
/** A search that failed this often will not succeed at the next try; a person has to look. */
const RECEIVES_MAX = 5;

export type UsherQueues = {
  readonly search: Queue;
  /** By what could not be delivered; each one that is not empty is an alarm. */
  readonly dead: Readonly<Record<'search' | 'minute' | 'publish', Queue>>;
};

/** The queue of searches, and where undeliverable work is kept. */
export function createQueues(stack: Stack): UsherQueues {
  const dead = {
    search: createDeadLetterQueue(stack, 'SearchDeadLetters'),
    minute: createDeadLetterQueue(stack, 'MinuteDeadLetters'),
    publish: createDeadLetterQueue(stack, 'PublishDeadLetters'),
  };
  for (const [queue, feeder] of [
    [dead.minute, 'the minute rules and the asynchronous invocations of their functions'],
    [dead.publish, "the stream's consumer and its event source mapping"],
  ] as const) {
    acknowledge(queue, 'AwsSolutions-SQS3', `It is a dead-letter queue itself: that of ${feeder}.`);
  }
  // Standard, not FIFO: run times are armed as delayed messages, and FIFO takes no delay per message.
  const search = new Queue(stack, 'SearchQueue', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout: Duration.seconds(FUNCTIONS.search.timeoutSeconds * VISIBILITY_TIMEOUTS_OF_THE_WORKER),
    // Messages are hints, the table is the truth: what is a day old has long been searched for again.
    retentionPeriod: Duration.days(1),
    deadLetterQueue: { queue: dead.search, maxReceiveCount: RECEIVES_MAX },
  });
  return { search, dead };
}

function createDeadLetterQueue(stack: Stack, id: string): Queue {
  return new Queue(stack, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
}
