import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';

/** Whatever two operators do at once: while policy `group` is in force there is a primary group, with a member. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const GROUP = { newVisitors: { policy: 'group' } };

/** Ada in the primary group `main`, Ben in `sales`. */
const TWO = {
  groups: { main: 1, sales: 2 },
  primary: 'main',
  agents: { ada: { groups: ['main'] }, ben: { groups: ['sales'] } },
} as const;

type Change = (acme: Project) => ReturnType<Project['ask']>;

const leave =
  (agentId: string): Change =>
  acme =>
    acme.ask('replaceAgent', { params: { agentId }, body: { name: agentId } });
const dismiss =
  (agentId: string): Change =>
  acme =>
    acme.ask('deleteAgent', { params: { agentId } });
const mark =
  (groupId: string, primary = true): Change =>
  acme =>
    acme.ask('replaceGroup', {
      params: { groupId },
      body: { name: groupId, queuePosition: 1, primary },
    });
const remove =
  (groupId: string): Change =>
  acme =>
    acme.ask('deleteGroup', { params: { groupId } });
const on: Change = acme => acme.trySettings(GROUP);
const all =
  (set: object): Change =>
  acme =>
    acme.ask('editAgents', { body: { agentIds: 'all', set } });

describe.each([true, false])('policy `group` in force: %s', inForce => {
  test.each<[string, readonly Change[]]>([
    ['the last member leaves', [on, leave('ada')]],
    ['the last member is deleted', [on, dismiss('ada')]],
    ['the group is deleted', [on, remove('main')]],
    ['the mark is taken away', [on, mark('main', false)]],
    ['the mark moves', [on, mark('sales'), leave('ada')]],
    ['the mark moves to a group whose last member leaves', [mark('sales'), leave('ben')]],
    ['the mark moves to a group that is deleted', [mark('sales'), remove('sales')]],
    ['the mark moves away and the group is emptied', [mark('sales'), leave('ada'), dismiss('ben')]],
    ['everybody leaves all groups', [on, all({ groups: [] }), leave('ada')]],
    ['two marks and two leave', [mark('sales'), mark('main'), leave('ada'), leave('ben')]],
  ])('%s at the same moment', async (_, changes) => {
    for (let rounds = 0; rounds < 4; rounds += 1) {
      const acme = await world.project({ ...TWO, ...(inForce && { settings: GROUP }) });
      const answers = await Promise.all(changes.map(change => change(acme)));
      for (const { status } of answers) expect([200, 204, 404, 409, 412, 422, 429]).toContain(status);
      const { policy } = await acme.explain({ channelId: 'web' });
      if (policy !== 'group') continue;
      const groups = (await acme.all('listGroups')) as { id: string; primary: boolean }[];
      const [primary, ...more] = groups.filter(group => group.primary).map(({ id }) => id);
      expect(more).toEqual([]);
      const members = (await acme.team()).filter(agent => agent.groups.includes(primary ?? ''));
      expect(members.length).toBeGreaterThan(0);
      expect(await acme.start()).toMatchObject({ state: 'open', groupId: primary });
    }
  });
});

describe('the mark moved by several at once', () => {
  test('stands on one group, and chats go there', async () => {
    const acme = await world.project({ ...TWO, settings: GROUP });
    for (let rounds = 0; rounds < 5; rounds += 1) {
      const answers = await Promise.all([mark('main')(acme), mark('sales')(acme)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const groups = (await acme.all('listGroups')) as { id: string; primary: boolean }[];
      const marked = groups.filter(({ primary }) => primary).map(({ id }) => id);
      expect(marked).toHaveLength(1);
      expect((await acme.start()).groupId).toBe(marked[0]);
    }
  });
});
