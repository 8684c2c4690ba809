import type { Project } from '../support/http.ts';
import type { Case } from './cases.ts';
import { given, refused } from './given.ts';

/** The cases of what is said in a chat. */

const TEXT = { text: 'Hello?' };

async function adasChat(project: Project): Promise<{ chatId: string }> {
  await project.hire('ada');
  return { chatId: (await project.start()).id };
}

export const MESSAGE_CASES: readonly Case[] = [
  given('postMessage', 201, 'its visitor writes', async project => {
    const { chat, token } = await project.visit();
    return { as: project.visitor(token), params: { chatId: chat.id }, body: TEXT };
  }),
  given('postMessage', 201, 'it is as long as may be', async project => ({
    params: await adasChat(project),
    body: { text: 'm'.repeat(4_000) },
  })),
  given('postMessage', 'not-found', "it is another visitor's", async project => {
    const [mine, yours] = [await project.visit(), await project.visit()];
    return { as: project.visitor(mine.token), params: { chatId: yours.chat.id }, body: TEXT };
  }),
  given('postMessage', 'not-your-chat', 'another agent has it', async project => {
    await project.hire('ben', { status: 'offline' });
    return { params: await adasChat(project), as: await project.as.agent('ben'), body: TEXT };
  }),
  given('postMessage', 'not-your-chat', 'a bot writes in one that an agent has', async project => ({
    params: await adasChat(project),
    as: project.as.bot,
    body: TEXT,
  })),
  given('postMessage', 'chat-closed', 'it is closed', async project => {
    const { id } = await project.start();
    await project.closeChat(id);
    return { params: { chatId: id }, body: TEXT };
  }),
  ...refused('postMessage', [
    {},
    { text: '' },
    { text: ' \n' },
    { text: 'm'.repeat(4_001) },
    { text: 7 },
    { text: '\ud800' },
    { text: 'Hello?', from: 'agent' },
  ]),
  given('listMessages', 'not-found', "it is another visitor's", async project => {
    const [mine, yours] = [await project.visit(), await project.visit()];
    return { as: project.visitor(mine.token), params: { chatId: yours.chat.id } };
  }),
  given('listMessages', 'not-your-chat', 'a bot reads one that an agent has', async project => ({
    params: await adasChat(project),
    as: project.as.bot,
  })),
  ...['', 'x', 'msg_1', `msg_${'0'.repeat(26)}_000001`].map(after =>
    given('listMessages', 'invalid-cursor', `after is "${after}"`, async project => ({
      params: await adasChat(project),
      query: { after },
    })),
  ),
  given('listMessages', 'invalid-cursor', 'the cursor holds no number', async project => ({
    params: await adasChat(project),
    query: { cursor: Buffer.from('abc').toString('base64url') },
  })),
];
