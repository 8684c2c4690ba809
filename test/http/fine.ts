import type { RouteName } from '../../functions/routes.ts';
import type { Ask, Project } from '../support/http.ts';

/** For each route a request that it carries out, with whatever has to be there first. */
export const FINE: Readonly<Record<RouteName, (project: Project) => Ask | Promise<Ask>>> = {
  startChat: ({ as }) => ({ as: as.widget, body: { channelId: 'web' } }),
  listChats: () => ({}),
  readChat: async project => ofChat(project),
  acceptChat: async project => ({
    as: await project.as.agent('ada'),
    ...(await ofAda(project)),
    ...(await ofChat(project)),
  }),
  initiateChat: async project => ({ ...(await ofAda(project)), body: { channelId: 'web' } }),
  holdChat: async project => ofAdasChat(project),
  resumeChat: async project => {
    const ask = await ofAdasChat(project);
    await project.must('holdChat', ask);
    return ask;
  },
  transferChat: async project => {
    await project.hire('bo', { status: 'offline' });
    return { ...(await ofAdasChat(project)), body: { to: { agentId: 'bo' } } };
  },
  closeChat: async project => ofChat(project),
  postMessage: async project => ({ ...(await ofChat(project)), body: { text: 'Hello?' } }),
  listMessages: async project => ofChat(project),
  renewToken: async project => {
    const { chat, token } = await project.visit();
    return { as: project.visitor(token), params: { chatId: chat.id } };
  },
  revokeToken: async project => {
    const { chat } = await project.visit();
    const { visitorId } = await project.chat(chat.id);
    return { params: { visitorId } };
  },
  listDecisions: async project => ofChat(project),
  listAgents: () => ({}),
  readAgent: async project => ofAda(project),
  setStatus: async project => ({ ...(await ofAda(project)), body: { status: 'rest' } }),
  heartbeat: async project => ({ as: await project.as.agent('ada'), ...(await ofAda(project)) }),
  readSettings: () => ({}),
  replaceSettings: async project => ({ body: {}, ...(await asSeen(project, 'readSettings')) }),
  listAgentCards: () => ({}),
  readAgentCard: async project => ofAda(project),
  replaceAgent: () => ({ params: { agentId: 'ada' }, body: { name: 'Ada' } }),
  editAgents: async project => {
    await ofAda(project);
    return { body: { agentIds: ['ada'], set: { maxLoad: 3 } } };
  },
  deleteAgent: async project => {
    await project.hire('zoe', { status: 'offline' });
    return { params: { agentId: 'zoe' } };
  },
  listGroups: () => ({}),
  replaceGroup: () => ({ params: { groupId: 'line-1' }, body: { name: 'Line 1', queuePosition: 1 } }),
  deleteGroup: async project => {
    await project.group('line-1', 1);
    return { params: { groupId: 'line-1' } };
  },
  listChannels: () => ({}),
  replaceChannel: () => ({ params: { channelId: 'phone' }, body: { name: 'Phone' } }),
  deleteChannel: async project => {
    await project.channel('phone', 1);
    return { params: { channelId: 'phone' } };
  },
  explain: () => ({ body: { channelId: 'web' } }),
  check: () => ({}),
  readJob: () => ({}),
  startJob: () => ({}),
  stopJob: () => ({}),
  runJob: () => ({}),
  listQueue: () => ({}),
  readBoard: () => ({}),
  listProjects: ({ as }) => ({ as: as.owner }),
  replaceProject: () => ({ body: { name: 'Acme' } }),
  readSystemSettings: ({ as }) => ({ as: as.owner }),
  replaceSystemSettings: async project => ({
    as: project.as.owner,
    body: {},
    ...(await asSeen(project, 'readSystemSettings')),
  }),
};

/** About a chat that waits. */
async function ofChat(project: Project): Promise<Ask> {
  return { params: { chatId: (await project.start()).id } };
}

/** About a chat that Ada has. */
async function ofAdasChat(project: Project): Promise<Ask> {
  await ofAda(project);
  const { body } = await project.must('initiateChat', {
    ...(await ofAda(project)),
    body: { channelId: 'web' },
  });
  return { params: { chatId: (body as { chat: { id: string } }).chat.id } };
}

/** About Ada, who is offline. */
async function ofAda(project: Project): Promise<Ask> {
  await project.hire('ada', { status: 'offline' });
  return { params: { agentId: 'ada' } };
}

async function asSeen(project: Project, read: 'readSettings' | 'readSystemSettings'): Promise<Ask> {
  const { headers } = await project.must(read, { as: project.as.owner });
  return { headers: { 'if-match': headers.etag ?? '' } };
}
