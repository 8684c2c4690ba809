import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Agent } from '../domain/agent.ts';
import type { AgentId, ChannelId, ChatId, GroupId, ProjectId } from '../domain/brands.ts';
import type { PolicyName } from '../domain/policies.ts';
import { defaultSettings, type Settings } from '../domain/settings.ts';
import type { Timeouts } from '../domain/timeouts.ts';
import type { Crowd } from '../functions/allocate/crowd.ts';
import type { Context } from '../functions/edge/context.ts';
import { httpLambda } from '../functions/edge/lambda.ts';
import * as agents from '../functions/http/agents.ts';
import * as chats from '../functions/http/chats.ts';
import * as startChat from '../functions/http/start-chat.ts';
import { ROUTES, type RouteName, routeKey } from '../functions/routes.ts';
import { agentRowOf } from '../functions/store/agent-row.ts';
import { saveChannel } from '../functions/store/channels.ts';
import type { Row } from '../functions/store/client.ts';
import { groupKey, memberKey } from '../functions/store/keys.ts';
import { readProject, saveProject } from '../functions/store/projects.ts';
import { wire } from '../functions/wiring.ts';
import { startTableEngine } from '../local/engines/dynamodb.ts';
import { ensureTable } from '../local/engines/table.ts';
import { openDataFolder } from '../local/storage/data-folder.ts';
import { agentIdAt, onlineAgent } from './agents.ts';
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
type As =
  | { readonly key: string }
  | { readonly operatorOf: string }
  | { readonly botOf: string }
  | { readonly visitor: string }
  | { readonly agent: AgentId; readonly of: string };
type Reply = {
  readonly status: number;
  readonly body: { chat: { id: ChatId; state: string }; visitorToken: string };
};

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
    verifyToken: async token => ({ subject: token, groups: [token.replaceAll('.', ':')] }),
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
  return {
    routeKey: routeKey(route),
    rawPath: route.path,
    headers: { ...credentialsOf(as), 'content-type': 'application/json' },
    pathParameters: params,
    requestContext: { requestId: 'bench', http: { method: route.method } },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

/** The token is what it says: `verifyToken` above reads the role from it. */
function credentialsOf(as: As) {
  if ('key' in as) return { 'x-usher-key': as.key };
  if ('visitor' in as) return { authorization: `Bearer ${as.visitor}` };
  if ('botOf' in as) return { authorization: `Bearer bot.${as.botOf}` };
  const role = 'agent' in as ? `agent.${as.of}.${as.agent}` : `operator.${as.operatorOf}`;
  return { authorization: `Bearer ${role}` };
}

export const WEB = 'web' as ChannelId;
export const CREW = 'crew' as GroupId;
const keyOf = (projectId: string) => `pk_${projectId}`;

type Team = {
  readonly agents: number;
  readonly maxLoad: number;
  readonly policy?: PolicyName;
  readonly timeouts?: Timeouts;
  /** So many of the agents, the first ones, are the primary group. */
  readonly crew?: number;
  /** What else the agents are, each by its number. */
  readonly card?: (index: number) => Partial<Agent>;
};

/** A project with one channel and so many online agents, written straight to the table. */
export async function populate(world: World, name: string, team: Team): Promise<ProjectId> {
  const projectId = name as ProjectId;
  const { table } = world.context;
  const { crew = 0, policy = 'queue-position', timeouts } = team;
  await saveProject(
    table,
    {
      id: projectId,
      name,
      allowedOrigins: [],
      widgetKey: keyOf(name),
      primaryGroupId: crew === 0 ? null : CREW,
      settings: { ...settingsWith(policy), ...timeouts },
      settingsVersion: 1,
      version: 1,
    },
    null,
  );
  await saveChannel(table, projectId, { id: WEB, name: 'Web', weight: 1, version: 1 }, null);
  if (crew > 0) await putRows(world, crewRows(projectId, crew));
  await putAgents(world, projectId, team);
  return projectId;
}

function settingsWith(policy: PolicyName): Settings {
  return { ...defaultSettings('UTC'), newVisitors: { policy, onNobody: null } };
}

/** From now on the project's chats are allocated by this policy. */
export async function switchPolicy({ context }: World, projectId: ProjectId, policy: PolicyName) {
  const project = await readProject(context.table, projectId);
  if (project === null) throw new Error(`there is no project ${projectId}`);
  const { version, settingsVersion } = project;
  const settings = settingsWith(policy);
  const after = { ...project, settings, settingsVersion: settingsVersion + 1, version: version + 1 };
  await saveProject(context.table, after, version);
}

function crewRows(projectId: ProjectId, members: number): Row[] {
  const group = { id: CREW, name: 'Crew', queuePosition: 1, version: 1, members, required: true };
  return [
    { ...groupKey(projectId, CREW), ...group },
    ...Array.from({ length: members }, (_, index) => memberKey(projectId, CREW, agentIdAt(index))),
  ];
}

/** Writes the team's agents, `agent-00000` first in rank unless their cards say otherwise. */
export async function putAgents(
  world: World,
  projectId: ProjectId,
  { agents, maxLoad, crew = 0, card }: Team,
) {
  const rows = Array.from({ length: agents }, (_, index) => {
    const id = agentIdAt(index);
    const groups = index < crew ? [CREW] : [];
    return agentRowOf(
      projectId,
      onlineAgent({ id, maxLoad, memberOrder: index + 1, groups, ...card?.(index) }),
    );
  });
  await putRows(world, rows);
}

async function putRows({ context }: World, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH_WRITE_MAX) {
    const batch = rows.slice(from, from + BATCH_WRITE_MAX);
    const RequestItems = { [TABLE]: batch.map(Item => ({ PutRequest: { Item } })) };
    await context.table.client.send(new BatchWriteCommand({ RequestItems }));
  }
}

/** A visitor's request through the widget. */
export function startOne(world: World, projectId: ProjectId, message?: string) {
  const body = { channelId: WEB, ...(message !== undefined && { message }) };
  return world.call('startChat', { projectId }, { key: keyOf(projectId) }, body);
}
