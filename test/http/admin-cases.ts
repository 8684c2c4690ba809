import type { Case } from './cases.ts';
import { FINE } from './fine.ts';
import { given, LONG_ID, LONG_NAME, refused, whileRemoving } from './given.ts';

/** The cases of what operators and owners do, but for groups, rules, schedules and bulk edits. */

export const ADMIN_CASES: readonly Case[] = [
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
    { timeZone: '+05:07' },
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
