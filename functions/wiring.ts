import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { monotonicFactory } from 'ulid';
import type { ChatId, DecisionId, Instant, ProjectId, VisitorId } from '../domain/brands.ts';
import { openCrowd } from './allocate/crowd.ts';
import { BOUNDS } from './bounds.ts';
import { jobRule } from './distribute/job-rule.ts';
import type { Context, Measure, NewIds } from './edge/context.ts';
import { startLimits } from './edge/start-limits.ts';
import { tokenVerifier } from './edge/tokens.ts';
import { hashToken } from './edge/visitor-token.ts';
import { ENVIRONMENT, readEnvironment } from './environment.ts';
import { searchQueue } from './queue/search-queue.ts';
import { eventBus } from './stream/event-bus.ts';
import { unreadableChanges } from './stream/unreadable.ts';

type Environment = Record<string, string | undefined>;

/** What a caller may put in place of the real thing: the laptop its clock, tests their ids and chance. */
export type Overrides = {
  readonly now?: () => Instant;
  readonly widgetKey?: (id: ProjectId) => string;
  readonly random?: () => number;
  readonly measure?: Measure;
};

/** The only place that builds SDK clients, the real clock and ids. Each client is built when it is first used. */
export function wire(env: Environment, overrides: Overrides = {}): Context {
  const setting = (name: keyof typeof ENVIRONMENT) => readEnvironment(ENVIRONMENT[name], env);
  const limit = (name: 'startsPerAddress' | 'startsPerProject') =>
    env[ENVIRONMENT[name]] === undefined ? null : Number(setting(name));
  const queue = once(() => searchQueue(new SQSClient(clientConfig(env, 'SQS')), setting('searchQueueUrl')));
  const verify = once(() => tokenVerifier(setting('tokenIssuer'), setting('tokenAudience')));
  return {
    table: {
      client: DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(env, 'DYNAMODB')), {
        marshallOptions: { removeUndefinedValues: true },
      }),
      name: setting('tableName'),
      random: overrides.random ?? Math.random,
      pause: ms => pause(ms),
      elapsedMs: () => performance.now(),
    },
    jobRule: NOT_OURS,
    searchQueue: { send: (messages, now) => queue().send(messages, now) },
    verifyToken: (token, now) => verify()(token, now),
    edgeSecretHash: env[ENVIRONMENT.edgeSecret] === undefined ? null : hashToken(setting('edgeSecret')),
    startLimits: startLimits({
      perAddress: limit('startsPerAddress'),
      perProject: limit('startsPerProject'),
    }),
    now: overrides.now ?? (() => Date.now() as Instant),
    newId: newIds(overrides),
    crowds: { claims: openCrowd(), searches: openCrowd() },
    log: new Logger({ serviceName: SERVICE }),
    measure: overrides.measure ?? measureByLog,
  };
}

const SERVICE = 'usher';

/** CloudWatch reads the metric out of this log line (embedded metric format). */
const measureByLog: Measure = (name, unit, value, at) => {
  const metrics = [{ Namespace: 'Usher', Dimensions: [['service']], Metrics: [{ Name: name, Unit: unit }] }];
  const _aws = { Timestamp: at, CloudWatchMetrics: metrics };
  // Not console.log: Lambda's JSON logging would wrap the line, and CloudWatch would not see the metric in it.
  process.stdout.write(`${JSON.stringify({ _aws, service: SERVICE, [name]: value })}\n`);
};

/** Where the job's schedule is not to be switched: the function has neither the client nor the permission. */
const NOT_OURS: Context['jobRule'] = {
  enable: () => Promise.reject(new Error('this function does not switch the schedule of the job')),
  disable: () => Promise.reject(new Error('this function does not switch the schedule of the job')),
};

/** As `wire`, for the function that starts and stops jobs. */
export function wireAdmin(env: Environment, overrides: Overrides = {}): Context {
  const rule = once(() => {
    const client = new EventBridgeClient(clientConfig(env, 'EVENTBRIDGE'));
    return jobRule(client, readEnvironment(ENVIRONMENT.jobRule, env));
  });
  return {
    ...wire(env, overrides),
    jobRule: { enable: () => rule().enable(), disable: () => rule().disable() },
  };
}

/** What the stream's publisher needs, and no more. */
export function wirePublisher(env: Environment) {
  const client = new EventBridgeClient(clientConfig(env, 'EVENTBRIDGE'));
  const queue = new SQSClient(clientConfig(env, 'SQS'));
  return {
    eventBus: eventBus(client, readEnvironment(ENVIRONMENT.eventBusName, env)),
    unreadable: unreadableChanges(queue, readEnvironment(ENVIRONMENT.unreadableQueueUrl, env)),
    log: new Logger({ serviceName: SERVICE }),
  };
}

function newIds({ widgetKey }: Overrides): NewIds {
  const ulid = monotonicFactory();
  const sortable = (now: Instant) => ulid(now).toLowerCase();
  return {
    chat: now => `chat_${sortable(now)}` as ChatId,
    decision: now => `dec_${sortable(now)}` as DecisionId,
    visitorOf: chat => chat.replace('chat_', 'vis_') as VisitorId,
    searcher: () => randomBytes(8).toString('base64url'),
    attempt: () => randomBytes(6).toString('base64url'),
    widgetKey: widgetKey ?? (() => `pk_${randomBytes(16).toString('base64url')}`),
  };
}

/** SDK v3 has no request timeout of its own and waits for seconds on throttles: both are bounded here. */
function clientConfig(env: Environment, service: 'DYNAMODB' | 'SQS' | 'EVENTBRIDGE') {
  const endpoint = env[`AWS_ENDPOINT_URL_${service}`];
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const sessionToken = env.AWS_SESSION_TOKEN;
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
    maxAttempts: 3,
    requestHandler: {
      requestTimeout: BOUNDS.storeRequestTimeoutMs,
      connectionTimeout: BOUNDS.storeConnectTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
}

/** Makes a thing at its first use and keeps it. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
