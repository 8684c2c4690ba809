import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';

/** Seed 001, 2.3: rules for new and for returning visitors; "Assign to Original Member". */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ORIGINAL = { returningVisitors: { policy: 'original-agent' } };

/** A visitor whom this agent has served, by hand, so that it does not matter whose turn it was. */
async function servedBy(acme: Project, agentId: string): Promise<string> {
  const before = await acme.must('readSettings');
  const { effective: _, ...settings } = before.body as Record<string, unknown>;
  await acme.settings({ ...settings, automaticAllocation: false });
  const { chat, token } = await acme.visit();
  const { status } = await acme.accept(agentId, chat.id);
  expect(status).toBe(200);
  await acme.closeChat(chat.id);
  await acme.settings(settings);
  return token;
}

/** The visitor's next chat, as staff see it. */
async function comesBack(acme: Project, token: string, body: object = { channelId: 'web' }) {
  const { chat } = await acme.visit(token, body);
  return acme.chat(chat.id);
}

describe('the rule for returning visitors', () => {
  test('holds for those who were served before, and the one for new visitors for all others', async () => {
    const acme = await world.project({
      agents: { ada: { memberOrder: 1 }, ben: { memberOrder: 2, receptionWeight: 9 } },
      settings: {
        newVisitors: { policy: 'member-order' },
        returningVisitors: { policy: 'reception-weight' },
      },
    });
    const { chat, token } = await acme.visit();
    expect(await acme.lastDecision(chat.id)).toMatchObject({ policy: 'member-order', winner: 'ada' });
    await acme.closeChat(chat.id);
    const again = await comesBack(acme, token);
    expect(again).toMatchObject({ returning: true, agentId: 'ben' });
    expect(await acme.lastDecision(again.id)).toMatchObject({
      policy: 'reception-weight',
      decidedBy: 'share',
    });
  });

  test('is the one for new visitors where there is none of its own', async () => {
    const acme = await world.project({
      agents: { ada: {} },
      settings: { newVisitors: { policy: 'least-sessions' } },
    });
    const again = await comesBack(acme, await servedBy(acme, 'ada'));
    expect(await acme.lastDecision(again.id)).toMatchObject({ policy: 'least-sessions' });
  });

  test('does not hold for one whose chats nobody took, nor for one without the token', async () => {
    const acme = await world.project({ agents: { ada: { status: 'offline' } }, settings: ORIGINAL });
    const { chat, token } = await acme.visit();
    await acme.closeChat(chat.id);
    expect((await comesBack(acme, token)).returning).toBe(false);
    const served = await servedBy(acme, 'ada');
    expect((await acme.chat((await acme.visit()).chat.id)).returning).toBe(false);
    expect((await comesBack(acme, served)).returning).toBe(true);
  });

  test.each(['wait', 'offer'] as const)(
    'can %s where the other does not, when nobody is available',
    async onNobody => {
      const other = onNobody === 'wait' ? 'offer' : 'wait';
      const acme = await world.project({
        agents: { ada: { status: 'offline' } },
        settings: {
          newVisitors: { policy: 'least-sessions', onNobody: other },
          returningVisitors: { policy: 'smart', onNobody },
        },
      });
      const state = (wish: string) => (wish === 'wait' ? 'waiting' : 'offered');
      expect((await acme.start()).state).toBe(state(other));
      expect((await comesBack(acme, await servedBy(acme, 'ada'))).state).toBe(state(onNobody));
    },
  );

  test('is shown in the settings as it takes effect, with where it comes from', async () => {
    const acme = await world.project();
    const { effective } = await acme.settings({ newVisitors: { policy: 'smart' } });
    expect(effective.returningVisitors).toEqual({
      policy: { value: 'smart', source: 'newVisitors' },
      onNobody: { value: 'offer', source: 'policy' },
    });
    const own = await acme.settings({ returningVisitors: { policy: 'original-agent', onNobody: 'offer' } });
    expect(own.effective.newVisitors.onNobody).toEqual({ value: 'wait', source: 'policy' });
    expect(own.effective.returningVisitors).toEqual({
      policy: { value: 'original-agent', source: 'returningVisitors' },
      onNobody: { value: 'offer', source: 'project' },
    });
  });
});

describe('the original agent', () => {
  test.each([
    ['is online with room', {}],
    ['is offline', { status: 'offline' }],
    ['rests', { status: 'rest' }],
    ['has limit 0', { maxLoad: 0 }],
    ['has no share', { receptionWeight: 0 }],
    // Ben is in a lower line, and has nothing to do.
    ['ranks behind another', { groups: ['last'] }],
  ] as const)('gets its visitor back when it %s, by a claim marked as forced', async (_, card) => {
    const acme = await world.project({
      groups: { first: 1, last: 2 },
      agents: { ada: card, ben: { groups: ['first'] } },
      settings: ORIGINAL,
    });
    const chat = await comesBack(acme, await servedBy(acme, 'ada'));
    expect(chat).toMatchObject({
      state: 'open',
      agentId: 'ada',
      returning: true,
      forced: true,
      groupId: null,
      assignments: [{ agentId: 'ada', method: 'original-agent', forced: true }],
    });
    expect(await acme.lastDecision(chat.id)).toMatchObject({
      policy: 'original-agent',
      reading: 'one-agent',
      winner: 'ada',
      decidedBy: 'original-agent',
      considered: [{ agentId: 'ada' }],
    });
  });

  test('is charged beyond its limit, and gets nothing else until it has room again', async () => {
    const acme = await world.project({
      channels: { web: 2 },
      agents: { ada: { maxLoad: 2 } },
      settings: ORIGINAL,
    });
    const token = await servedBy(acme, 'ada');
    const first = await acme.start();
    const back = await comesBack(acme, token);
    expect(await acme.agent('ada')).toMatchObject({ load: 4, openChats: 2, vacancy: -2 });
    const waiting = await acme.start();
    await acme.closeChat(first.id);
    expect(await acme.holders([back, waiting])).toEqual(['ada', null]);
    await acme.closeChat(back.id);
    expect(await acme.holders([waiting])).toEqual(['ada']);
    expect(await acme.agent('ada')).toMatchObject({ load: 2, vacancy: 0 });
  });

  test('is who served last, in a chat taken by hand as well', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: { status: 'busy' } }, settings: ORIGINAL });
    const { chat, token } = await acme.visit();
    expect(chat.agent).toEqual({ name: 'ada' });
    await acme.closeChat(chat.id);
    expect((await comesBack(acme, token)).agentId).toBe('ada');
    const later = await acme.chats({ state: 'open' });
    await acme.closeChat(later[0]?.id ?? '');
    await acme.settings({ ...ORIGINAL, automaticAllocation: false });
    const third = await comesBack(acme, token);
    await acme.accept('ben', third.id);
    await acme.closeChat(third.id);
    await acme.settings(ORIGINAL);
    expect((await comesBack(acme, token)).agentId).toBe('ben');
  });

  test('is remembered over a chat that nobody took', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: ORIGINAL });
    const token = await servedBy(acme, 'ada');
    await acme.settings({ ...ORIGINAL, automaticAllocation: false });
    const untaken = await comesBack(acme, token);
    expect(untaken).toMatchObject({ state: 'waiting', returning: true });
    await acme.closeChat(untaken.id);
    await acme.settings(ORIGINAL);
    expect(await comesBack(acme, token)).toMatchObject({ agentId: 'ada', returning: true });
  });

  test.each<[string, string, (acme: Project) => Promise<unknown>]>([
    ['is inactive', 'inactive', acme => acme.replaceCard('ada', { active: false })],
    [
      'works on another channel now',
      'other-channel',
      acme => acme.replaceCard('ada', { channels: ['mail'] }),
    ],
    ['was deleted', 'inactive', acme => acme.must('deleteAgent', { params: { agentId: 'ada' } })],
  ])(
    'that %s is passed over: the rule for new visitors holds, and the record says why',
    async (_, why, change) => {
      const acme = await world.project({
        channels: { web: 1, mail: 1 },
        agents: { ada: {}, ben: {} },
        settings: { ...ORIGINAL, newVisitors: { policy: 'least-sessions' } },
      });
      const token = await servedBy(acme, 'ada');
      await change(acme);
      const chat = await comesBack(acme, token);
      expect(chat).toMatchObject({ agentId: 'ben', forced: false, returning: true });
      const decision = await acme.lastDecision(chat.id);
      expect(decision).toMatchObject({ policy: 'least-sessions', winner: 'ben' });
      expect(decision?.steps[0]).toMatchObject({
        name: 'original-agent',
        in: 1,
        out: 0,
        excluded: [{ agentId: 'ada', why }],
      });
    },
  );

  test('that is passed over with nobody available leads to the fallback of either rule', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: { status: 'busy' } }, settings: ORIGINAL });
    const tokens = [await servedBy(acme, 'ada'), await servedBy(acme, 'ada'), await servedBy(acme, 'ada')];
    await acme.replaceCard('ada', { active: false });
    const states = [];
    for (const [index, settings] of [
      ORIGINAL,
      { returningVisitors: { policy: 'original-agent', onNobody: 'offer' } },
      { ...ORIGINAL, newVisitors: { policy: 'smart' } },
    ].entries()) {
      await acme.settings(settings);
      states.push((await comesBack(acme, tokens[index] ?? '')).state);
    }
    expect(states).toEqual(['waiting', 'offered', 'offered']);
  });

  test('gets a chat that waited since its visitor came back while it was inactive, whatever its limit', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 } }, settings: ORIGINAL });
    const token = await servedBy(acme, 'ada');
    await acme.replaceCard('ada', { active: false });
    const waiting = await comesBack(acme, token);
    expect(waiting.state).toBe('waiting');
    await acme.replaceCard('ada', { maxLoad: 0, active: true });
    expect(await acme.chat(waiting.id)).toMatchObject({
      agentId: 'ada',
      forced: true,
      assignments: [{ method: 'original-agent' }],
    });
  });

  test('asked for by several visitors at once gets them all, each charged once', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 }, ben: {} }, settings: ORIGINAL });
    const tokens = [];
    for (let visitors = 0; visitors < 12; visitors += 1) tokens.push(await servedBy(acme, 'ada'));
    await Promise.all(tokens.map(token => acme.visit(token)));
    const open = await acme.chats({ state: 'open' });
    expect(open.map(({ agentId }) => agentId)).toEqual(tokens.map(() => 'ada'));
    expect(await acme.agent('ada')).toMatchObject({ load: 12, openChats: 12, vacancy: -11 });
  });
});

describe('a visitor', () => {
  test.each(['open', 'waiting', 'offered'] as const)(
    'with a chat that is %s gets that one back',
    async state => {
      const policy = state === 'offered' ? 'all' : 'queue-position';
      const acme = await world.project({
        agents: { ada: { status: state === 'open' ? 'online' : 'offline' } },
        settings: { newVisitors: { policy }, ...ORIGINAL },
      });
      const first = await acme.visit();
      expect(first.chat.state).toBe(state);
      const again = await acme.visit(first.token);
      expect(again).toEqual({ status: 200, chat: first.chat, token: first.token });
      const { status, chat } = await acme.visit(first.token, { channelId: 'web', message: 'me again' });
      expect([status, chat]).toEqual([200, { ...first.chat, lastMessageAt: expect.any(String) }]);
      const both = await Promise.all([acme.visit(first.token), acme.visit(first.token)]);
      expect(both.map(({ status, chat }) => [status, chat.id])).toEqual([
        [200, first.chat.id],
        [200, first.chat.id],
      ]);
      expect(await acme.chats()).toHaveLength(1);
    },
  );
});
