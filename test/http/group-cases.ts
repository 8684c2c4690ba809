import type { Project } from '../support/http.ts';
import type { Case } from './cases.ts';
import { given, whileRemoving } from './given.ts';

/** The cases of the primary group, which policy `group` searches in. */

const BY_GROUP = { newVisitors: { policy: 'group' } };

/** Policy `group` is in force; Ada is the only member of the primary group, and nobody is in the other one. */
async function inForce({ group, hire, settings }: Project) {
  await group('main', 1, true);
  await group('other', 2);
  await hire('ada', { groups: ['main'], status: 'offline' });
  await settings(BY_GROUP);
}

const put = (groupId: string, primary: boolean) => ({
  params: { groupId },
  body: { name: groupId, queuePosition: 1, primary },
});

export const GROUP_CASES: readonly Case[] = [
  given('startChat', 201, 'the group asked for is there', async project => {
    await inForce(project);
    return { as: project.as.widget, body: { channelId: 'web', groupId: 'other' } };
  }),
  given('startChat', 'unknown-group', 'there is no such group', async project => {
    await inForce(project);
    return { as: project.as.widget, body: { channelId: 'web', groupId: 'nobody' } };
  }),
  given('explain', 'unknown-group', 'there is no such group', async project => {
    await inForce(project);
    return { body: { channelId: 'web', groupId: 'nobody' } };
  }),
  ...(['startChat', 'explain'] as const).map(route =>
    given(route, 'unknown-group', 'the group asked for is being removed', async (project, world) => {
      await inForce(project);
      return whileRemoving({ body: { channelId: 'web', groupId: 'leaving' } })(project, world);
    }),
  ),
  ...(['newVisitors', 'returningVisitors'] as const).flatMap(visitors => [
    given('replaceSettings', 'no-primary-group', `${visitors} need one and there is none`, async project => {
      const { headers } = await project.must('readSettings');
      return { body: { [visitors]: { policy: 'group' } }, headers: { 'if-match': headers.etag ?? '' } };
    }),
    given('replaceSettings', 'no-primary-group', `${visitors} need one and it is empty`, async project => {
      await project.group('main', 1, true);
      const { headers } = await project.must('readSettings');
      return { body: { [visitors]: { policy: 'group' } }, headers: { 'if-match': headers.etag ?? '' } };
    }),
  ]),
  given('replaceAgent', 'primary-group-needed', 'the last member leaves it', async project => {
    await inForce(project);
    return { params: { agentId: 'ada' }, body: { name: 'Ada', groups: ['other'] } };
  }),
  given('deleteAgent', 'primary-group-needed', 'it is the last member', async project => {
    await inForce(project);
    return { params: { agentId: 'ada' } };
  }),
  given('replaceGroup', 'primary-group-needed', 'its mark is taken', async project => {
    await inForce(project);
    return put('main', false);
  }),
  given('replaceGroup', 'primary-group-needed', 'the mark moves to an empty one', async project => {
    await inForce(project);
    return put('other', true);
  }),
  given('replaceGroup', 'primary-group-needed', 'the mark moves to a new one', async project => {
    await inForce(project);
    return put('third', true);
  }),
  given('deleteGroup', 'primary-group-needed', 'it is the primary one', async project => {
    await inForce(project);
    return { params: { groupId: 'main' } };
  }),
  given('deleteGroup', 204, 'it is another one', async project => {
    await inForce(project);
    return { params: { groupId: 'other' } };
  }),
];
