import type * as z from 'zod';
import type { RouteName } from '../../functions/routes.ts';
import {
  agentView,
  checkAnswer,
  decisionView,
  editAgentsAnswer,
  initiateAnswer,
  jobView,
  queuedView,
  settingsView,
  staffChatView,
  startAnswer,
  visitorChatView,
} from '../../functions/schemas.ts';
import type { Answered } from './declared.ts';
import { type Event, eventsOf } from './events.ts';

/** The headers that say who calls. */
export type Credentials = Readonly<Record<string, string>>;

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
export type DecisionSeen = z.infer<typeof decisionView>;

export type Schedule = z.input<typeof agentView>['schedule'];

export type AgentGiven = {
  readonly name?: string;
  readonly maxLoad?: number | null;
  readonly groups?: readonly string[];
  readonly channels?: readonly string[] | null;
  readonly active?: boolean;
  readonly receptionWeight?: number;
  readonly memberOrder?: number;
  readonly schedule?: Schedule;
  /** A new agent goes online unless its schedule says. */
  readonly status?: 'online' | 'busy' | 'rest' | 'offline';
};

export type ProjectGiven = {
  readonly id?: string;
  /** Weights by id; `web` of weight 1 unless given. */
  readonly channels?: Readonly<Record<string, number>>;
  /** Queue positions by id. */
  readonly groups?: Readonly<Record<string, number>>;
  /** One of the groups. */
  readonly primary?: string;
  /** Online unless said otherwise. */
  readonly agents?: Readonly<Record<string, AgentGiven>>;
  readonly settings?: Readonly<Record<string, unknown>>;
};

type To = { readonly agentId: string } | { readonly groupId: string };
type Transferring = { readonly as?: Credentials; readonly reason?: string; readonly key?: string };

type Call = (name: RouteName, ask: Ask) => Promise<Answered>;
export type Calling = {
  readonly call: Call;
  readonly ok: Call;
  readonly send: (method: string, path: string, headers: Credentials) => Promise<Answered>;
  readonly inGroup: (group: string) => Promise<Credentials>;
};

export type Project = Awaited<ReturnType<typeof openProject>>;

const ORIGIN = 'https://shop.example';

/** A project of its own, and what its callers do with it. */
export async function openProject({ call, ok, send, inGroup }: Calling, id: string, given: ProjectGiven) {
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
  for (const [groupId, position] of Object.entries(given.groups ?? {}))
    await group(groupId, position, groupId === given.primary ? true : undefined);
  for (const [agentId, card] of Object.entries(given.agents ?? {})) await hire(agentId, card);
  if (given.settings !== undefined) await settings(given.settings);

  async function channel(channelId: string, weight: number) {
    await must('replaceChannel', { params: { channelId }, body: { name: channelId, weight } });
  }
  async function group(groupId: string, queuePosition: number, primary?: boolean) {
    const body = { name: groupId, queuePosition, ...(primary !== undefined && { primary }) };
    await must('replaceGroup', { params: { groupId }, body });
  }
  /** Adds an agent or replaces its card, and sets its status where one is given; a new one goes online. */
  async function hire(agentId: string, { status, ...card }: AgentGiven = {}) {
    await replaceCard(agentId, card);
    const wanted = status ?? (card.schedule ? undefined : 'online');
    if (wanted !== undefined) await setStatus(agentId, wanted);
  }
  async function replaceCard(agentId: string, card: Omit<AgentGiven, 'status'>) {
    await must('replaceAgent', { params: { agentId }, body: { name: agentId, ...card } });
  }
  async function setStatus(agentId: string, status: string) {
    await must('setStatus', { params: { agentId }, body: { status } });
  }
  /** Replaces the settings: what is not named takes its default. */
  async function settings(body: Readonly<Record<string, unknown>>) {
    const answer = await trySettings(body);
    if (answer.status !== 200) throw new Error(`the settings were refused: ${answer.text}`);
    return settingsView.parse(answer.body);
  }
  async function trySettings(body: Readonly<Record<string, unknown>>) {
    const { headers } = await must('readSettings');
    return ask('replaceSettings', { body, headers: { 'if-match': headers.etag ?? '' } });
  }

  async function chat(chatId: string): Promise<StaffChat> {
    return staffChatView.parse((await must('readChat', { params: { chatId } })).body);
  }
  async function decisions(chatId: string): Promise<readonly DecisionSeen[]> {
    const { body } = await must('listDecisions', { params: { chatId } });
    return decisionView.array().parse((body as { items: unknown }).items);
  }
  /** Every item of a list, page by page. */
  async function all(
    name: RouteName,
    query: Readonly<Record<string, string>> = {},
  ): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await must(name, { query: { ...query, ...(cursor !== null && { cursor }) } });
      const { items: more, nextCursor } = page.body as { items: unknown[]; nextCursor: string | null };
      items.push(...more);
      if (nextCursor === null) return items;
      cursor = nextCursor;
    }
  }

  return {
    id,
    as: { owner, operator, bot, widget, agent },
    visitor: (token: string): Credentials => ({ authorization: `Bearer ${token}` }),
    ask,
    must,
    channel,
    group,
    hire,
    replaceCard,
    setStatus,
    settings,
    trySettings,
    chat,
    decisions,
    all,
    /** Starts a chat as an operator would; seen as staff. */
    async start(channelId = 'web', groupId?: string): Promise<StaffChat> {
      const body = { channelId, ...(groupId !== undefined && { groupId }) };
      return staffChatView.parse(startAnswer.parse((await must('startChat', { body })).body).chat);
    },
    /** Starts a chat from the widget, or as a visitor who comes back with its token. */
    async visit(token?: string, body: object = { channelId: 'web' }) {
      const as = token === undefined ? widget : { authorization: `Bearer ${token}` };
      const answer = await must('startChat', { as, body });
      const { chat: seen, visitorToken } = startAnswer.parse(answer.body);
      return { status: answer.status, chat: visitorChatView.parse(seen), token: visitorToken };
    },
    async accept(agentId: string, chatId: string) {
      return ask('acceptChat', { as: await agent(agentId), params: { chatId } });
    },
    /** Gives an agent a chat from a contact card, whatever its status or limit; seen as staff. */
    async initiate(agentId: string, channelId = 'web'): Promise<StaffChat> {
      const { body } = await must('initiateChat', { params: { agentId }, body: { channelId } });
      return initiateAnswer.parse(body).chat;
    },
    /** A bot starts a chat and talks with the visitor; seen as staff. */
    async startWithBot(channelId = 'web'): Promise<StaffChat> {
      const { body } = await must('startChat', { as: bot, body: { channelId } });
      return staffChatView.parse(startAnswer.parse(body).chat);
    },
    hold: (chatId: string, as = operator) => ask('holdChat', { as, params: { chatId } }),
    resume: (chatId: string, as = operator) => ask('resumeChat', { as, params: { chatId } }),
    transfer: (chatId: string, to: To, { as = operator, reason, key }: Transferring = {}) =>
      ask('transferChat', {
        as,
        params: { chatId },
        body: { to, ...(reason !== undefined && { reason }) },
        ...(key !== undefined && { headers: { 'idempotency-key': key } }),
      }),
    /** The group distribution job as it is, or after it was started, stopped or run once by hand. */
    async job(what: 'read' | 'start' | 'stop' | 'run' = 'read') {
      return jobView.parse((await must(`${what}Job`)).body);
    },
    /** What is queued for groups, in the order it will be served. */
    async queue() {
      return queuedView.array().parse(await all('listQueue'));
    },
    async closeChat(chatId: string): Promise<StaffChat> {
      const { body } = await must('closeChat', { params: { chatId } });
      return staffChatView.parse((body as { chat: unknown }).chat);
    },
    async agent(agentId: string): Promise<AgentSeen> {
      return agentView.parse((await must('readAgent', { params: { agentId } })).body);
    },
    async team(): Promise<readonly AgentSeen[]> {
      return agentView.array().parse(await all('listAgents', { limit: '100' }));
    },
    /** Edits many agents alike: what became of each of them. */
    async edit(agentIds: readonly string[] | 'all', set: object) {
      const { body } = await must('editAgents', { body: { agentIds, set } });
      return editAgentsAnswer.parse(body).results;
    },
    async lastDecision(chatId: string): Promise<DecisionSeen | undefined> {
      return (await decisions(chatId)).at(-1);
    },
    async explain(body: object): Promise<DecisionSeen> {
      return decisionView.parse((await must('explain', { body })).body);
    },
    /** The codes of what can never route, with the ids they are about. */
    async findings() {
      const { findings } = checkAnswer.parse((await must('check')).body);
      return findings;
    },
    async chats(query: Readonly<Record<string, string>> = {}): Promise<readonly StaffChat[]> {
      return staffChatView.array().parse(await all('listChats', query));
    },
    /** Who has each of these chats now; null = nobody. */
    async holders(chats: readonly { readonly id: string }[]) {
      return Promise.all(chats.map(async ({ id: chatId }) => (await chat(chatId)).agentId));
    },
    /** What was put on the event bus about this project, in order. */
    events: (): Promise<readonly Event[]> => eventsOf(send, id),
  };
}
