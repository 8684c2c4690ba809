import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptAnswer } from '../../functions/schemas.ts';
import { openWorld, type Project, type World } from '../support/http.ts';

/** Who may accept an offered chat, who has it in the end, and what becomes of an offer that nobody can accept. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ALL = { newVisitors: { policy: 'all' } };
const GROUP = { newVisitors: { policy: 'group' } };

describe('accepting an offer', () => {
  test('makes the chat the agent’s and charges it; nobody else is', async () => {
    const acme = await world.project({ channels: { web: 2 }, agents: { ada: {}, ben: {} }, settings: ALL });
    const { id } = await acme.start();
    const { body } = await acme.accept('ben', id);
    expect(acceptAnswer.parse(body)).toMatchObject({
      outcome: 'accepted',
      chat: {
        state: 'open',
        agentId: 'ben',
        weight: 2,
        forced: false,
        offeredTo: null,
        assignments: [{ agentId: 'ben', method: 'accepted', decisionId: null }],
        version: 3,
      },
    });
    expect(await acme.agent('ben')).toMatchObject({ load: 2, openChats: 1 });
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0 });
    expect(await acme.chats({ state: 'offered' })).toEqual([]);
  });

  test('by several at once has exactly one winner; the others are told who was faster, and nothing else', async () => {
    const names = ['ada', 'ben', 'cleo', 'dan', 'eve'];
    const acme = await world.project({ settings: ALL });
    for (const id of names) await acme.hire(id, { name: `The ${id}` });
    for (let round = 1; round <= 6; round += 1) {
      const { id } = await acme.start();
      const answers = await Promise.all(names.map(name => acme.accept(name, id)));
      const winners = names.filter((_, index) => answers[index]?.status === 200);
      expect(winners).toHaveLength(1);
      for (const { body, status } of answers) {
        if (status === 200) continue;
        expect(body).toMatchObject({ status: 409, code: 'already-taken' });
        expect(body).toMatchObject({ detail: `The ${winners[0]} was faster.` });
        expect(Object.keys(body as object).sort()).toEqual(
          ['code', 'detail', 'instance', 'status', 'title', 'type'].sort(),
        );
      }
      expect(await acme.chat(id)).toMatchObject({ agentId: winners[0], version: 3 });
    }
    const team = await acme.team();
    expect(team.reduce((sum, { load }) => sum + load, 0)).toBe(6);
    expect(team.reduce((sum, { openChats }) => sum + openChats, 0)).toBe(6);
  });

  test('twice by the same agent, at once or later, charges once', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: ALL });
    const { id } = await acme.start();
    const answers = await Promise.all([acme.accept('ada', id), acme.accept('ada', id)]);
    expect(answers.map(({ body }) => acceptAnswer.parse(body).outcome).sort()).toEqual([
      'accepted',
      'already-yours',
    ]);
    expect((await acme.accept('ada', id)).body).toMatchObject({ outcome: 'already-yours' });
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1 });
  });

  test('at the moment it is closed: it is the agent’s and then closed, or it is closed', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: ALL });
    for (let rounds = 0; rounds < 5; rounds += 1) {
      const { id } = await acme.start();
      const [accepted] = await Promise.all([acme.accept('ada', id), acme.closeChat(id)]);
      const { state, agentId, assignments } = await acme.chat(id);
      expect(state).toBe('closed');
      expect(agentId).toBe(accepted.status === 200 ? 'ada' : null);
      expect(assignments).toHaveLength(accepted.status === 200 ? 1 : 0);
    }
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0 });
  });

  test('may pass the limit, and is marked as forced', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 0, status: 'offline' } }, settings: ALL });
    const { id } = await acme.start();
    expect((await acme.accept('ada', id)).body).toMatchObject({ chat: { forced: true } });
    expect(await acme.agent('ada')).toMatchObject({ load: 1, vacancy: -1 });
  });

  test('keeps to the limit where the project says so, and the chat stays offered', async () => {
    const acme = await world.project({
      agents: { ada: { maxLoad: 0 }, ben: { maxLoad: 1 } },
      settings: { ...ALL, acceptWithinLimit: true },
    });
    const chat = await acme.start();
    expect((await acme.accept('ada', chat.id)).body).toMatchObject({ status: 409, code: 'no-room' });
    expect(await acme.chat(chat.id)).toEqual(chat);
    expect((await acme.accept('ben', chat.id)).status).toBe(200);
  });

  test.each<[string, 'not-offered', (acme: Project) => Promise<unknown>]>([
    ['joined the team later', 'not-offered', acme => acme.hire('late')],
    ['joined the group later', 'not-offered', acme => acme.hire('late', { groups: ['main'] })],
    [
      'was on another channel then',
      'not-offered',
      async acme => {
        await acme.replaceCard('late', { channels: null, groups: ['main'] });
      },
    ],
    [
      'was inactive then',
      'not-offered',
      async acme => {
        await acme.hire('late', { groups: ['main'] });
      },
    ],
  ])('is refused to an agent who %s', async (_, code, join) => {
    const acme = await world.project({
      channels: { web: 1, mail: 1 },
      groups: { main: 1 },
      primary: 'main',
      agents: { ada: { groups: ['main'], status: 'busy' } },
      settings: GROUP,
    });
    if (_.includes('channel')) await acme.hire('late', { channels: ['mail'], groups: ['main'] });
    if (_.includes('inactive')) await acme.hire('late', { active: false, groups: ['main'] });
    const chat = await acme.start();
    await join(acme);
    expect((await acme.accept('late', chat.id)).body).toMatchObject({ code });
    expect(await acme.chat(chat.id)).toEqual(chat);
  });

  test.each<[string, string, object]>([
    ['was deactivated', 'forbidden', { active: false, groups: ['main'] }],
    ['left the group', 'not-offered', { groups: [] }],
  ])('is refused to an agent who %s, and is the others’ still', async (_, code, card) => {
    const acme = await world.project({
      groups: { main: 1 },
      primary: 'main',
      agents: {
        ada: { groups: ['main'], status: 'busy' },
        ben: { groups: ['main'], status: 'busy' },
      },
      settings: GROUP,
    });
    const chat = await acme.start();
    await acme.replaceCard('ada', card);
    expect((await acme.accept('ada', chat.id)).body).toMatchObject({ code });
    expect(await acme.chat(chat.id)).toEqual(chat);
    expect((await acme.accept('ben', chat.id)).status).toBe(200);
  });

  test('needs no membership of anything under `all`: who leaves a group keeps the offer', async () => {
    const acme = await world.project({
      groups: { main: 1 },
      agents: { ada: { groups: ['main'] }, ben: {} },
      settings: ALL,
    });
    const { id } = await acme.start();
    await acme.replaceCard('ada', {});
    expect((await acme.accept('ada', id)).status).toBe(200);
  });
});

describe('an offer that nobody is left to accept', () => {
  const ways: Record<string, (acme: Project) => Promise<unknown>> = {
    'all were deactivated': acme => acme.edit('all', { active: false }),
    'one by one they were deactivated': async acme => {
      for (const id of ['ada', 'ben']) await acme.replaceCard(id, { active: false, groups: ['main'] });
    },
    'all were deleted': async acme => {
      for (const agentId of ['ada', 'ben']) await acme.must('deleteAgent', { params: { agentId } });
    },
  };

  test.each(Object.keys(ways))('waits again, and is taken by whoever is there: %s', async way => {
    const acme = await world.project({ agents: { ada: {}, ben: {} }, settings: ALL });
    await acme.group('main', 1);
    const older = await acme.start();
    await ways[way]?.(acme);
    const chat = await acme.chat(older.id);
    expect(chat).toMatchObject({ state: 'waiting', offeredTo: null, agentId: null, version: 3 });
    expect(await acme.chats({ state: 'offered' })).toEqual([]);
    expect(await acme.lastDecision(older.id)).toMatchObject({
      trigger: 'search',
      outcome: 'nobody-works-channel',
    });
    await acme.settings({ newVisitors: { policy: 'queue-position' } });
    await acme.hire('cleo');
    expect(await acme.chat(older.id)).toMatchObject({ state: 'open', agentId: 'cleo' });
  });

  test('is offered anew to those who are there, under a decision of its own', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: ALL });
    const { id } = await acme.start();
    await acme.hire('ben');
    await acme.replaceCard('ada', { active: false });
    expect(await acme.chat(id)).toMatchObject({ state: 'offered', offeredTo: { agentIds: ['ben'] } });
    expect((await acme.decisions(id)).map(({ trigger, outcome }) => [trigger, outcome])).toEqual([
      ['start', 'offered'],
      ['search', 'offered'],
    ]);
    const types = (await acme.events())
      .filter(({ detail }) => detail.chatId === id)
      .map(event => event['detail-type']);
    expect(types).toEqual(['ChatCreated', 'ChatOffered', 'ChatWaiting', 'ChatOffered']);
    expect((await acme.accept('ada', id)).body).toMatchObject({ code: 'forbidden' });
    expect((await acme.accept('ben', id)).status).toBe(200);
  });

  test('takes its place by its age: before chats that began to wait earlier but are younger', async () => {
    const acme = await world.project({
      groups: { main: 1 },
      primary: 'main',
      agents: { ada: { groups: ['main'], status: 'busy' }, eve: { groups: ['main'], channels: [] } },
      settings: GROUP,
    });
    const offered = await acme.start();
    await acme.settings({ newVisitors: { policy: 'queue-position' } });
    const younger = await acme.start();
    expect(younger.state).toBe('waiting');
    await acme.replaceCard('ada', { active: false, groups: ['main'] });
    expect((await acme.chat(offered.id)).state).toBe('waiting');
    await acme.hire('ben', { maxLoad: 1 });
    expect(await acme.holders([offered, younger])).toEqual(['ben', null]);
  });

  test('of a group is withdrawn when all have left it, or it is removed', async () => {
    const acme = await world.project({
      groups: { main: 1, sales: 2 },
      primary: 'main',
      agents: {
        ada: { groups: ['main'], status: 'busy' },
        ben: { groups: ['sales'], status: 'busy' },
        cleo: { groups: ['sales'], status: 'busy' },
      },
      settings: GROUP,
    });
    const asked = [await acme.start('web', 'sales'), await acme.start('web', 'sales')];
    await acme.edit(['ben', 'cleo'], { groups: [] });
    for (const { id } of asked) {
      expect(await acme.chat(id)).toMatchObject({ state: 'waiting', groupId: 'sales' });
      expect(await acme.lastDecision(id)).toMatchObject({ outcome: 'empty-group' });
    }
    await acme.must('deleteGroup', { params: { groupId: 'sales' } });
    // In the team's scope, where policy `group` offers to all when nobody is available.
    for (const { id } of asked) {
      const { offeredTo, groupId } = await acme.chat(id);
      expect(groupId).toBeNull();
      expect(offeredTo).toEqual({ scope: 'team', groupId: null, agentIds: ['ada', 'ben', 'cleo'] });
    }
  });

  test('is found by the minute when the look after the change was lost', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: ALL });
    const { id } = await acme.start();
    const noLook = (command: string, input: unknown) => {
      const { ExpressionAttributeValues: values = {} } = input as { ExpressionAttributeValues?: object };
      const partition = ':pk' in values ? String(values[':pk']) : '';
      if (command.startsWith('Query') && /#(LINE|OFFERS)$/.test(partition)) throw new Error('died');
    };
    await world.interfering(noLook, () =>
      acme.ask('replaceAgent', { params: { agentId: 'ada' }, body: { name: 'ada', active: false } }),
    );
    expect((await acme.chat(id)).state).toBe('offered');
    await world.advance(120);
    expect((await acme.chat(id)).state).toBe('waiting');
  });
});
