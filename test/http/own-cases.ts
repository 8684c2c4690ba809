import { ROUTE_NAMES, ROUTES, type Route, type RouteName } from '../../functions/routes.ts';
import type { Ask, Project } from '../support/http.ts';
import type { Case, Gives } from './cases.ts';
import { CHAT_CASES, START_CASES } from './chat-cases.ts';
import { FINE } from './fine.ts';
import { given, LONG_ID, LONG_NAME, refused } from './given.ts';

/** The cases of single routes: their answers, their own problems, and the surprising fields of their bodies. */

/** The request that is fine for a route gives its least success. */
const FINE_CASES: readonly Case[] = ROUTE_NAMES.map(route => {
  const { answers }: Route = ROUTES[route];
  const created = ['startChat', 'replaceAgent', 'replaceGroup', 'replaceChannel'].includes(route);
  const [status = 200] = created ? [201] : Object.keys(answers).map(Number);
  return given(route, status, 'the request is fine', FINE[route]);
});

const LISTS: readonly RouteName[] = ROUTE_NAMES.filter(route => route.startsWith('list'));
const LIST_CASES = LISTS.flatMap(route => {
  const asking = (gives: Gives, query: Record<string, string>) =>
    given(route, gives, `the query is ${JSON.stringify(query).slice(0, 60)}`, async project => ({
      ...(await FINE[route](project)),
      query,
    }));
  return [
    asking(200, { limit: '1' }),
    asking(200, { limit: '100' }),
    ...['0', '-1', '101', '1.5', 'ten', '', '1,2', 'NaN', 'Infinity'].map(limit =>
      asking('invalid-request', { limit }),
    ),
    asking('invalid-request', { cursor: 'c'.repeat(201) }),
    asking('invalid-cursor', { cursor: '' }),
    asking('invalid-cursor', { cursor: '!' }),
    asking('invalid-cursor', { cursor: Buffer.from('a b').toString('base64url') }),
    asking('invalid-cursor', { cursor: Buffer.from('\u0000').toString('base64url') }),
  ];
});

const stale = (route: RouteName, exists: (project: Project) => Promise<unknown>): Case =>
  given(route, 'stale-version', 'If-Match names another version', async project => {
    await exists(project);
    return { ...(await FINE[route](project)), headers: { 'if-match': '"77"' } };
  });
const nothing = async () => {};

const IF_MATCH_CASES: readonly Case[] = [
  stale('replaceAgent', project => project.hire('ada')),
  stale('deleteAgent', nothing),
  stale('replaceGroup', project => project.group('line-1', 1)),
  stale('deleteGroup', nothing),
  stale('replaceChannel', project => project.channel('phone', 1)),
  stale('deleteChannel', nothing),
  stale('replaceSettings', nothing),
  stale('replaceSystemSettings', nothing),
  stale('setStatus', nothing),
  ...(['replaceSettings', 'replaceSystemSettings'] as const).map(route =>
    given(route, 'if-match-required', 'there is no If-Match', async project => ({
      ...(await FINE[route](project)),
      headers: {},
    })),
  ),
];

/** As the last case of a group removal would meet it: the mark is set and the members are being gone through. */
const whileRemoving =
  (ask: Ask): Case['ask'] =>
  async (project, world) => {
    await project.group('leaving', 1);
    await project.hire('ben', { groups: ['leaving'] });
    // The removal stops after its mark: as if its worker had died.
    const dying = (command: string) => {
      if (command.startsWith('Query')) throw new Error('died');
    };
    await world.interfering(dying, () => project.ask('deleteGroup', { params: { groupId: 'leaving' } }));
    return ask;
  };

const ADMIN_CASES: readonly Case[] = [
  ...(['replaceAgent', 'replaceGroup', 'replaceChannel'] as const).map(route =>
    given(route, 200, 'it is there', async project => {
      await project.must(route, await FINE[route](project));
      return FINE[route](project);
    }),
  ),
  given('replaceProject', 201, 'it is new', ({ as: { owner }, id }) => ({
    as: owner,
    params: { projectId: `${id}-new` },
    body: { name: 'New', timeZone: 'Europe/Berlin', allowedOrigins: ['http://localhost:8080'] },
  })),
  given('replaceAgent', 'unknown-group', 'there is no such group', () => ({
    params: { agentId: 'ada' },
    body: { name: 'Ada', groups: ['nobody'] },
  })),
  given('replaceAgent', 'unknown-channel', 'there is no such channel', () => ({
    params: { agentId: 'ada' },
    body: { name: 'Ada', channels: ['web', 'fax'] },
  })),
  given(
    'replaceAgent',
    'group-being-removed',
    'the group is being removed',
    whileRemoving({ params: { agentId: 'ada' }, body: { name: 'Ada', groups: ['leaving'] } }),
  ),
  given(
    'replaceGroup',
    'group-being-removed',
    'it is being removed',
    whileRemoving({ params: { groupId: 'leaving' }, body: { name: 'Back', queuePosition: 1 } }),
  ),
  given('deleteAgent', 'agent-has-chats', 'a chat is open', async project => {
    await project.hire('ada');
    await project.start();
    return { params: { agentId: 'ada' } };
  }),
  given('deleteChannel', 'channel-in-use', 'a chat waits', async project => {
    await project.start();
    return { params: { channelId: 'web' } };
  }),
  given('explain', 200, 'it is about a chat that waits', async project => ({
    body: { chatId: (await project.start()).id },
  })),
  given('explain', 'unknown-channel', 'there is no such channel', () => ({ body: { channelId: 'fax' } })),
  given('explain', 'policy-has-no-group', 'the policy has no groups', ({ group }) =>
    group('line-1', 1).then(() => ({ body: { channelId: 'web', groupId: 'line-1' } })),
  ),
  given('explain', 'state-forbids', 'the chat is closed', async project => {
    const { id: chatId } = await project.start();
    await project.closeChat(chatId);
    return { body: { chatId } };
  }),
  given('explain', 'not-found', 'there is no such chat', () => ({
    body: { chatId: `chat_${'0'.repeat(26)}` },
  })),
  ...refused('explain', [
    {},
    { chatId: 'chat_1' },
    { channelId: 'web', chatId: `chat_${'0'.repeat(26)}` },
    { channelId: 'web', visitorId: 'ada' },
  ]),
  ...refused('setStatus', [{}, { status: 'away' }, { status: 'Online' }, { status: null }]),
  ...['online', 'busy', 'rest', 'offline', 'ready'].map(status =>
    given('setStatus', 200, `to ${status}`, async project => ({
      ...(await FINE.setStatus(project)),
      body: { status },
    })),
  ),
  ...refused('replaceAgent', [
    {},
    { name: '' },
    { name: LONG_NAME },
    { name: 'Ada', maxLoad: -1 },
    { name: 'Ada', maxLoad: 1.5 },
    { name: 'Ada', maxLoad: '5' },
    { name: 'Ada', receptionWeight: -1 },
    { name: 'Ada', memberOrder: -1 },
    { name: 'Ada', groups: null },
    { name: 'Ada', groups: ['Line 1'] },
    { name: 'Ada', groups: Array.from({ length: 21 }, (_, index) => `group-${index}`) },
    { name: 'Ada', channels: 'web' },
    { name: 'Ada', channels: [LONG_ID] },
    { name: 'Ada', active: 'yes' },
    { name: 'Ada', id: 'ada' },
  ]),
  ...refused('replaceGroup', [
    {},
    { name: 'Line' },
    { name: 'Line', queuePosition: -1 },
    { name: 'Line', queuePosition: 1.5 },
    { name: 'Line', queuePosition: 100_000 },
    { name: 'Line', queuePosition: 1, primary: null },
  ]),
  ...refused('replaceChannel', [
    {},
    { name: 'Phone', weight: 0 },
    { name: 'Phone', weight: -1 },
    { name: 'Phone', weight: 0.5 },
    { name: 'Phone', weight: 1_001 },
  ]),
  ...refused('replaceProject', [
    {},
    { name: 'Acme', timeZone: 'Mars/Phobos' },
    { name: 'Acme', timeZone: '' },
    { name: 'Acme', allowedOrigins: ['shop.example'] },
    { name: 'Acme', allowedOrigins: ['https://shop.example/'] },
    { name: 'Acme', allowedOrigins: ['*'] },
    { name: 'Acme', allowedOrigins: ['ftp://shop.example'] },
    { name: 'Acme', widgetKey: 'pk_mine' },
  ]),
  ...refused('replaceSettings', [
    { timeZone: 'Mars/Phobos' },
    { automaticAllocation: 'no' },
    { newVisitors: null },
    { newVisitors: { policy: 'coin-toss' } },
    { newVisitors: { policy: 'queue-position', onNobody: 'shout' } },
    { distribution: { frequencySeconds: -1 } },
    { distribution: { quantity: 0.5 } },
    { changeAgentMinutes: -1 },
    { changeAgentMaxMoves: -1 },
    { closeAfterLastMessageMinutes: 1e9 },
    { presenceTimeoutSeconds: 0 },
    { effective: {} },
  ]),
  ...refused('replaceSystemSettings', [
    { routingFrequencySeconds: -1 },
    { routingQueueSize: '15' },
    { routingQueueSize: 1e9 },
  ]),
  given('listProjects', 'forbidden', 'the caller is an operator', project => ({ as: project.as.operator })),
  given('readSystemSettings', 'forbidden', 'the caller is an operator', project => ({
    as: project.as.operator,
  })),
];

export const OWN_CASES: readonly Case[] = [
  ...FINE_CASES,
  ...LIST_CASES,
  ...IF_MATCH_CASES,
  ...START_CASES,
  ...CHAT_CASES,
  ...ADMIN_CASES,
];
