import { Logger } from '@aws-lambda-powertools/logger';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { openSolitude } from '../../bench/solitude.ts';
import type { Agent } from '../../domain/agent.ts';
import type { AgentId, ChannelId, ChatId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Channel } from '../../domain/channel.ts';
import type { OpenChat, WaitingChat } from '../../domain/chat.ts';
import type { Group } from '../../domain/group.ts';
import type { Project } from '../../domain/project.ts';
import { needsPrimaryGroup } from '../../domain/rule.ts';
import { defaultSettings, type Settings } from '../../domain/settings.ts';
import { type Search, searchLine } from '../../functions/allocate/waiting-line.ts';
import type { Context } from '../../functions/edge/context.ts';
import { httpLambda } from '../../functions/edge/lambda.ts';
import * as admin from '../../functions/http/admin.ts';
import * as agents from '../../functions/http/agents.ts';
import * as chats from '../../functions/http/chats.ts';
import * as projects from '../../functions/http/projects.ts';
import * as startChat from '../../functions/http/start-chat.ts';
import { inParallel } from '../../functions/in-parallel.ts';
import { searchLambda } from '../../functions/queue/search.ts';
import type { SearchMessage } from '../../functions/queue/search-queue.ts';
import { ROUTES, type RouteName, routeKey } from '../../functions/routes.ts';
import { jobMinuteLambda } from '../../functions/scheduled/job-minute.ts';
import { minuteLambda } from '../../functions/scheduled/minute.ts';
import { agentRowOf } from '../../functions/store/agent-row.ts';
import { chatRowOf } from '../../functions/store/chat-row.ts';
import type { Row, Table } from '../../functions/store/client.ts';
import type { StoredGroup } from '../../functions/store/groups.ts';
import { channelKey, groupKey, memberKey, SWEEP_LIST, sweepGroup } from '../../functions/store/keys.ts';
import { placeRowOf } from '../../functions/store/line.ts';
import { readProject, saveProject } from '../../functions/store/projects.ts';
import { wire } from '../../functions/wiring.ts';
import { agent, NOW, waitingChat } from './domain.ts';
import { type Change, CREDENTIALS, type Engine } from './engine.ts';
import { type Door, openDoor } from './faults.ts';
import { type Standing, standingOf } from './standing.ts';

export const ACME = 'acme' as ProjectId;
const KEY = `pk_${ACME}`;
const MINUTE_MS = 60_000;
/** Longer than any lease of a command or a search. */
const PAST_EVERY_LEASE_MS = 50_000;

type As = 'widget' | 'operator' | 'owner' | 'bot' | { readonly agent: string } | { readonly visitor: string };
type Request = {
  readonly params?: Readonly<Record<string, string>>;
  readonly as?: As;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};
/** An answer, told loosely: what it holds is the business of the tests of the routes. */
export type Reply = {
  readonly status: number;
  readonly replayed: boolean;
  readonly etag: string | null;
  readonly body: {
    readonly code?: string;
    readonly outcome?: string;
    readonly visitorToken: string;
    readonly chat: {
      readonly id: ChatId;
      readonly state: string;
      readonly agentId?: AgentId | null;
      readonly groupId?: GroupId | null;
      readonly offeredTo?: { readonly groupId: GroupId | null; readonly agentIds: readonly AgentId[] } | null;
    };
  };
};

/** The real handlers over a table of their own, with one project, a clock that stands, and a queue in memory. */
export type World = {
  readonly context: Context;
  readonly door: Door;
  /** The table as it is, past the door. */
  readonly table: Table;
  readonly queue: SearchMessage[];
  readonly measured: number[];
  /** The schedule of the job. */
  readonly rule: { enabled: boolean };
  readonly clock: { now: Instant };
  readonly call: (name: RouteName, request?: Request) => Promise<Reply>;
  readonly start: (given?: Start) => Promise<Reply>;
  readonly close: (chatId: ChatId, as?: As, key?: string) => Promise<Reply>;
  readonly accept: (chatId: ChatId, agentId: string, key?: string) => Promise<Reply>;
  readonly hold: (chatId: ChatId, as?: As, key?: string) => Promise<Reply>;
  readonly resume: (chatId: ChatId, as?: As, key?: string) => Promise<Reply>;
  readonly transfer: (chatId: ChatId, to: To, given?: Transfer) => Promise<Reply>;
  /** The job is started, stopped, or run once by hand. */
  readonly job: (what: 'start' | 'stop' | 'run') => Promise<Reply>;
  readonly setStatus: (agentId: string, status: string) => Promise<Reply>;
  /** Replaces the settings; what is left out takes its default. */
  readonly switchTo: (settings: SettingsGiven) => Promise<Reply>;
  /** Changes of an agent's card what is given. */
  readonly edit: (agentId: string, set: Readonly<Record<string, unknown>>) => Promise<Reply>;
  readonly search: () => Promise<Search>;
  readonly minute: () => Promise<void>;
  /** The queue hands out what is due; gives back how many messages failed. */
  readonly deliver: () => Promise<number>;
  /** A minute passes: its sweep, and what it and others armed. */
  readonly passMinute: () => Promise<void>;
  /** What follows a crash: every lease runs out, the minute's sweep comes, and the periodic search twice. */
  readonly recover: () => Promise<void>;
  readonly put: (things: Things) => Promise<void>;
  readonly standing: () => Promise<Standing>;
  readonly history: () => Promise<readonly Change[]>;
};

type SettingsGiven = Partial<Settings>;
type To = { readonly agentId: string } | { readonly groupId: string };
type Transfer = { readonly as?: As; readonly key?: string | undefined; readonly reason?: string };

type Start = {
  readonly channelId?: string;
  readonly groupId?: string;
  readonly visitor?: string;
  readonly key?: string;
  readonly message?: string;
  /** A bot starts it and talks with the visitor. */
  readonly withBot?: boolean;
};

/** What is written straight to the table. The groups of agents go with them: their members are counted here. */
type Things = {
  readonly agents?: readonly Agent[];
  readonly channels?: readonly Channel[];
  readonly groups?: readonly (Group & Partial<StoredGroup>)[];
  readonly waiting?: readonly WaitingChat[];
  /** What has to be known about them besides stands in their agents. */
  readonly open?: readonly OpenChat[];
  readonly settings?: SettingsGiven;
  readonly primary?: Group;
};

/** Every handler of the route table. */
export const HANDLERS = {
  ...startChat.handlers,
  ...chats.handlers,
  ...agents.handlers,
  ...admin.handlers,
  ...projects.handlers,
};

/** `meter` sees every call that passed the door. */
export async function openWorld(engine: Engine, meter = (table: Table) => table): Promise<World> {
  const table = await engine.openTable();
  const door = openDoor();
  const clock = { now: NOW };
  const queue: SearchMessage[] = [];
  const measured: number[] = [];
  const rule = { enabled: false };
  const switchRule = (name: string, enabled: boolean) =>
    door.pass({ name, input: {} }, async () => {
      rule.enabled = enabled;
    });
  const context: Context = {
    ...wire({ ...CREDENTIALS, AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint, USHER_TABLE: table.name }),
    table: door.through(meter(table)),
    searchQueue: {
      send: messages =>
        door.pass({ name: 'SendMessages', input: { messages } }, async () => {
          queue.push(...messages);
        }),
    },
    jobRule: {
      enable: () => switchRule('EnableRule', true),
      disable: () => switchRule('DisableRule', false),
    },
    // A token says who it is: `operator.acme`, `agent.acme.ada`, `owner`.
    verifyToken: async token => ({ subject: token, groups: [token.replaceAll('.', ':')] }),
    now: () => clock.now,
    log: new Logger({ serviceName: 'test', logLevel: 'SILENT' }),
    measure: (_name, _unit, value) => measured.push(value),
    // As on Lambda: requests meet in the table only.
    crowds: { claims: openSolitude(), searches: openSolitude() },
  };
  const lambda = httpLambda(HANDLERS, context);
  const worker = searchLambda(context);
  const sweep = minuteLambda(context);
  const jobMinute = jobMinuteLambda(context);
  // As on AWS: two schedules, of which the job's fires while it is enabled.
  const minute = async () => {
    await sweep();
    if (rule.enabled) await jobMinute();
  };

  const call: World['call'] = async (name, request = {}) => {
    const answer = await lambda(eventOf(name, request) as never, {} as never);
    const { statusCode, body = '{}', headers } = answer;
    return {
      status: statusCode ?? 0,
      replayed: headers['idempotent-replayed'] === 'true',
      etag: headers.etag ?? null,
      body: JSON.parse(body),
    };
  };
  const deliver = async () => {
    const due = queue.filter(message => message.dueAt <= clock.now);
    queue.splice(0, queue.length, ...queue.filter(message => message.dueAt > clock.now));
    const Records = due.map((message, index) => ({
      messageId: String(index),
      body: JSON.stringify(message),
    }));
    return (await worker({ Records } as never)).batchItemFailures.length;
  };
  const passMinute = async (searches = Number.POSITIVE_INFINITY) => {
    clock.now = (Math.floor(clock.now / MINUTE_MS + 1) * MINUTE_MS) as Instant;
    await minute();
    await deliver();
    const dueTimes = [...new Set(queue.map(message => message.dueAt))].sort((a, b) => a - b);
    for (const dueAt of dueTimes.slice(0, searches)) {
      clock.now = dueAt;
      await deliver();
    }
  };

  const world: World = {
    context,
    door,
    table,
    queue,
    measured,
    rule,
    clock,
    call,
    start: ({ channelId = 'web', groupId, visitor, key, message, withBot = false } = {}) =>
      call('startChat', {
        as: withBot ? 'bot' : visitor === undefined ? 'widget' : { visitor },
        body: {
          channelId,
          ...(groupId !== undefined && { groupId }),
          ...(message !== undefined && { message }),
        },
        headers: keyed(key),
      }),
    close: (chatId, as = 'operator', key) =>
      call('closeChat', { params: { chatId }, as, headers: keyed(key) }),
    accept: (chatId, agentId, key) =>
      call('acceptChat', { params: { chatId }, as: { agent: agentId }, headers: keyed(key) }),
    hold: (chatId, as = 'operator', key) => call('holdChat', { params: { chatId }, as, headers: keyed(key) }),
    resume: (chatId, as = 'operator', key) =>
      call('resumeChat', { params: { chatId }, as, headers: keyed(key) }),
    transfer: (chatId, to, { as = 'operator', key, reason } = {}) =>
      call('transferChat', {
        params: { chatId },
        as,
        body: { to, ...(reason !== undefined && { reason }) },
        headers: keyed(key),
      }),
    job: what => call(`${what}Job` as const),
    switchTo: body => call('replaceSettings', { body, headers: { 'if-match': '*' } }),
    edit: (agentId, set) => call('editAgents', { body: { agentIds: [agentId], set } }),
    setStatus: (agentId, status) =>
      call('setStatus', { params: { agentId }, as: 'operator', body: { status } }),
    search: () => searchLine(context, ACME, { budgetMs: 1 }),
    minute,
    deliver,
    passMinute: () => passMinute(),
    async recover() {
      await door.mend();
      clock.now = (clock.now + PAST_EVERY_LEASE_MS) as Instant;
      await passMinute(2);
    },
    put: things => putThings(table, things),
    standing: async () => standingOf(await engine.allRows(table)),
    history: () => engine.history(table),
  };
  await saveProject(table, project(), null);
  await world.put({ channels: [{ id: 'web' as ChannelId, name: 'Web', weight: 1 }] });
  return world;
}

function project(): Project {
  return {
    id: ACME,
    name: 'Acme',
    allowedOrigins: [],
    widgetKey: KEY,
    primaryGroupId: null,
    settings: defaultSettings('UTC'),
    settingsVersion: 1,
    version: 1,
  };
}

function eventOf(name: RouteName, { params = {}, as = 'operator', body, headers = {} }: Request) {
  const route = ROUTES[name];
  const pathParameters: Record<string, string> = { projectId: ACME, ...params };
  return {
    routeKey: routeKey(route),
    rawPath: route.path.replace(/\{(\w+)\}/g, (_, key: string) => pathParameters[key] ?? ''),
    headers: { ...credentials(as), 'content-type': 'application/json', ...headers },
    pathParameters,
    requestContext: { requestId: 'test', http: { method: route.method } },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

function credentials(as: As): Record<string, string> {
  if (as === 'widget') return { 'x-usher-key': KEY };
  if (as === 'owner') return { authorization: 'Bearer owner' };
  if (as === 'bot') return { authorization: `Bearer bot.${ACME}` };
  if (as === 'operator') return { authorization: `Bearer operator.${ACME}` };
  return { authorization: `Bearer ${'agent' in as ? `agent.${ACME}.${as.agent}` : as.visitor}` };
}

const keyed = (key: string | undefined) => (key === undefined ? {} : { 'idempotency-key': key });

async function putThings(table: Table, things: Things): Promise<void> {
  const before = (await readProject(table, ACME)) ?? project();
  const settings = { ...before.settings, ...things.settings };
  const primaryGroupId = things.primary?.id ?? before.primaryGroupId;
  const after: Project = { ...before, settings, primaryGroupId, version: before.version + 1 };
  await saveProject(table, after, before.version);
  await putRows(table, rowsOf(things, after));
}

function rowsOf(
  { agents: team = [], channels = [], groups = [], waiting = [], open = [] }: Things,
  { settings, primaryGroupId }: Project,
): readonly Row[] {
  return [
    ...team.map(one => agentRowOf(ACME, one)),
    ...team.flatMap(one => one.groups.map(id => memberKey(ACME, id, one.id))),
    ...channels.map(channel => ({ ...channelKey(ACME, channel.id), ...channel, version: 1 })),
    ...groups.map(group =>
      groupRowOf({
        version: 1,
        spreading: null,
        members: team.filter(one => one.groups.includes(group.id)).length,
        required: group.id === primaryGroupId && needsPrimaryGroup(settings),
        ...group,
      }),
    ),
    ...open.map(chat => chatRowOf({ chat, token: null, firstDecision: null })),
    ...waiting.flatMap(chat => [
      chatRowOf({ chat, token: null, firstDecision: null }),
      placeRowOf(chat, { attempts: 0, decided: false, explained: false }),
    ]),
  ];
}

function groupRowOf({ spreading, ...group }: StoredGroup): Row {
  const sweep = { spreading, listKey: SWEEP_LIST, listSort: sweepGroup(ACME, group.id) };
  return { ...groupKey(ACME, group.id), ...group, ...(spreading !== null && sweep) };
}

const BATCH_WRITE_MAX = 25;

const BATCHES_IN_PARALLEL = 4;

export async function putRows({ client, name }: Table, rows: readonly Row[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(rows.length / BATCH_WRITE_MAX) }, (_, index) =>
    rows.slice(index * BATCH_WRITE_MAX, (index + 1) * BATCH_WRITE_MAX),
  );
  await inParallel(batches, BATCHES_IN_PARALLEL, batch => {
    const requests = batch.map(Item => ({ PutRequest: { Item } }));
    return client.send(new BatchWriteCommand({ RequestItems: { [name]: requests } }));
  });
}

/** So many free agents, `agent-0000` the first in rank. */
export function team(count: number, given: Parameters<typeof agent>[0] = {}): readonly Agent[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `agent-${String(index).padStart(4, '0')}`;
    return agent({ id, ...given });
  });
}

/** So many chats in the line, the oldest first. */
export function waitingLine(
  world: World,
  count: number,
  channelId = 'web',
  given: Partial<WaitingChat> = {},
): readonly WaitingChat[] {
  return Array.from({ length: count }, () =>
    waitingChat({
      id: world.context.newId.chat(world.clock.now),
      channelId: channelId as ChannelId,
      waitingSince: world.clock.now,
      ...given,
    }),
  );
}
