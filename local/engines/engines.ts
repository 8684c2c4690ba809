import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { DataFolder } from '../storage/data-folder.ts';
import type { Clock } from '../time/clock.ts';
import { startTableEngine } from './dynamodb.ts';
import { startEventBusEngine } from './event-bus.ts';
import { type EventLog, openEventLog } from './event-log.ts';
import { type QueueEngine, startQueueEngine } from './queue.ts';
import { openRules, type Rules } from './rules.ts';
import { ensureSearchQueue, ensureUnreadable } from './sqs-queue.ts';
import { ensureTable } from './table.ts';

export type Environment = Record<string, string | undefined>;

/** What the functions run on: engines that were started here, and what the environment points to instead. */
export type Engines = {
  /** The environment for `wire`: names and endpoints. */
  readonly env: Environment;
  readonly tableName: string;
  readonly queueUrl: string;
  readonly clients: {
    readonly table: DynamoDBClient;
    readonly streams: DynamoDBStreamsClient;
    readonly queue: SQSClient;
  };
  /** Null = not started here: the environment names another. */
  readonly own: {
    readonly table: boolean;
    readonly queue: QueueEngine | null;
    readonly events: EventLog | null;
    readonly rules: Rules | null;
  };
  /** One line each for a person: what runs where. */
  readonly described: readonly string[];
  readonly close: () => Promise<void>;
};

/** Starts every engine that the environment does not point elsewhere. Closes what it started when one fails. */
export async function startEngines(folder: DataFolder, given: Environment, clock: Clock): Promise<Engines> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closing.splice(0).reverse()) await closeOne();
  };
  try {
    return { ...(await start(folder, given, clock, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const REGION_HERE = 'us-east-1';

async function start(
  folder: DataFolder,
  given: Environment,
  clock: Clock,
  closing: (() => Promise<void>)[],
): Promise<Omit<Engines, 'close'>> {
  const elsewhere = pointedElsewhere(given);
  const [table, queue] = await Promise.all([
    elsewhere.table ? null : kept(closing, startTableEngine(folder, given.USHER_DYNAMODB)),
    elsewhere.queue ? null : kept(closing, startQueueEngine(folder)),
  ]);
  const events = elsewhere.events ? null : openEventLog(folder);
  const region = given.AWS_REGION ?? REGION_HERE;
  const rules = elsewhere.events ? null : openRules(folder);
  const bus =
    events === null || rules === null
      ? null
      : await kept(closing, startEventBusEngine({ log: events, rules, clock, region }));

  const env: Environment = {
    ...given,
    ...(elsewhere.any ? { AWS_REGION: region } : CREDENTIALS_HERE),
    ...(table !== null && { AWS_ENDPOINT_URL_DYNAMODB: table.endpoint }),
    ...(queue !== null && {
      AWS_ENDPOINT_URL_SQS: queue.endpoint,
      USHER_SEARCH_QUEUE_URL: queue.queueUrl,
      USHER_UNREADABLE_QUEUE_URL: queue.unreadableUrl,
    }),
    ...(bus !== null && { AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint }),
    USHER_TABLE: given.USHER_TABLE ?? 'usher',
    USHER_EVENT_BUS: given.USHER_EVENT_BUS ?? (events === null ? 'default' : 'usher'),
    USHER_JOB_RULE: given.USHER_JOB_RULE ?? 'usher-job-every-minute',
  };
  const clients = clientsFor(env);
  closing.push(async () => {
    for (const client of Object.values(clients)) client.destroy();
  });
  const tableName = env.USHER_TABLE ?? '';
  await ensureTable(clients.table, tableName);
  const queueUrl = env.USHER_SEARCH_QUEUE_URL ?? (await ensureSearchQueue(clients.queue));
  const unreadableUrl = env.USHER_UNREADABLE_QUEUE_URL ?? (await ensureUnreadable(clients.queue));
  return {
    env: { ...env, USHER_SEARCH_QUEUE_URL: queueUrl, USHER_UNREADABLE_QUEUE_URL: unreadableUrl },
    tableName,
    queueUrl,
    clients,
    own: { table: table !== null, queue, events, rules },
    described: [
      `table    ${table === null ? `"${tableName}" at ${env.AWS_ENDPOINT_URL_DYNAMODB ?? 'AWS'}` : `${table.name} at ${table.endpoint}`}`,
      `queue    ${queue === null ? queueUrl : `fauxqs at ${queue.endpoint}`}`,
      `events   ${bus === null ? `bus "${env.USHER_EVENT_BUS}"` : `adapter at ${bus.endpoint}`}`,
    ],
  };
}

/** Engines here take any credentials; with fixed ones they never see the user's own. */
const CREDENTIALS_HERE = {
  AWS_REGION: REGION_HERE,
  AWS_ACCESS_KEY_ID: 'usher',
  AWS_SECRET_ACCESS_KEY: 'usher',
  AWS_SESSION_TOKEN: undefined,
};

function pointedElsewhere(given: Environment) {
  const table = Boolean(given.AWS_ENDPOINT_URL_DYNAMODB || given.USHER_TABLE);
  const queue = Boolean(given.AWS_ENDPOINT_URL_SQS || given.USHER_SEARCH_QUEUE_URL);
  const events = Boolean(given.AWS_ENDPOINT_URL_EVENTBRIDGE || given.USHER_EVENT_BUS);
  return { table, queue, events, any: table || queue || events };
}

async function kept<T extends { close: () => Promise<void> }>(
  closing: (() => Promise<void>)[],
  starting: Promise<T>,
): Promise<T> {
  const engine = await starting;
  closing.push(engine.close);
  return engine;
}

function clientsFor(env: Environment): Engines['clients'] {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const sessionToken = env.AWS_SESSION_TOKEN;
  const config = (endpoint: string | undefined) => ({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
  });
  return {
    table: new DynamoDBClient(config(env.AWS_ENDPOINT_URL_DYNAMODB)),
    streams: new DynamoDBStreamsClient(config(streamsEndpoint(env))),
    queue: new SQSClient(config(env.AWS_ENDPOINT_URL_SQS)),
  };
}

/** The engines serve a table's stream where they serve the table; AWS has a host of its own for it. */
function streamsEndpoint(env: Environment): string | undefined {
  return (
    env.AWS_ENDPOINT_URL_DYNAMODB_STREAMS ??
    env.AWS_ENDPOINT_URL_DYNAMODB?.replace('://dynamodb.', '://streams.dynamodb.')
  );
}
