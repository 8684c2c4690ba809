import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ask, openWorld, type Project, type World } from '../support/http.ts';

/** Policy `group`: one primary group, groups to ask for, and what is refused so that chats never go nowhere. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const GROUP = { newVisitors: { policy: 'group' } };

/** Ada in the primary group `main`, Ben in `sales`, Cleo in none; policy `group` unless told otherwise. */
const TEAM = {
  groups: { main: 1, sales: 2 },
  primary: 'main',
  agents: { ada: { groups: ['main'] }, ben: { groups: ['sales'] }, cleo: {} },
  settings: GROUP,
} as const;

async function primaryOf(project: Project): Promise<readonly string[]> {
  const groups = (await project.all('listGroups')) as { id: string; primary: boolean }[];
  return groups.filter(({ primary }) => primary).map(({ id }) => id);
}

const put = (groupId: string, primary: boolean): Ask => ({
  params: { groupId },
  body: { name: groupId, queuePosition: 1, primary },
});

describe('a chat under policy `group`', () => {
  test('goes to the primary group, or to the group that the widget asks for', async () => {
    const acme = await world.project(TEAM);
    expect(await acme.start()).toMatchObject({ agentId: 'ada', groupId: 'main' });
    expect(await acme.start('web', 'sales')).toMatchObject({ agentId: 'ben', groupId: 'sales' });
    const { chat } = await acme.visit(undefined, { channelId: 'web', groupId: 'sales' });
    expect(await acme.chat(chat.id)).toMatchObject({ agentId: 'ben', groupId: 'sales' });
    expect((await acme.visit(undefined, { channelId: 'web', groupId: null })).chat.agent).toEqual({
      name: 'ada',
    });
  });

  test('is not given to anybody outside of the group, and not to a group beside it', async () => {
    const acme = await world.project({
      ...TEAM,
      settings: { newVisitors: { policy: 'group', onNobody: 'wait' } },
    });
    await acme.setStatus('ada', 'offline');
    const chat = await acme.start();
    expect(chat).toMatchObject({ state: 'waiting', groupId: 'main' });
    const decision = await acme.lastDecision(chat.id);
    expect(decision).toMatchObject({ outcome: 'nobody-online', reading: 'whole-group' });
    expect(decision?.steps).toMatchObject([
      { name: 'scope', in: 1, out: 1 },
      { name: 'eligibility', in: 1, out: 0, excluded: [{ agentId: 'ada', why: 'not-online' }] },
    ]);
    await acme.setStatus('ada', 'online');
    expect(await acme.holders([chat])).toEqual(['ada']);
  });

  test('goes to the member with the fewest open chats, then to whoever closed longest ago', async () => {
    const acme = await world.project({
      ...TEAM,
      agents: { ada: { groups: ['main'] }, ben: { groups: ['main'] } },
    });
    const [first, second] = [await acme.start(), await acme.start()];
    expect(await acme.holders([first, second])).toEqual(['ada', 'ben']);
    await acme.closeChat(second.id);
    expect((await acme.start()).agentId).toBe('ben');
    expect((await acme.start('web', 'sales')).state).toBe('waiting');
  });

  test('for a group with nobody in it waits, with that as the reason, until somebody joins', async () => {
    const acme = await world.project(TEAM);
    await acme.group('empty', 3);
    const chat = await acme.start('web', 'empty');
    expect(chat).toMatchObject({ state: 'waiting', groupId: 'empty' });
    expect(await acme.lastDecision(chat.id)).toMatchObject({ outcome: 'empty-group' });
    await acme.replaceCard('cleo', { groups: ['empty'] });
    expect(await acme.chat(chat.id)).toMatchObject({ state: 'open', agentId: 'cleo', groupId: 'empty' });
  });

  test('is refused for a group that is not there; so is a group under a policy without groups', async () => {
    const acme = await world.project(TEAM);
    const start = (groupId: string) => acme.ask('startChat', { body: { channelId: 'web', groupId } });
    expect((await start('nobody')).body).toMatchObject({ status: 422, code: 'unknown-group' });
    for (const policy of ['all', 'smart', 'queue-position', 'least-sessions', 'member-order'].concat([
      'reception-weight',
      'month-priority',
    ])) {
      await acme.settings({ newVisitors: { policy } });
      expect((await start('sales')).body).toMatchObject({ status: 422, code: 'policy-has-no-group' });
    }
    expect(await acme.chats()).toEqual([]);
  });

  test('of a returning visitor may name a group where the rule for returning ones has groups', async () => {
    const acme = await world.project({
      ...TEAM,
      settings: { newVisitors: { policy: 'queue-position' }, returningVisitors: { policy: 'group' } },
    });
    const body = { channelId: 'web', groupId: 'sales' };
    expect((await acme.ask('startChat', { as: acme.as.widget, body })).body).toMatchObject({
      code: 'policy-has-no-group',
    });
    const { chat, token } = await acme.visit();
    await acme.closeChat(chat.id);
    const again = await acme.visit(token, body);
    expect(await acme.chat(again.chat.id)).toMatchObject({
      returning: true,
      agentId: 'ben',
      groupId: 'sales',
    });
  });
});

describe('the mark of the primary group', () => {
  test('moves in one write: whoever looks sees exactly one, however often it moves', async () => {
    const acme = await world.project(TEAM);
    let moving = true;
    const looks: (readonly string[])[] = [];
    const looking = (async () => {
      while (moving) looks.push(await primaryOf(acme));
    })();
    for (let times = 0; times < 15; times += 1) {
      await acme.must('replaceGroup', put(times % 2 === 0 ? 'sales' : 'main', true));
    }
    moving = false;
    await looking;
    expect(looks.length).toBeGreaterThan(5);
    expect(looks.filter(marked => marked.length !== 1)).toEqual([]);
    expect(await primaryOf(acme)).toEqual(['sales']);
  });

  test('left out of a PUT stays where it is', async () => {
    const acme = await world.project(TEAM);
    await acme.group('main', 5);
    await acme.group('sales', 5);
    expect(await primaryOf(acme)).toEqual(['main']);
  });
});

describe('policy `group`', () => {
  test.each(['newVisitors', 'returningVisitors'] as const)(
    'is not switched on for %s without a primary group with a member',
    async visitors => {
      const acme = await world.project({ groups: { main: 1 }, agents: { ada: {} } });
      const on = () => acme.trySettings({ [visitors]: { policy: 'group' } });
      expect((await on()).body).toMatchObject({ status: 422, code: 'no-primary-group' });
      await acme.group('main', 1, true);
      expect((await on()).body).toMatchObject({
        code: 'no-primary-group',
        detail: expect.stringContaining('main'),
      });
      await acme.replaceCard('ada', { groups: ['main'] });
      expect((await on()).status).toBe(200);
      expect((await acme.settings({})).newVisitors.policy).toBe('queue-position');
    },
  );

  const refused: Record<string, (acme: Project) => ReturnType<Project['ask']>> = {
    'its last member leaves': acme =>
      acme.ask('replaceAgent', { params: { agentId: 'ada' }, body: { name: 'Ada' } }),
    'its last member is deleted': acme => acme.ask('deleteAgent', { params: { agentId: 'ada' } }),
    'it is deleted': acme => acme.ask('deleteGroup', { params: { groupId: 'main' } }),
    'its mark is taken': acme => acme.ask('replaceGroup', put('main', false)),
    'the mark moves to an empty group': acme => acme.ask('replaceGroup', put('sales', true)),
    'the mark moves to a new group': acme => acme.ask('replaceGroup', put('third', true)),
  };

  test.each(Object.keys(refused))('in force keeps its primary group: refused when %s', async how => {
    const acme = await world.project({ ...TEAM, agents: { ada: { groups: ['main'] } } });
    const before = [await acme.all('listGroups'), await acme.team()];
    const answer = await refused[how]?.(acme);
    expect(answer?.body).toMatchObject({ status: 409, code: 'primary-group-needed' });
    expect([await acme.all('listGroups'), await acme.team()]).toEqual(before);
    const { id, agentId } = await acme.start();
    expect(agentId).toBe('ada');
    await acme.closeChat(id);
    // Once the policy is another, nothing stands against it.
    await acme.settings({});
    expect((await refused[how]?.(acme))?.status).toBeLessThan(300);
  });

  test('in force lets all but the last member go, and once another one joined also that one', async () => {
    const acme = await world.project(TEAM);
    await acme.replaceCard('cleo', { groups: ['main'] });
    await acme.replaceCard('ada', {});
    expect((await acme.ask('deleteAgent', { params: { agentId: 'cleo' } })).status).toBe(409);
    await acme.replaceCard('ben', { groups: ['main', 'sales'] });
    expect((await acme.ask('deleteAgent', { params: { agentId: 'cleo' } })).status).toBe(204);
  });

  test('in force for returning visitors only keeps the primary group as well', async () => {
    const acme = await world.project({
      ...TEAM,
      agents: { ada: { groups: ['main'] } },
      settings: { returningVisitors: { policy: 'group' } },
    });
    const { body } = await acme.ask('deleteGroup', { params: { groupId: 'main' } });
    expect(body).toMatchObject({ code: 'primary-group-needed' });
  });
});
