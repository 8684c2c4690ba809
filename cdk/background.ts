import { Duration, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { FUNCTIONS } from './functions.ts';
import { grantSetAside, grantStreamRead } from './grants.ts';
import type { UsherFunctions } from './lambda.ts';
import type { UsherQueues } from './queues.ts';

/**
 * The worker reads the search queue. One message at a time and no batching window: a search may use up its whole
 * time budget, and what stood behind it in a batch would wait for it, and a visitor with it. Never more at once than
 * are reserved: what is throttled counts as received, and would end in the dead letters without ever having been tried.
 */
export function runSearches(functions: UsherFunctions, queues: UsherQueues): void {
  functions.search.addEventSource(
    new SqsEventSource(queues.search, {
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: FUNCTIONS.search.executionsAtOnceMax,
    }),
  );
}

/**
 * EventBridge cannot fire more often than this. A minute that fails is tried once more and then given up: the
 * next one looks at everything again, and two of them at once would only get in each other's way.
 */
export function runEveryMinute(stack: Stack, functions: UsherFunctions, queues: UsherQueues): void {
  callEveryMinute(stack, functions.minute, queues, {
    id: 'EveryMinute',
    description: 'Arms the searches of the minute and looks after what time alone changes',
    enabled: true,
  });
}

/**
 * The schedule of the group distribution job: off until an operator starts a project's job, which enables it. A
 * deployment that writes the rule anew leaves it off; what is queued then, the minute's function arms.
 */
export function runJobEveryMinute(stack: Stack, functions: UsherFunctions, queues: UsherQueues): Rule {
  return callEveryMinute(stack, functions['job-minute'], queues, {
    id: 'JobEveryMinute',
    description: 'Arms the runs of the group distribution job while some project has it on',
    enabled: false,
  });
}

type EveryMinute = { readonly id: string; readonly description: string; readonly enabled: boolean };

function callEveryMinute(
  stack: Stack,
  lambda: UsherFunctions['minute'],
  queues: UsherQueues,
  { id, description, enabled }: EveryMinute,
): Rule {
  const oneMinute = Duration.minutes(1);
  lambda.configureAsyncInvoke({
    maxEventAge: oneMinute,
    retryAttempts: 1,
    onFailure: new SqsDestination(queues.dead.minute),
  });
  return new Rule(stack, id, {
    description,
    enabled,
    schedule: Schedule.rate(oneMinute),
    targets: [
      new FunctionTarget(lambda, {
        deadLetterQueue: queues.dead.minute,
        maxEventAge: oneMinute,
        retryAttempts: 1,
      }),
    ],
  });
}

const UNLIMITED = -1;
/** So long the table's stream keeps a change. */
const STREAM_KEEPS = Duration.hours(24);

/**
 * The consumer reads the table's stream, and a batch it did not get through is tried again from where it stopped for
 * as long as the stream has it: while the bus is out, events are late and none is lost. That holds up nobody for one
 * bad record's sake, as the function itself sets aside what it cannot read. Only the place of what is past its day goes
 * to the dead letters from here.
 */
export function publishChanges(
  stack: Stack,
  table: Table,
  functions: UsherFunctions,
  queues: UsherQueues,
): void {
  const streamArn = table.tableStreamArn;
  if (streamArn === undefined) throw new Error('The table has no stream to publish from.');
  grantStreamRead(functions.publish, streamArn);
  grantSetAside(functions.publish, queues.dead.publish);
  const mapping = new EventSourceMapping(stack, 'PublishFromStream', {
    target: functions.publish,
    eventSourceArn: streamArn,
    // What was written before the consumer existed has events too.
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: UNLIMITED,
    maxRecordAge: STREAM_KEEPS,
    onFailure: new SqsDlq(queues.dead.publish),
  });
  // The service tries the permissions when the mapping is made, so they must be there first.
  mapping.node.addDependency(functions.publish.role ?? functions.publish);
}
