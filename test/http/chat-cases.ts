import type { Ask, Project } from '../support/http.ts';
import type { Case } from './cases.ts';
import { given, LONG_ID, LONG_NAME, refused } from './given.ts';

/** The cases of the routes about chats. */

export const START_CASES: readonly Case[] = [
  given('startChat', 200, 'the visitor has a chat that is not closed', async project => {
    const { token } = await project.visit();
    return { as: project.visitor(token), body: { channelId: 'web' } };
  }),
  given('startChat', 201, 'everything is given', ({ as }) => ({
    as: as.widget,
    body: {
      channelId: 'web',
      groupId: null,
      visitor: { name: 'Vera Ξ', attributes: { plan: 'gold', note: '' } },
      message: 'm'.repeat(4_000),
    },
  })),
  given('startChat', 201, 'there are 20 attributes', ({ as }) => ({
    as: as.widget,
    body: { channelId: 'web', visitor: { attributes: attributes(20) } },
  })),
  given('startChat', 201, 'the widget says no origin, as outside of browsers', ({ as }) => ({
    as: { 'x-usher-key': as.widget['x-usher-key'] ?? '' },
    body: { channelId: 'web' },
  })),
  given('startChat', 'unauthenticated', "the key is another project's", ({ as }) => ({
    as: { ...as.widget, 'x-usher-key': 'pk_other' },
    body: { channelId: 'web' },
  })),
  given('startChat', 'unauthenticated', 'the project of a widget is not there', ({ as }) => ({
    as: as.widget,
    params: { projectId: 'nowhere' },
    body: { channelId: 'web' },
  })),
  given('startChat', 'unauthenticated', 'the visitor token has another secret', async project => {
    const { token } = await project.visit();
    return { as: project.visitor(`${token.slice(0, -43)}${'A'.repeat(43)}`), body: { channelId: 'web' } };
  }),
  ...['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null'].flatMap(
    origin => [
      given('startChat', 'origin-not-allowed', `the widget runs on ${origin}`, ({ as }) => ({
        as: { ...as.widget, origin },
        body: { channelId: 'web' },
      })),
      given('startChat', 'origin-not-allowed', `the visitor comes from ${origin}`, async project => {
        const { token } = await project.visit();
        return { as: project.visitor(token), body: { channelId: 'web' }, headers: { origin } };
      }),
    ],
  ),
  given('startChat', 'unknown-channel', 'there is no such channel', ({ as }) => ({
    as: as.widget,
    body: { channelId: 'fax' },
  })),
  given('startChat', 'policy-has-no-group', 'the policy has no groups', ({ as, group }) =>
    group('line-1', 1).then(() => ({ as: as.widget, body: { channelId: 'web', groupId: 'line-1' } })),
  ),
  ...refused('startChat', [
    {},
    { channelId: null },
    { channelId: 7 },
    { channelId: ['web'] },
    { channelId: 'Web' },
    { channelId: LONG_ID },
    { channelId: 'web', groupId: '' },
    { channelId: 'web', message: '' },
    { channelId: 'web', message: 'm'.repeat(4_001) },
    { channelId: 'web', message: 7 },
    { channelId: 'web', visitor: null },
    { channelId: 'web', visitor: { id: 'vis_1' } },
    { channelId: 'web', visitor: { name: '   ' } },
    { channelId: 'web', visitor: { name: LONG_NAME } },
    { channelId: 'web', visitor: { attributes: attributes(21) } },
    { channelId: 'web', visitor: { attributes: { plan: 7 } } },
    { channelId: 'web', visitor: { attributes: { plan: 'p'.repeat(201) } } },
    { channelId: 'web', visitor: { attributes: { '': 'x' } } },
    { channelId: 'web', visitor: { attributes: { [LONG_ID]: 'x' } } },
    { channelId: 'web', visitorId: 'vis_1' },
    { channelId: 'web', startWith: 'agent' },
  ]),
];

function attributes(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'value']));
}

const as = async (project: Project, agentId: string, chatId: string): Promise<Ask> => {
  const { status } = await project.ask('readAgent', { params: { agentId } });
  if (status === 404 && agentId !== 'nobody') await project.hire(agentId, { status: 'offline' });
  return { as: await project.as.agent(agentId), params: { chatId } };
};

/** The id of a chat that Ada has. */
async function adasChat(project: Project): Promise<string> {
  await project.hire('ada', { status: 'offline' });
  return (await project.initiate('ada')).id;
}

export const CHAT_CASES: readonly Case[] = [
  given('readChat', 200, 'its visitor reads it', async project => {
    const { chat, token } = await project.visit();
    return { as: project.visitor(token), params: { chatId: chat.id } };
  }),
  given('readChat', 'not-found', "it is another visitor's", async project => {
    const [mine, yours] = [await project.visit(), await project.visit()];
    return { as: project.visitor(mine.token), params: { chatId: yours.chat.id } };
  }),
  given('readChat', 'not-your-chat', 'a bot reads one that an agent has', async project => ({
    as: project.as.bot,
    params: { chatId: await adasChat(project) },
  })),
  given('closeChat', 'not-found', "it is another visitor's", async project => {
    const [mine, yours] = [await project.visit(), await project.visit()];
    return { as: project.visitor(mine.token), params: { chatId: yours.chat.id } };
  }),
  given('closeChat', 'not-your-chat', 'a bot closes one that an agent has', async project => ({
    as: project.as.bot,
    params: { chatId: await adasChat(project) },
  })),
  given('closeChat', 'not-your-chat', 'another agent has it', async project => {
    await project.hire('ada');
    return as(project, 'ben', (await project.start()).id);
  }),
  given('closeChat', 'not-your-chat', 'nobody has it', async project =>
    as(project, 'ada', (await project.start()).id),
  ),
  given('acceptChat', 'already-taken', 'another agent has it', async project => {
    await project.hire('ada');
    await project.hire('ben', { status: 'busy' });
    return as(project, 'ben', (await project.start()).id);
  }),
  given('acceptChat', 'state-forbids', 'it is closed', async project => {
    await project.hire('ada', { status: 'busy' });
    const { id } = await project.start();
    await project.closeChat(id);
    return as(project, 'ada', id);
  }),
  given(
    'acceptChat',
    'no-room',
    'the project accepts within the limit and the agent is full',
    async project => {
      await project.hire('ada', { maxLoad: 0 });
      await project.settings({ acceptWithinLimit: true });
      return as(project, 'ada', (await project.start()).id);
    },
  ),
  given('acceptChat', 'forbidden', 'the agent is not active', async project => {
    await project.hire('ada', { active: false });
    return as(project, 'ada', (await project.start()).id);
  }),
  given('acceptChat', 'forbidden', 'the agent of the token is not there', async project =>
    as(project, 'nobody', (await project.start()).id),
  ),
  given('renewToken', 'chat-closed', 'its chat is closed', async project => {
    const { chat, token } = await project.visit();
    await project.closeChat(chat.id);
    return { as: project.visitor(token), params: { chatId: chat.id } };
  }),
  ...(['holdChat', 'resumeChat'] as const).flatMap(route => [
    given(route, 'not-your-chat', 'another agent has it', async project =>
      as(project, 'ben', await adasChat(project)),
    ),
    given(route, 'state-forbids', 'it waits', async project => ({
      params: { chatId: (await project.start()).id },
    })),
    given(route, 200, 'it is that already', async project => {
      const ask = await as(project, 'ada', await adasChat(project));
      if (route === 'holdChat') await project.must('holdChat', ask);
      return ask;
    }),
  ]),
  given('initiateChat', 200, 'the visitor has a chat that is not closed', async project => {
    await project.hire('ada');
    const { visitorId } = await project.start();
    return { params: { agentId: 'ada' }, body: { channelId: 'web', visitorId } };
  }),
  given('initiateChat', 201, 'everything is given', async project => {
    const { id, visitorId } = await project.start();
    await project.closeChat(id);
    await project.hire('ada', { status: 'offline' });
    const visitor = { name: 'Vera Ξ', attributes: attributes(20) };
    return { params: { agentId: 'ada' }, body: { channelId: 'web', visitorId, visitor } };
  }),
  given('initiateChat', 'unknown-channel', 'there is no such channel', async project => {
    await project.hire('ada');
    return { params: { agentId: 'ada' }, body: { channelId: 'fax' } };
  }),
  given('initiateChat', 'unknown-visitor', 'there is no such visitor', async project => {
    await project.hire('ada');
    const visitorId = `vis_${'0'.repeat(26)}`;
    return { params: { agentId: 'ada' }, body: { channelId: 'web', visitorId } };
  }),
  given('initiateChat', 'agent-inactive', 'the agent is not active', async project => {
    await project.hire('ada', { active: false, status: 'offline' });
    return { params: { agentId: 'ada' }, body: { channelId: 'web' } };
  }),
  ...refused('initiateChat', [
    {},
    { channelId: null },
    { channelId: LONG_ID },
    { channelId: 'web', visitorId: 'vis_1' },
    { channelId: 'web', visitorId: null },
    { channelId: 'web', visitor: { attributes: attributes(21) } },
    { channelId: 'web', message: 'Hello' },
    { channelId: 'web', startWith: 'bot' },
  ]),
  ...['offered', 'held', 'bot', 'closed', 'open', 'waiting'].map(state =>
    given('listChats', 200, `only those that are ${state}`, () => ({ query: { state } })),
  ),
  ...[{ state: 'gone' }, { agentId: 'Ada' }, { groupId: '' }, { state: '' }].map(query =>
    given('listChats', 'invalid-request', `the query is ${JSON.stringify(query)}`, () => ({ query })),
  ),
];
