import * as z from 'zod';
import type { ProblemCode } from './edge/problems.ts';
import * as schema from './schemas.ts';

/** The kinds of caller (API.md, "Who may call"). */
export const CALLERS = ['widget', 'visitor', 'agent', 'bot', 'operator', 'owner'] as const;
export type CallerKind = (typeof CALLERS)[number];

/** The Lambdas that serve HTTP. */
export const HTTP_FUNCTIONS = ['start-chat', 'chats', 'agents', 'admin', 'projects'] as const;
export type HttpFunction = (typeof HTTP_FUNCTIONS)[number];

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly path: string;
  readonly function: HttpFunction;
  /** Who may call it; everybody else is refused. */
  readonly who: readonly CallerKind[];
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | null;
  /** The answers by status; null = no body. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** The problems beyond `COMMON_PROBLEMS` that this route can answer with. */
  readonly problems: readonly ProblemCode[];
};

/** Problems that any route can answer with. */
export const COMMON_PROBLEMS = [
  'invalid-request',
  'unauthenticated',
  'forbidden',
  'not-found',
  'busy',
  'internal-error',
  'unavailable',
] as const satisfies readonly ProblemCode[];

/** Problems that any route that changes something can answer with besides, and any POST. */
export const BODY_PROBLEMS = [
  'malformed-json',
  'body-too-large',
  'unsupported-media-type',
] as const satisfies readonly ProblemCode[];
export const POST_PROBLEMS = [
  'invalid-idempotency-key',
  'in-progress',
  'idempotency-key-reused',
] as const satisfies readonly ProblemCode[];

const project = { projectId: schema.projectId };
const inProject = z.strictObject(project);
const noParams = z.strictObject({});
const ofChat = z.strictObject({ ...project, chatId: schema.chatId });
const ofAgent = z.strictObject({ ...project, agentId: schema.agentId });
const ofGroup = z.strictObject({ ...project, groupId: schema.groupId });
const ofChannel = z.strictObject({ ...project, channelId: schema.channelId });

const BASE = '/v1/projects/{projectId}';
const STAFF = ['operator', 'owner'] as const;
const plain = { query: schema.noQuery, body: null, problems: [] } as const;

/** The one route table: the gateway, the stack, the tests and the OpenAPI document read it. */
export const ROUTES = {
  startChat: {
    ...plain,
    method: 'POST',
    path: `${BASE}/chats`,
    function: 'start-chat',
    who: ['widget', 'visitor', 'bot', ...STAFF],
    summary: 'Start a chat; a visitor with a chat that is not closed gets that one back',
    params: inProject,
    body: schema.startBody,
    answers: { 201: schema.startAnswer, 200: schema.startAnswer },
    problems: ['origin-not-allowed', 'unknown-channel', 'unknown-group', 'policy-has-no-group'],
  },
  listChats: {
    ...plain,
    method: 'GET',
    path: `${BASE}/chats`,
    function: 'chats',
    who: ['agent', ...STAFF],
    summary: 'List chats, oldest first',
    params: inProject,
    query: schema.chatsQuery,
    answers: { 200: schema.pageOf(schema.staffChatView) },
    problems: ['invalid-cursor'],
  },
  readChat: {
    ...plain,
    method: 'GET',
    path: `${BASE}/chats/{chatId}`,
    function: 'chats',
    who: ['visitor', 'agent', 'bot', ...STAFF],
    summary: 'Read a chat; its visitor sees no internals',
    params: ofChat,
    answers: { 200: z.union([schema.staffChatView, schema.visitorChatView]) },
    problems: ['not-your-chat'],
  },
  initiateChat: {
    ...plain,
    method: 'POST',
    path: `${BASE}/agents/{agentId}/chats`,
    function: 'chats',
    who: ['agent', ...STAFF],
    summary: "Start a chat from a contact card; it is the agent's, whatever status or limit",
    params: ofAgent,
    body: schema.initiateBody,
    answers: { 201: schema.initiateAnswer, 200: schema.initiateAnswer },
    problems: ['unknown-channel', 'unknown-visitor', 'agent-inactive'],
  },
  acceptChat: {
    ...plain,
    method: 'POST',
    path: `${BASE}/chats/{chatId}/accept`,
    function: 'chats',
    who: ['agent'],
    summary: 'Take an offered or a waiting chat; the first one has it',
    params: ofChat,
    answers: { 200: schema.acceptAnswer },
    problems: ['already-taken', 'not-offered', 'state-forbids', 'no-room', 'agent-inactive'],
  },
  holdChat: {
    ...plain,
    method: 'POST',
    path: `${BASE}/chats/{chatId}/hold`,
    function: 'chats',
    who: ['agent', ...STAFF],
    summary: 'Put a chat on hold; it is out of load and count at once',
    params: ofChat,
    answers: { 200: schema.holdAnswer },
    problems: ['not-your-chat', 'state-forbids'],
  },
  resumeChat: {
    ...plain,
    method: 'POST',
    path: `${BASE}/chats/{chatId}/resume`,
    function: 'chats',
    who: ['agent', ...STAFF],
    summary: 'Take a chat back from hold, whatever the room',
    params: ofChat,
    answers: { 200: schema.resumeAnswer },
    problems: ['not-your-chat', 'state-forbids'],
  },
  transferChat: {
    ...plain,
    method: 'POST',
    path: `${BASE}/chats/{chatId}/transfer`,
    function: 'chats',
    who: ['agent', 'bot', ...STAFF],
    summary: 'Transfer a chat to an agent or to a group',
    params: ofChat,
    body: schema.transferBody,
    answers: { 200: schema.transferAnswer, 202: schema.queuedAnswer },
    problems: [
      'not-your-chat',
      'state-forbids',
      'no-room',
      'agent-inactive',
      'agent-not-online',
      'no-agent-available',
      'unknown-agent',
      'unknown-group',
    ],
  },
  closeChat: {
    ...plain,
    method: 'POST',
    path: `${BASE}/chats/{chatId}/close`,
    function: 'chats',
    who: ['visitor', 'agent', 'bot', ...STAFF],
    summary: 'Close a chat; closing a closed one changes nothing',
    params: ofChat,
    answers: { 200: schema.closeAnswer },
    problems: ['not-your-chat'],
  },
  listDecisions: {
    ...plain,
    method: 'GET',
    path: `${BASE}/chats/{chatId}/decisions`,
    function: 'chats',
    who: ['agent', ...STAFF],
    summary: 'Every decision about this chat, newest last',
    params: ofChat,
    query: schema.pageQuery,
    answers: { 200: schema.pageOf(schema.decisionView) },
    problems: ['invalid-cursor'],
  },
  listAgents: {
    ...plain,
    method: 'GET',
    path: `${BASE}/agents`,
    function: 'agents',
    who: ['agent', ...STAFF],
    summary: 'List the agents',
    params: inProject,
    query: schema.pageQuery,
    answers: { 200: schema.pageOf(schema.agentView) },
    problems: ['invalid-cursor'],
  },
  readAgent: {
    ...plain,
    method: 'GET',
    path: `${BASE}/agents/{agentId}`,
    function: 'agents',
    who: ['agent', ...STAFF],
    summary: 'Read an agent: card, status, load',
    params: ofAgent,
    answers: { 200: schema.agentView },
  },
  setStatus: {
    ...plain,
    method: 'PUT',
    path: `${BASE}/agents/{agentId}/status`,
    function: 'agents',
    who: ['agent', ...STAFF],
    summary: "Set an agent's status in this project",
    params: ofAgent,
    body: schema.statusBody,
    answers: { 200: schema.agentView },
    problems: ['stale-version', 'outside-schedule'],
  },
  readSettings: {
    ...plain,
    method: 'GET',
    path: `${BASE}/admin/settings`,
    function: 'admin',
    who: STAFF,
    summary: "Read the project's settings, with what is in effect and where it came from",
    params: inProject,
    answers: { 200: schema.settingsView },
  },
  replaceSettings: {
    ...plain,
    method: 'PUT',
    path: `${BASE}/admin/settings`,
    function: 'admin',
    who: STAFF,
    summary: "Replace the project's settings; what is left out takes its default",
    params: inProject,
    body: schema.settingsBody,
    answers: { 200: schema.settingsView },
    problems: ['stale-version', 'if-match-required', 'no-primary-group'],
  },
  listAgentCards: {
    ...plain,
    method: 'GET',
    path: `${BASE}/admin/agents`,
    function: 'admin',
    who: STAFF,
    summary: 'List the agents',
    params: inProject,
    query: schema.pageQuery,
    answers: { 200: schema.pageOf(schema.agentView) },
    problems: ['invalid-cursor'],
  },
  readAgentCard: {
    ...plain,
    method: 'GET',
    path: `${BASE}/admin/agents/{agentId}`,
    function: 'admin',
    who: STAFF,
    summary: 'Read an agent',
    params: ofAgent,
    answers: { 200: schema.agentView },
  },
  replaceAgent: {
    ...plain,
    method: 'PUT',
    path: `${BASE}/admin/agents/{agentId}`,
    function: 'admin',
    who: STAFF,
    summary: 'Add an agent or replace its card',
    params: ofAgent,
    body: schema.agentBody,
    answers: { 200: schema.agentView, 201: schema.agentView },
    problems: [
      'stale-version',
      'unknown-group',
      'unknown-channel',
      'group-being-removed',
      'primary-group-needed',
    ],
  },
  editAgents: {
    ...plain,
    method: 'PATCH',
    path: `${BASE}/admin/agents`,
    function: 'admin',
    who: STAFF,
    summary: 'Edit the cards of many agents alike; an answer for each',
    params: inProject,
    body: schema.editAgentsBody,
    answers: { 200: schema.editAgentsAnswer },
    problems: ['unknown-group', 'unknown-channel', 'group-being-removed', 'too-many-agents'],
  },
  deleteAgent: {
    ...plain,
    method: 'DELETE',
    path: `${BASE}/admin/agents/{agentId}`,
    function: 'admin',
    who: STAFF,
    summary: 'Remove an agent that has no chats',
    params: ofAgent,
    answers: { 204: null },
    problems: ['stale-version', 'agent-has-chats', 'primary-group-needed'],
  },
  listGroups: {
    ...plain,
    method: 'GET',
    path: `${BASE}/admin/groups`,
    function: 'admin',
    who: STAFF,
    summary: 'List the groups',
    params: inProject,
    query: schema.pageQuery,
    answers: { 200: schema.pageOf(schema.groupView) },
    problems: ['invalid-cursor'],
  },
  replaceGroup: {
    ...plain,
    method: 'PUT',
    path: `${BASE}/admin/groups/{groupId}`,
    function: 'admin',
    who: STAFF,
    summary: 'Add or replace a group; a new queue position reaches every member',
    params: ofGroup,
    body: schema.groupBody,
    answers: { 200: schema.groupView, 201: schema.groupView },
    problems: ['stale-version', 'group-being-removed', 'primary-group-needed'],
  },
  deleteGroup: {
    ...plain,
    method: 'DELETE',
    path: `${BASE}/admin/groups/{groupId}`,
    function: 'admin',
    who: STAFF,
    summary: 'Remove a group and take it off every member',
    params: ofGroup,
    answers: { 204: null },
    problems: ['stale-version', 'primary-group-needed'],
  },
  listChannels: {
    ...plain,
    method: 'GET',
    path: `${BASE}/admin/channels`,
    function: 'admin',
    who: STAFF,
    summary: 'List the channels',
    params: inProject,
    query: schema.pageQuery,
    answers: { 200: schema.pageOf(schema.channelView) },
    problems: ['invalid-cursor'],
  },
  replaceChannel: {
    ...plain,
    method: 'PUT',
    path: `${BASE}/admin/channels/{channelId}`,
    function: 'admin',
    who: STAFF,
    summary: 'Add or replace a channel; open chats keep what they were charged',
    params: ofChannel,
    body: schema.channelBody,
    answers: { 200: schema.channelView, 201: schema.channelView },
    problems: ['stale-version'],
  },
  deleteChannel: {
    ...plain,
    method: 'DELETE',
    path: `${BASE}/admin/channels/{channelId}`,
    function: 'admin',
    who: STAFF,
    summary: 'Remove a channel on which every chat is closed',
    params: ofChannel,
    answers: { 204: null },
    problems: ['stale-version', 'channel-in-use'],
  },
  readJob: {
    ...plain,
    method: 'GET',
    path: `${BASE}/admin/job`,
    function: 'admin',
    who: STAFF,
    summary: 'The group distribution job: whether it runs, how often, how much, and what it did last',
    params: inProject,
    answers: { 200: schema.jobView },
  },
  startJob: {
    ...plain,
    method: 'POST',
    path: `${BASE}/admin/job/start`,
    function: 'admin',
    who: STAFF,
    summary: 'Start the job: transfers to a group are queued, and given out at its runs',
    params: inProject,
    answers: { 200: schema.jobView },
  },
  stopJob: {
    ...plain,
    method: 'POST',
    path: `${BASE}/admin/job/stop`,
    function: 'admin',
    who: STAFF,
    summary: 'Stop the job: what is queued stays queued, new transfers are decided at once',
    params: inProject,
    answers: { 200: schema.jobView },
  },
  runJob: {
    ...plain,
    method: 'POST',
    path: `${BASE}/admin/job/run`,
    function: 'admin',
    who: STAFF,
    summary: 'One run of the job now, also while it is stopped',
    params: inProject,
    answers: { 200: schema.jobView },
  },
  listQueue: {
    ...plain,
    method: 'GET',
    path: `${BASE}/admin/queue`,
    function: 'admin',
    who: STAFF,
    summary: 'The chats queued for groups, in the order they will be served',
    params: inProject,
    query: schema.pageQuery,
    answers: { 200: schema.pageOf(schema.queuedView) },
    problems: ['invalid-cursor'],
  },
  explain: {
    ...plain,
    method: 'POST',
    path: `${BASE}/admin/explain`,
    function: 'admin',
    who: STAFF,
    summary: 'Dry run: the decision that would be taken now; changes nothing',
    params: inProject,
    body: schema.explainBody,
    answers: { 200: schema.decisionView },
    problems: ['unknown-channel', 'unknown-group', 'policy-has-no-group', 'state-forbids'],
  },
  check: {
    ...plain,
    method: 'GET',
    path: `${BASE}/admin/check`,
    function: 'admin',
    who: STAFF,
    summary: 'Find settings that can never route',
    params: inProject,
    answers: { 200: schema.checkAnswer },
  },
  listProjects: {
    ...plain,
    method: 'GET',
    path: '/v1/projects',
    function: 'projects',
    who: ['owner'],
    summary: 'List the projects',
    params: noParams,
    query: schema.pageQuery,
    answers: { 200: schema.pageOf(schema.projectView) },
    problems: ['invalid-cursor'],
  },
  replaceProject: {
    ...plain,
    method: 'PUT',
    path: BASE,
    function: 'projects',
    who: STAFF,
    summary: 'Create a project, or replace its name and origins',
    params: inProject,
    body: schema.projectBody,
    answers: { 200: schema.projectView, 201: schema.projectView },
  },
  readSystemSettings: {
    ...plain,
    method: 'GET',
    path: '/v1/system/settings',
    function: 'projects',
    who: ['owner'],
    summary: 'Read the system settings; 0 = not set',
    params: noParams,
    answers: { 200: schema.systemSettingsView },
  },
  replaceSystemSettings: {
    ...plain,
    method: 'PUT',
    path: '/v1/system/settings',
    function: 'projects',
    who: ['owner'],
    summary: 'Replace the system settings',
    params: noParams,
    body: schema.systemSettingsBody,
    answers: { 200: schema.systemSettingsView },
    problems: ['stale-version', 'if-match-required'],
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
export const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[];

/** The names of the routes that one function serves. */
export type RoutesOf<F extends HttpFunction> = {
  [Name in RouteName]: (typeof ROUTES)[Name]['function'] extends F ? Name : never;
}[RouteName];

/** API Gateway's key of a route, which is also how a function finds the handler. */
export function routeKey(route: Pick<Route, 'method' | 'path'>): string {
  return `${route.method} ${route.path}`;
}
