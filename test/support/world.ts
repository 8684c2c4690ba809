import { Logger } from '@aws-lambda-powertools/logger';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { openSolitude } from '../../bench/solitude.ts';
import { type Agent, canTakeSomething } from '../../domain/agent.ts';
import type { AgentId, ChannelId, ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Channel } from '../../domain/channel.ts';
import type { Chat, OpenChat, WaitingChat } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import { ineligible } from '../../domain/eligibility.ts';
import { queuePositionOf } from '../../domain/group.ts';
import type { Place } from '../../domain/line.ts';
import type { Project } from '../../domain/project.ts';
import { defaultSettings } from '../../domain/settings.ts';
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
import { minuteLambda } from '../../functions/scheduled/minute.ts';
import { agentRowOf, parseAgentRow } from '../../functions/store/agent-row.ts';
import { parseChannelRow } from '../../functions/store/channels.ts';
import { chatRowOf, parseChatRow, type StoredChat } from '../../functions/store/chat-row.ts';
import type { Row, Table } from '../../functions/store/client.ts';
import { unpackDecision } from '../../functions/store/decision-row.ts';
import { groupRowOf, parseGroupRow, type StoredGroup } from '../../functions/store/groups.ts';
import { channelKey, SWEEP_LIST, sweepWaiting } from '../../functions/store/keys.ts';
import { parsePlaceRow, placeRowOf } from '../../functions/store/line.ts';
import { parseProjectRow, saveProject } from '../../functions/store/projects.ts';
import { rankKey } from '../../functions/store/rank-key.ts';
import { wire } from '../../functions/wiring.ts';
import { agent, NOW, waitingChat } from './domain.ts';
import { type Change, CREDENTIALS, type Engine } from './engine.ts';
import { type Door, openDoor } from './faults.ts';

export const ACME = 'acme' as ProjectId;
const KEY = `pk_${ACME}`;
const MINUTE_MS = 60_000;
/** Longer than any lease of a command or a search. */
const PAST_EVERY_LEASE_MS = 50_000;

type As = 'widget' | 'operator' | 'owner' | { readonly agent: string } | { readonly visitor: string };
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
  readonly body: {
    readonly code?: string;
    readonly outcome?: string;
    readonly visitorToken: string;
    readonly chat: { readonly id: ChatId; readonly state: string; readonly agentId?: AgentId | null };
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
  readonly clock: { now: Instant };
  readonly call: (name: RouteName, request?: Request) => Promise<Reply>;
  readonly start: (given?: Start) => Promise<Reply>;
  readonly close: (chatId: ChatId, as?: As, key?: string) => Promise<Reply>;
  readonly setStatus: (agentId: string, status: string) => Promise<Reply>;
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

type Start = {
  readonly channelId?: string;
  readonly visitor?: string;
  readonly key?: string;
  readonly message?: string;
};

/** What is written straight to the table. */
type Things = {
  readonly agents?: readonly Agent[];
  readonly channels?: readonly Channel[];
  readonly groups?: readonly StoredGroup[];
  readonly waiting?: readonly WaitingChat[];
};

/** `meter` sees every call that passed the door. */
export async function openWorld(engine: Engine, meter = (table: Table) => table): Promise<World> {
  const table = await engine.openTable();
  const door = openDoor();
  const clock = { now: NOW };
  const queue: SearchMessage[] = [];
  const measured: number[] = [];
  const context: Context = {
    ...wire({ ...CREDENTIALS, AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint, USHER_TABLE: table.name }),
    table: door.through(meter(table)),
    searchQueue: {
      send: messages =>
        door.pass({ name: 'SendMessages', input: { messages } }, async () => {
          queue.push(...messages);
        }),
    },
    // A token says who it is: `operator.acme`, `agent.acme.ada`, `owner`.
    verifyToken: async token => ({ subject: token, groups: [token.replaceAll('.', ':')] }),
    now: () => clock.now,
    log: new Logger({ serviceName: 'test', logLevel: 'SILENT' }),
    measure: (_name, _unit, value) => measured.push(value),
    // As on Lambda: requests meet in the table only.
    crowds: { claims: openSolitude(), searches: openSolitude() },
  };
  const handlers = {
    ...startChat.handlers,
    ...chats.handlers,
    ...agents.handlers,
    ...admin.handlers,
    ...projects.handlers,
  };
  const lambda = httpLambda(handlers, context);
  const worker = searchLambda(context);
  const minute = minuteLambda(context);

  const call: World['call'] = async (name, request = {}) => {
    const answer = await lambda(eventOf(name, request) as never, {} as never);
    const { statusCode, body = '{}', headers } = answer;
    return {
      status: statusCode ?? 0,
      replayed: headers['idempotent-replayed'] === 'true',
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
    clock,
    call,
    start: ({ channelId = 'web', visitor, key, message } = {}) =>
      call('startChat', {
        as: visitor === undefined ? 'widget' : { visitor },
        body: { channelId, ...(message !== undefined && { message }) },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      }),
    close: (chatId, as = 'operator', key) =>
      call('closeChat', {
        params: { chatId },
        as,
        headers: key === undefined ? {} : { 'idempotency-key': key },
      }),
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
    put: things => putRows(table, rowsOf(things)),
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
  if (as === 'operator') return { authorization: `Bearer operator.${ACME}` };
  return { authorization: `Bearer ${'agent' in as ? `agent.${ACME}.${as.agent}` : as.visitor}` };
}

function rowsOf({ agents: team = [], channels = [], groups = [], waiting = [] }: Things): readonly Row[] {
  return [
    ...team.map(one => agentRowOf(ACME, one)),
    ...channels.map(channel => ({ ...channelKey(ACME, channel.id), ...channel, version: 1 })),
    ...groups.map(group => groupRowOf(ACME, group)),
    ...waiting.flatMap(chat => [
      chatRowOf({ chat, tokenHash: 'x'.repeat(43), firstDecision: null }),
      placeRowOf(chat, { attempts: 0, decided: false }),
    ]),
  ];
}

const BATCH_WRITE_MAX = 25;

const BATCHES_IN_PARALLEL = 4;

async function putRows({ client, name }: Table, rows: readonly Row[]): Promise<void> {
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
export function waitingLine(world: World, count: number, channelId = 'web'): readonly WaitingChat[] {
  return Array.from({ length: count }, () =>
    waitingChat({
      id: world.context.newId.chat(world.clock.now),
      channelId: channelId as ChannelId,
      waitingSince: world.clock.now,
    }),
  );
}

// What stands in the table, and what must always hold of it (DESIGN.md, section 3).

export type Standing = {
  readonly project: Project | null;
  readonly channels: readonly Channel[];
  readonly agents: readonly Agent[];
  readonly chats: readonly StoredChat[];
  readonly places: readonly Place[];
  readonly groups: readonly StoredGroup[];
  /** Decisions that are rows of their own. */
  readonly decisions: readonly Decision[];
  /** The index keys as they stand in the rows: rank by agent, list keys by chat's place. */
  readonly ranks: ReadonlyMap<string, unknown>;
  readonly sweeps: ReadonlyMap<string, unknown>;
};

function standingOf(rows: readonly Row[]): Standing {
  const whereKey = (pattern: RegExp) => rows.filter(row => pattern.test(`${row.pk}|${row.sk}`));
  const roster = whereKey(/#ROSTER\|/);
  const line = whereKey(/#LINE\|/);
  const [own] = whereKey(/\|PROJECT$/);
  return {
    project: own === undefined ? null : parseProjectRow(own),
    channels: whereKey(/\|CHANNEL#/).map(parseChannelRow),
    agents: roster.map(parseAgentRow),
    chats: whereKey(/\|CHAT$/).map(parseChatRow),
    places: line.map(parsePlaceRow),
    groups: whereKey(/\|GROUP#/).map(parseGroupRow),
    decisions: whereKey(/\|DECISION#/).map(row =>
      unpackDecision(String(row.pk).split('#').at(-1) as ChatId, String(row.decision)),
    ),
    ranks: new Map(roster.map(row => [String(row.sk), row.rank ?? null])),
    sweeps: new Map(line.map(row => [String(row.sk), `${row.listKey}|${row.listSort}`])),
  };
}

/** What is wrong, in words; empty = it holds. */
type Check = (standing: Standing) => readonly string[];

/** Load and open-chat count of every agent equal the sum and the count over its chats. */
export const loadsAddUp: Check = ({ agents: all, chats: stored }) =>
  all.flatMap(one => {
    const own = stored.map(({ chat }) => chat).filter(chat => isOf(chat, one.id));
    return [
      ...differs(`${one.id}: load`, one.load, sum(own.map(chat => chat.weight))),
      ...differs(`${one.id}: open chats`, one.openChats, own.length),
      ...differs(`${one.id}: chats`, [...one.chatIds].sort(), own.map(chat => chat.id).sort()),
      ...differs(`${one.id}: vacancy`, one.vacancy, one.maxLoad === null ? null : one.maxLoad - one.load),
    ];
  });

/** No agent is above its limit but by chats that were forced on it. */
export const limitsHold: Check = ({ agents: all, chats: stored }) =>
  all.flatMap(one => {
    const own = stored.map(({ chat }) => chat).filter(chat => isOf(chat, one.id));
    const isAbove = one.maxLoad !== null && one.load > one.maxLoad;
    return isAbove && !own.some(chat => chat.forced) ? [`${one.id}: ${one.load} of ${one.maxLoad}`] : [];
  });

/** An open chat has exactly one owner, which is there and knows of it; no other chat has any. */
export const ownersAreOne: Check = ({ agents: all, chats: stored }) =>
  stored.flatMap(({ chat }) => {
    const owners = all.filter(one => one.chatIds.includes(chat.id)).map(one => one.id);
    return differs(`${chat.id}: owners`, owners, chat.state === 'open' ? [chat.agentId] : []);
  });

/** Exactly the waiting chats stand in the line, as themselves, and the sweep's list shows each. */
export const waitingIsReached: Check = ({ chats: stored, places, sweeps }) => {
  const waiting = stored.flatMap(({ chat }) => (chat.state === 'waiting' ? [chat] : []));
  const ids = waiting.map(chat => chat.id).sort();
  return [
    ...differs('in the line', places.map(place => place.chatId).sort(), ids),
    ...waiting.flatMap(chat => {
      const place = places.find(one => one.chatId === chat.id);
      const list = `${SWEEP_LIST}|${sweepWaiting(chat.projectId, chat.id)}`;
      return place === undefined
        ? []
        : [
            ...differs(`${chat.id}: channel in the line`, place.channelId, chat.channelId),
            ...differs(`${chat.id}: waiting since`, place.since, chat.waitingSince),
            ...differs(`${chat.id}: in the sweep's list`, sweeps.get(chat.id), list),
          ];
    }),
  ];
};

/** The rank index holds exactly the agents who could take something, each in its place. */
export const ranksAreTrue: Check = ({ agents: all, ranks }) =>
  all.flatMap(one => [
    ...differs(`${one.id}: rank`, ranks.get(one.id), rankKey(one)),
    ...differs(`${one.id}: in the index`, ranks.get(one.id) !== null, canTakeSomething(one)),
  ]);

/** Every automatic assignment has its decision on record, and that decision chose this agent. */
export const assignmentsAreExplained: Check = ({ chats: stored, decisions }) =>
  stored.flatMap(({ chat, firstDecision }) =>
    chat.assignments.flatMap(({ agentId, method, decisionId }) => {
      if (method !== 'automatic') return [];
      const known = [...decisions, ...(firstDecision === null ? [] : [firstDecision])];
      const decision = known.find(one => one.id === decisionId && one.chatId === chat.id);
      return differs(`${chat.id}: decided for`, decision?.winner, agentId);
    }),
  );

/** A chat was given to an agent no more often than it was taken from the line or created. */
export const assignedOnce: Check = ({ chats: stored }) =>
  stored.flatMap(({ chat }) => (chat.assignments.length > 1 ? [`${chat.id}: assigned twice`] : []));

/** No chat waits for which an agent is available. Holds once every search is done. */
export const nobodyWaitsInVain: Check = ({ project: own, channels, agents: all, chats: stored }) => {
  if (own?.settings.automaticAllocation === false) return [];
  return stored.flatMap(({ chat }) => {
    if (chat.state !== 'waiting') return [];
    const weight = channels.find(channel => channel.id === chat.channelId)?.weight ?? 1;
    const free = all.find(one => ineligible(one, { channelId: chat.channelId, weight }) === null);
    return free === undefined ? [] : [`${chat.id} waits, ${free.id} is available`];
  });
};

/** Every agent shows the lowest position of its groups, is in none that is gone, and no change is still on its way. */
export const groupsAreShown: Check = ({ agents: all, groups }) => [
  ...groups.filter(group => group.spreading !== null).map(group => `${group.id} is still ${group.spreading}`),
  ...all.flatMap(one => {
    const own = groups.filter(group => one.groups.includes(group.id));
    return [
      ...differs(`${one.id}: groups`, own.map(group => group.id).sort(), [...new Set(one.groups)].sort()),
      ...differs(`${one.id}: queue position`, one.queuePosition, queuePositionOf(own)),
    ];
  }),
];

const ALWAYS = {
  loadsAddUp,
  limitsHold,
  ownersAreOne,
  waitingIsReached,
  ranksAreTrue,
  assignmentsAreExplained,
  assignedOnce,
} satisfies Record<string, Check>;
const SETTLED = { nobodyWaitsInVain, groupsAreShown } satisfies Record<string, Check>;

/** What does not hold though it always must. */
export const violations = (standing: Standing) => broken(ALWAYS, standing);
/** As `violations`, and what must hold once every search and every spreading is done. */
export const violationsOnceSettled = (standing: Standing) => broken({ ...ALWAYS, ...SETTLED }, standing);

function broken(checks: Readonly<Record<string, Check>>, standing: Standing): readonly string[] {
  return Object.entries(checks).flatMap(([name, check]) => check(standing).map(what => `${name}: ${what}`));
}

function isOf(chat: Chat, agentId: AgentId): chat is OpenChat {
  return chat.state === 'open' && chat.agentId === agentId;
}

function differs(what: string, is: unknown, must: unknown): readonly string[] {
  const [one, other] = [is, must].map(value => JSON.stringify(value));
  return one === other ? [] : [`${what} ${one}, should be ${other}`];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

// What must hold of the way there, commit by commit.

type Replay = {
  readonly agents: Map<AgentId, Agent>;
  readonly chats: Map<ChatId, Chat>;
};

/** The history as changes of chats and agents, with what stood in the table before each. */
function replay(history: readonly Change[], seen: (change: Seen, before: Replay) => void): void {
  const state: Replay = { agents: new Map(), chats: new Map() };
  for (const { before, after } of history) {
    const { pk, sk } = (after ?? before) as { pk: string; sk: string };
    if (sk === 'CHAT' && after !== null) {
      const { chat } = parseChatRow(after);
      seen({ kind: 'chat', chat }, state);
      state.chats.set(chat.id, chat);
    }
    if (pk.endsWith('#ROSTER') && after !== null) {
      const one = parseAgentRow(after);
      seen({ kind: 'agent', agent: one }, state);
      state.agents.set(one.id, one);
    }
  }
}

type Seen =
  | { readonly kind: 'chat'; readonly chat: Chat }
  | { readonly kind: 'agent'; readonly agent: Agent };

/**
 * Load, count and limit of an agent hold after every commit that touched it. In a transaction the chats stand before
 * their agent, so that they are already there when its row comes by.
 */
export function violationsOnTheWay(history: readonly Change[]): readonly string[] {
  const found: string[] = [];
  replay(history, (change, { chats: known }) => {
    if (change.kind === 'chat') return;
    const stored = [...known.values()].map(chat => ({ chat, tokenHash: '', firstDecision: null }));
    const standing = { ...NOTHING, agents: [change.agent], chats: stored };
    found.push(...loadsAddUp(standing), ...limitsHold(standing));
  });
  return found;
}

/**
 * Who was overtaken: a chat that was committed as waiting when a newer one was given, automatically, to an agent who
 * could have taken it, and that waits to the end of the history.
 */
export function overtaken(history: readonly Change[], channels: readonly Channel[]): readonly string[] {
  const found: { readonly older: ChatId; readonly text: string }[] = [];
  const weightOf = (id: ChannelId) => channels.find(channel => channel.id === id)?.weight ?? 1;
  const last = new Map<ChatId, Chat>();
  replay(history, (change, { agents: known, chats: before }) => {
    if (change.kind === 'agent') return;
    const { chat } = change;
    last.set(chat.id, chat);
    if (chat.state !== 'open' || before.get(chat.id)?.state === 'open') return;
    if (chat.assignments.at(-1)?.method !== 'automatic') return;
    const taker = known.get(chat.agentId);
    for (const older of before.values()) {
      if (older.state !== 'waiting' || older.id >= chat.id || taker === undefined) continue;
      const demand = { channelId: older.channelId, weight: weightOf(older.channelId) };
      if (ineligible(taker, demand) !== null) continue;
      found.push({ older: older.id, text: `${chat.id} went to ${taker.id} before ${older.id}` });
    }
  });
  return found.filter(({ older }) => last.get(older)?.state === 'waiting').map(({ text }) => text);
}

export const NOTHING: Standing = {
  project: null,
  channels: [],
  agents: [],
  chats: [],
  places: [],
  groups: [],
  decisions: [],
  ranks: new Map(),
  sweeps: new Map(),
};
