import type { Ask, Project } from '../support/http.ts';
import type { Case } from './cases.ts';
import { given, LONG_ID, refused } from './given.ts';
import type { AgentGiven } from './project.ts';

/** The cases of transfers, and of the job that carries out those to a group. */

type To = { readonly agentId: string } | { readonly groupId: string };

/** Ada has a chat that is to go to somebody else; `ben` is in group `sales`. */
async function transferring(project: Project, to: To, ben: AgentGiven = {}): Promise<Ask> {
  await project.group('sales', 1);
  await project.hire('ada', { status: 'offline' });
  await project.hire('ben', { groups: ['sales'], ...ben });
  return { params: { chatId: (await project.initiate('ada')).id }, body: { to } };
}

const TO_BEN = { agentId: 'ben' };
const TO_SALES = { groupId: 'sales' };

const TRANSFER_CASES: readonly Case[] = [
  given('transferChat', 200, 'it goes to somebody of the group, with a reason', async project => {
    const ask = await transferring(project, TO_SALES);
    return { ...ask, body: { to: TO_SALES, reason: 'r'.repeat(500) } };
  }),
  given('transferChat', 200, 'the agent has it already, and there is no reason', async project => {
    const ask = await transferring(project, TO_BEN);
    return { ...ask, body: { to: { agentId: 'ada' }, reason: null } };
  }),
  given('transferChat', 202, 'the job is on', async project => {
    await project.job('start');
    return transferring(project, TO_SALES);
  }),
  given('transferChat', 202, "it is a bot's, and nobody of the group is there", async project => {
    const ask = await transferring(project, TO_SALES, { status: 'offline' });
    const { id: chatId } = await project.startWithBot();
    return { ...ask, as: project.as.bot, params: { chatId } };
  }),
  given('transferChat', 'not-your-chat', 'another agent has it', async project => ({
    ...(await transferring(project, TO_BEN)),
    as: await project.as.agent('ben'),
  })),
  given('transferChat', 'not-your-chat', 'a bot asks, and an agent has it', async project => ({
    ...(await transferring(project, TO_SALES)),
    as: project.as.bot,
  })),
  given('transferChat', 'state-forbids', 'it waits', async project => {
    const { id: chatId } = await project.start();
    return { ...(await transferring(project, TO_BEN, { status: 'offline' })), params: { chatId } };
  }),
  given('transferChat', 'no-room', 'the agent is full', project =>
    transferring(project, TO_BEN, { maxLoad: 0 }),
  ),
  given('transferChat', 'agent-inactive', 'the agent is not active', project =>
    transferring(project, TO_BEN, { active: false }),
  ),
  given('transferChat', 'agent-not-online', 'the agent must be online and is not', async project => {
    await project.settings({ transferRequiresOnline: true });
    return transferring(project, TO_BEN, { status: 'busy' });
  }),
  given('transferChat', 'no-agent-available', 'nobody of the group is online', project =>
    transferring(project, TO_SALES, { status: 'rest' }),
  ),
  given('transferChat', 'unknown-agent', 'there is no such agent', project =>
    transferring(project, { agentId: 'nobody' }),
  ),
  given('transferChat', 'unknown-group', 'there is no such group', project =>
    transferring(project, { groupId: 'nobody' }),
  ),
  given('transferChat', 'unknown-group', 'there is none, and the job is on', async project => {
    await project.job('start');
    return transferring(project, { groupId: 'nobody' });
  }),
  ...refused('transferChat', [
    {},
    { to: null },
    { to: {} },
    { to: 'bo' },
    { to: { agentId: 'Bo' } },
    { to: { groupId: LONG_ID } },
    { to: { agentId: 'bo', groupId: 'sales' } },
    { to: { agentId: 'bo' }, reason: '' },
    { to: { agentId: 'bo' }, reason: '  ' },
    { to: { agentId: 'bo' }, reason: 'r'.repeat(501) },
    { to: { agentId: 'bo' }, reason: 7 },
    { agentId: 'bo' },
  ]),
];

export const JOB_CASES: readonly Case[] = [
  ...TRANSFER_CASES,
  ...(['startJob', 'stopJob', 'runJob'] as const).flatMap(route => [
    given(route, 200, 'the job is on', async project => {
      await project.job('start');
      return {};
    }),
    given(route, 200, 'a body says nothing', () => ({ body: {} })),
    given(route, 'invalid-request', 'a body says something', () => ({ body: { quantity: 1 } })),
  ]),
  given('listQueue', 200, 'a chat is queued', async project => {
    await project.job('start');
    await project.must('transferChat', await transferring(project, TO_SALES));
    return {};
  }),
];
