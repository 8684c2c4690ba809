import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Agent } from '../domain/agent.ts';
import type { AgentId, ChannelId, ChatId, Instant, ProjectId } from '../domain/brands.ts';
import { defaultSettings } from '../domain/settings.ts';
import type { Crowd } from '../functions/allocate/crowd.ts';
import type { Context } from '../functions/edge/context.ts';
import { httpLambda } from '../functions/edge/lambda.ts';
import * as agents from '../functions/http/agents.ts';
import * as chats from '../functions/http/chats.ts';
import * as startChat from '../functions/http/start-chat.ts';
import { ROUTES, type RouteName, routeKey } from '../functions/routes.ts';
import { agentRowOf } from '../functions/store/agent-row.ts';
import { saveChannel } from '../functions/store/channels.ts';
import { saveProject } from '../functions/store/projects.ts';
import { wire } from '../functions/wiring.ts';
import { startTableEngine } from '../local/engines/dynamodb.ts';
import { ensureTable } from '../local/engines/table.ts';
import { openDataFolder } from '../local/storage/data-folder.ts';
import { type Counter, counting } from './counting.ts';

const CREDENTIALS = { AWS_REGION: 'local', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
const TABLE = 'usher-bench';
const BATCH_WRITE_MAX = 25;

export type World = {
  readonly engine: string;
  readonly counter: Counter;
  readonly context: Context;
  readonly call: (route: RouteName, params: Record<string, string>, as: As, body?: unknown) => Promise<Reply>;
  readonly close: () => Promise<void>;
};
type As = { readonly key: string } | { readonly operatorOf: string };
type Reply = { readonly status: number; readonly body: { chat: { id: ChatId; state: string } } };

/**
 * The real handlers over the embedded engine, in memory; every call to the table is counted. `openCrowd`: whether
 * the requests share a process, as on a laptop, or have one each, as on Lambda.
 */
export async function openWorld(openCrowd: () => Crowd): Promise<World> {
  const engine = await startTableEngine(openDataFolder('memory'), process.env.USHER_DYNAMODB);
  const env = { ...CREDENTIALS, AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint, USHER_TABLE: TABLE };
  const wired = wire(env);
  const bare = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: CREDENTIALS.AWS_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  // Nothing reads the stream here, and the embedded engine gets slower with every record it keeps of it.
  await ensureTable(bare, TABLE, false);
  bare.destroy();
  const counter = counting(wired.table);
  const context: Context = {
    ...wired,
    table: counter.table,
    crowds: { claims: openCrowd(), searches: openCrowd() },
    // The queue is not under measurement here: what is given out, is given out by the event itself.
    searchQueue: { send: async () => {} },
    verifyToken: async token => ({ subject: token, groups: [token.replace('.', ':')] }),
  };
  const functions = [startChat, chats, agents].map(entry => httpLambda(entry.handlers, context));
  const byRoute = new Map(
    [startChat, chats, agents].flatMap((entry, index) =>
      Object.keys(entry.handlers).map(name => [name, functions[index]] as const),
    ),
  );
  return {
    engine: engine.name,
    counter,
    context,
    async call(name, params, as, body) {
      const answer = await byRoute.get(name)?.(eventOf(name, params, as, body) as never, {} as never);
      const { statusCode, body: text = '{}' } = answer as { statusCode: number; body?: string };
      if (statusCode >= 300) throw new Error(`${name}: ${statusCode} ${text}`);
      return { status: statusCode, body: JSON.parse(text) };
    },
    close: async () => {
      wired.table.client.destroy();
      await engine.close();
    },
  };
}

function eventOf(name: RouteName, params: Record<string, string>, as: As, body: unknown) {
  const route = ROUTES[name];
  const credentials =
    'key' in as ? { 'x-usher-key': as.key } : { authorization: `Bearer operator.${as.operatorOf}` };
  return {
    routeKey: routeKey(route),
    rawPath: route.path,
    headers: { ...credentials, 'content-type': 'application/json' },
    pathParameters: params,
    requestContext: { requestId: 'bench', http: { method: route.method } },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

export const WEB = 'web' as ChannelId;
const keyOf = (projectId: string) => `pk_${projectId}`;

/** A project with one channel and so many online agents, written straight to the table. */
export async function populate(
  world: World,
  name: string,
  team: { readonly agents: number; readonly maxLoad: number },
): Promise<ProjectId> {
  const projectId = name as ProjectId;
  const { table } = world.context;
  await saveProject(
    table,
    {
      id: projectId,
      name,
      allowedOrigins: [],
      widgetKey: keyOf(name),
      primaryGroupId: null,
      settings: defaultSettings('UTC'),
      settingsVersion: 1,
      version: 1,
    },
    null,
  );
  await saveChannel(table, projectId, { id: WEB, name: 'Web', weight: 1, version: 1 }, null);
  await putAgents(world, projectId, team.agents, team.maxLoad);
  return projectId;
}

/** Writes so many online agents, `agent-00000` first in rank. */
export async function putAgents(world: World, projectId: ProjectId, count: number, maxLoad: number) {
  const rows = Array.from({ length: count }, (_, index) =>
    agentRowOf(projectId, onlineAgent(index, maxLoad)),
  );
  for (let from = 0; from < rows.length; from += BATCH_WRITE_MAX) {
    const batch = rows.slice(from, from + BATCH_WRITE_MAX);
    const RequestItems = { [TABLE]: batch.map(Item => ({ PutRequest: { Item } })) };
    await world.context.table.client.send(new BatchWriteCommand({ RequestItems }));
  }
}

export const agentIdAt = (index: number) => `agent-${String(index).padStart(5, '0')}` as AgentId;

function onlineAgent(index: number, maxLoad: number): Agent {
  const id = agentIdAt(index);
  return {
    id,
    name: `Agent ${index}`,
    active: true,
    groups: [],
    channels: null,
    maxLoad,
    receptionWeight: 1,
    memberOrder: index + 1,
    status: 'online',
    statusSince: 0 as Instant,
    statusReason: 'set-by-operator',
    queuePosition: 1,
    load: 0,
    openChats: 0,
    heldChats: 0,
    missedChats: 0,
    vacancy: maxLoad,
    lastClosedAt: null,
    chatIds: [],
    version: 1,
    cardVersion: 1,
  };
}

/** A visitor's request through the widget. */
export function startOne(world: World, projectId: ProjectId) {
  return world.call('startChat', { projectId }, { key: keyOf(projectId) }, { channelId: WEB });
}
