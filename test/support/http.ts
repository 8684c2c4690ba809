import { Agent as Connections, request } from 'node:http';
import type * as z from 'zod';
import { ROUTES, type RouteName } from '../../functions/routes.ts';
import {
  agentView,
  decisionView,
  settingsView,
  staffChatView,
  startAnswer,
  visitorChatView,
} from '../../functions/schemas.ts';
import { type LaptopOptions, startLaptop } from '../../local/laptop.ts';
import { type Answered, assertDeclared } from '../http/declared.ts';

/** Usher on a laptop, and projects in it, as callers of the HTTP API meet them. */

/** The headers that say who calls. */
export type Credentials = Readonly<Record<string, string>>;
export const NOBODY: Credentials = {};

/** A request. What is not given is not sent. */
export type Ask = {
  readonly as?: Credentials;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

type StaffChat = z.infer<typeof staffChatView>;
type AgentSeen = z.infer<typeof agentView>;
type DecisionSeen = z.infer<typeof decisionView>;

/** Comes between Usher and its table: may throw, or hold a command back. `command` as `TransactWriteItemsCommand`. */
export type Interference = (command: string, input: unknown) => unknown;

export type World = Awaited<ReturnType<typeof openWorld>>;
export type Project = Awaited<ReturnType<typeof openProject>>;

/** One laptop that keeps nothing; `project` makes as many separate projects in it as there are tests. */
export async function openWorld(functions: LaptopOptions['functions'] = real => real) {
  const laptop = await startLaptop({ port: 0, dataDir: 'memory', demo: false, quiet: true, functions });
  laptop.context.log.setLogLevel('SILENT');
  const connections = new Connections({ keepAlive: true });
  const { port } = new URL(laptop.url);
  const tokens = new Map<string, Promise<string>>();
  let interference: Interference | null = null;
  let projects = 0;

  laptop.context.table.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        await interference?.(commandName, args.input);
        return next(args);
      },
    { step: 'initialize', name: 'interference' },
  );

  /** Sends bytes as they are and hands back what came. */
  function send(method: string, path: string, headers: Credentials, body?: string): Promise<Answered> {
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    // A DELETE with a body has no length unless it is said.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: connections,
      headers: { ...headers, ...length },
    };
    const sent = request(options, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /\bjson\b/.test(response.headers['content-type'] ?? '');
        const { statusCode: status = 0 } = response;
        resolve({ status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null });
      });
    });
    sent.on('error', reject);
    sent.end(body);
    return promise;
  }

  /** Calls a route. Whatever it answers must be declared and well formed. */
  async function call(name: RouteName, { as = NOBODY, params = {}, query, ...rest }: Ask): Promise<Answered> {
    const { method, path } = ROUTES[name];
    const filled = path.replace(/\{(\w+)\}/g, (_, param) => encodeURIComponent(params[param] ?? ''));
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    const text = rest.text ?? (rest.body === undefined ? undefined : JSON.stringify(rest.body));
    const type = text === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await send(method, filled + search, { ...type, ...as, ...rest.headers }, text);
    assertDeclared(name, answer, isOutside(as));
    return answer;
  }

  /** As `call`; anything but a success throws. */
  async function ok(name: RouteName, ask: Ask): Promise<Answered> {
    const answer = await call(name, ask);
    if (answer.status >= 300) throw new Error(`${name} was refused: ${answer.text}`);
    return answer;
  }

  /** The credentials of a token with this group. */
  async function inGroup(group: string, sub = group): Promise<Credentials> {
    const key = `${group} ${sub}`;
    const token = tokens.get(key) ?? laptop.sign({ sub, group });
    tokens.set(key, token);
    return bearer(await token);
  }

  return {
    url: laptop.url,
    send,
    call,
    ok,
    inGroup,
    owner: await inGroup('owner'),
    now: () => laptop.context.now(),
    async advance(seconds: number) {
      await laptop.advance(seconds);
      tokens.clear();
    },
    close: laptop.close,

    /** Interferes with the table while `work` goes on. */
    async interfering<T>(how: Interference, work: () => Promise<T>): Promise<T> {
      interference = how;
      try {
        return await work();
      } finally {
        interference = null;
      }
    },

    async project(given: ProjectGiven = {}) {
      projects += 1;
      return openProject({ call, ok, inGroup }, given.id ?? `p${projects}`, given);
    },
  };
}

function bearer(token: string): Credentials {
  return { authorization: `Bearer ${token}` };
}

function isOutside({ authorization = '', 'x-usher-key': key }: Credentials): boolean {
  return authorization.startsWith('Bearer vt_') || (authorization === '' && key !== undefined);
}

type AgentGiven = {
  readonly maxLoad?: number | null;
  readonly groups?: readonly string[];
  readonly channels?: readonly string[] | null;
  readonly active?: boolean;
  readonly status?: 'online' | 'busy' | 'rest' | 'offline';
};

type ProjectGiven = {
  readonly id?: string;
  /** Weights by id; `web` of weight 1 unless given. */
  readonly channels?: Readonly<Record<string, number>>;
  /** Queue positions by id. */
  readonly groups?: Readonly<Record<string, number>>;
  /** Online unless said otherwise. */
  readonly agents?: Readonly<Record<string, AgentGiven>>;
  readonly settings?: Readonly<Record<string, unknown>>;
};

type Call = (name: RouteName, ask: Ask) => Promise<Answered>;
type Calling = {
  readonly call: Call;
  readonly ok: Call;
  readonly inGroup: (group: string) => Promise<Credentials>;
};

const ORIGIN = 'https://shop.example';

async function openProject({ call, ok, inGroup }: Calling, id: string, given: ProjectGiven) {
  const owner = await inGroup('owner');
  const operator = await inGroup(`operator:${id}`);
  const bot = await inGroup(`bot:${id}`);
  const widget: Credentials = { 'x-usher-key': `pk_${id}`, origin: ORIGIN };
  const agent = (agentId: string) => inGroup(`agent:${id}:${agentId}`);

  /** Asks as an operator unless another caller is named, about this project unless told otherwise. */
  const inProject = ({ params, ...ask }: Ask): Ask => ({
    as: operator,
    ...ask,
    params: { projectId: id, ...params },
  });
  const ask = (name: RouteName, request: Ask = {}) => call(name, inProject(request));
  const must = (name: RouteName, request: Ask = {}) => ok(name, inProject(request));

  await must('replaceProject', { as: owner, body: { name: id, allowedOrigins: [ORIGIN] } });
  for (const [channelId, weight] of Object.entries(given.channels ?? { web: 1 }))
    await channel(channelId, weight);
  for (const [groupId, position] of Object.entries(given.groups ?? {})) await group(groupId, position);
  for (const [agentId, card] of Object.entries(given.agents ?? {})) await hire(agentId, card);
  if (given.settings !== undefined) await settings(given.settings);

  async function channel(channelId: string, weight: number) {
    await must('replaceChannel', { params: { channelId }, body: { name: channelId, weight } });
  }
  async function group(groupId: string, queuePosition: number) {
    await must('replaceGroup', { params: { groupId }, body: { name: groupId, queuePosition } });
  }
  /** Adds an agent or replaces its card, and sets its status where one is given; a new one goes online. */
  async function hire(agentId: string, { status = 'online', ...card }: AgentGiven = {}) {
    await replaceCard(agentId, card);
    await setStatus(agentId, status);
  }
  async function replaceCard(agentId: string, card: Omit<AgentGiven, 'status'>) {
    await must('replaceAgent', { params: { agentId }, body: { name: agentId, ...card } });
  }
  async function setStatus(agentId: string, status: string) {
    await must('setStatus', { params: { agentId }, body: { status } });
  }
  /** Replaces the settings: what is not named takes its default. */
  async function settings(body: Readonly<Record<string, unknown>>) {
    const { headers } = await must('readSettings');
    const answer = await must('replaceSettings', { body, headers: { 'if-match': headers.etag ?? '' } });
    return settingsView.parse(answer.body);
  }

  async function chat(chatId: string): Promise<StaffChat> {
    return staffChatView.parse((await must('readChat', { params: { chatId } })).body);
  }

  return {
    id,
    as: { owner, operator, bot, widget, agent },
    visitor: (token: string): Credentials => bearer(token),
    ask,
    must,
    channel,
    group,
    hire,
    replaceCard,
    setStatus,
    settings,
    chat,
    /** Starts a chat as an operator would; seen as staff. */
    async start(channelId = 'web'): Promise<StaffChat> {
      const { body } = await must('startChat', { body: { channelId } });
      return staffChatView.parse(startAnswer.parse(body).chat);
    },
    /** Starts a chat from the widget, or as a visitor who comes back with its token. */
    async visit(token?: string, body: object = { channelId: 'web' }) {
      const as = token === undefined ? widget : bearer(token);
      const answer = await must('startChat', { as, body });
      const { chat: seen, visitorToken } = startAnswer.parse(answer.body);
      return { status: answer.status, chat: visitorChatView.parse(seen), token: visitorToken };
    },
    async closeChat(chatId: string): Promise<StaffChat> {
      const { body } = await must('closeChat', { params: { chatId } });
      return staffChatView.parse((body as { chat: unknown }).chat);
    },
    async agent(agentId: string): Promise<AgentSeen> {
      return agentView.parse((await must('readAgent', { params: { agentId } })).body);
    },
    async decisions(chatId: string): Promise<readonly DecisionSeen[]> {
      const { body } = await must('listDecisions', { params: { chatId } });
      return decisionView.array().parse((body as { items: unknown }).items);
    },
    /** Every item of a list, page by page. */
    async all(name: RouteName, query: Readonly<Record<string, string>> = {}): Promise<readonly unknown[]> {
      const items: unknown[] = [];
      for (let cursor: string | null = null; ; ) {
        const page = await must(name, { query: { ...query, ...(cursor !== null && { cursor }) } });
        const { items: more, nextCursor } = page.body as { items: unknown[]; nextCursor: string | null };
        items.push(...more);
        if (nextCursor === null) return items;
        cursor = nextCursor;
      }
    },
    async chats(query: Readonly<Record<string, string>> = {}): Promise<readonly StaffChat[]> {
      return staffChatView.array().parse(await this.all('listChats', query));
    },
  };
}
