import { POLICY_NAMES, RETURNING_POLICY_NAMES } from '../../domain/policies.ts';
import type { Project } from '../support/http.ts';
import type { Case } from './cases.ts';
import { given, refused } from './given.ts';

/** The cases of the rules that operators choose, and of offers, to which they lead. */

async function saving(project: Project, body: unknown) {
  await project.group('main', 1, true);
  await project.hire('ada', { groups: ['main'] });
  const { headers } = await project.must('readSettings');
  return { body, headers: { 'if-match': headers.etag ?? '' } };
}

const POLICIES: readonly string[] = POLICY_NAMES;
const RETURNING: readonly string[] = RETURNING_POLICY_NAMES;

export const RULE_CASES: readonly Case[] = [
  ...POLICIES.map(policy =>
    given('replaceSettings', 200, `new visitors go by ${policy}`, project =>
      saving(project, { newVisitors: { policy } }),
    ),
  ),
  ...RETURNING.map(policy =>
    given('replaceSettings', 200, `returning visitors go by ${policy}`, project =>
      saving(project, { returningVisitors: { policy, onNobody: 'offer' } }),
    ),
  ),
  ...refused('replaceSettings', [
    // Nobody served a new visitor before.
    { newVisitors: { policy: 'original-agent' } },
    { newVisitors: {} },
    { newVisitors: { onNobody: 'wait' } },
    { newVisitors: { policy: 'all', groupId: 'main' } },
    { newVisitors: { policy: 'constructor' } },
    { newVisitors: { policy: null } },
    { newVisitors: ['all'] },
    { returningVisitors: 'original-agent' },
    { returningVisitors: { policy: 'same' } },
    { returningVisitors: { policy: 'all', onNobody: 'drop' } },
    { returningVisitors: {} },
  ]),
  given('acceptChat', 200, 'it is offered', async project => {
    await project.hire('ada');
    await project.settings({ newVisitors: { policy: 'all' } });
    const { id: chatId } = await project.start();
    return { as: await project.as.agent('ada'), params: { chatId } };
  }),
  given('acceptChat', 'not-offered', 'it was offered before the agent was there', async project => {
    await project.hire('ada');
    await project.settings({ newVisitors: { policy: 'all' } });
    const { id: chatId } = await project.start();
    await project.hire('ben');
    return { as: await project.as.agent('ben'), params: { chatId } };
  }),
];
