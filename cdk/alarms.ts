import { Duration, type Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { HTTP_FUNCTIONS } from '../functions/routes.ts';
import { FUNCTION_NAMES } from './functions.ts';
import type { UsherFunctions } from './lambda.ts';
import type { UsherQueues } from './queues.ts';

/** A chat that waits this long has been forgotten, or nobody is there: somebody should know either way. */
export const OLDEST_WAIT_SECONDS_MAX = 300;
/** Written by the minute function, once a minute, in CloudWatch's embedded metric format. */
const OLDEST_WAIT = {
  namespace: 'Usher',
  metricName: 'OldestWaitSeconds',
  dimensionsMap: { service: 'usher' },
} as const;
/** A stream record is normally read within a second. */
const ITERATOR_AGE_MS_MAX = 60_000;
/** One 500 is a bug to look up in the log; this many in five minutes are an outage. */
const SERVER_ERRORS_MAX = 5;

const ONE_MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

type Watched = {
  readonly functions: UsherFunctions;
  readonly queues: UsherQueues;
  readonly api: HttpApi;
  readonly topic: Topic;
};

/** Everything that somebody should be told about, on one topic. */
export function createAlarms(stack: Stack, watched: Watched): void {
  const action = new SnsAction(watched.topic);
  const alarm: AddAlarm = (id, props) => {
    const added = new Alarm(stack, id, { ...QUIET, ...props });
    added.addAlarmAction(action);
    added.addOkAction(action);
  };
  watchFunctions(alarm, watched.functions);
  watchApi(alarm, watched.api, watched.functions);
  watchQueues(alarm, watched.queues);
  watchWaiting(alarm);
}

type AddAlarm = (id: string, props: Pick<AlarmProps, 'metric' | 'threshold'> & Partial<AlarmProps>) => void;

const QUIET = {
  evaluationPeriods: 1,
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  treatMissingData: TreatMissingData.NOT_BREACHING,
} as const;

function watchFunctions(alarm: AddAlarm, functions: UsherFunctions): void {
  for (const name of FUNCTION_NAMES) {
    alarm(`${functions[name].node.id}Errors`, {
      alarmDescription: `Usher: the ${name} function failed.`,
      metric: functions[name].metricErrors({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 0,
    });
  }
  alarm('StreamIteratorAge', {
    alarmDescription: 'Usher: changes reach the event bus late.',
    metric: functions.publish.metric('IteratorAge', { period: ONE_MINUTE, statistic: Stats.MAXIMUM }),
    threshold: ITERATOR_AGE_MS_MAX,
    evaluationPeriods: 5,
  });
}

/** The functions turn exceptions into a 500 problem, which Lambda does not count as an error; the gateway does. */
function watchApi(alarm: AddAlarm, api: HttpApi, functions: UsherFunctions): void {
  alarm('ServerErrors', {
    alarmDescription: 'Usher: the API answers with 5xx.',
    metric: api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
    threshold: SERVER_ERRORS_MAX,
  });
  const throttles = HTTP_FUNCTIONS.map((name, at) => [
    `throttles${at}`,
    functions[name].metricThrottles({ period: FIVE_MINUTES, statistic: Stats.SUM }),
  ]);
  alarm('ApiThrottles', {
    alarmDescription: "Usher: API functions were refused by the account's concurrency limit.",
    metric: new MathExpression({
      expression: throttles.map(([id]) => `FILL(${id}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(throttles),
      period: FIVE_MINUTES,
      label: 'Throttled invocations of API functions',
    }),
    threshold: 0,
  });
}

function watchQueues(alarm: AddAlarm, queues: UsherQueues): void {
  for (const queue of Object.values(queues.dead)) {
    alarm(`${queue.node.id}NotEmpty`, {
      alarmDescription: `Usher: something could not be delivered and lies in ${queue.node.id}.`,
      metric: queue.metricApproximateNumberOfMessagesVisible({
        period: ONE_MINUTE,
        statistic: Stats.MAXIMUM,
      }),
      threshold: 0,
    });
  }
}

/** Missing counts as breaching: the minute function writes the metric each minute, so silence means it is gone. */
function watchWaiting(alarm: AddAlarm): void {
  alarm('OldestWaitingChat', {
    alarmDescription: `Usher: a chat has been waiting for more than ${OLDEST_WAIT_SECONDS_MAX} seconds, or the minute function is silent.`,
    metric: new Metric({ ...OLDEST_WAIT, period: ONE_MINUTE, statistic: Stats.MAXIMUM }),
    threshold: OLDEST_WAIT_SECONDS_MAX,
    evaluationPeriods: 5,
    datapointsToAlarm: 5,
    treatMissingData: TreatMissingData.BREACHING,
  });
}
