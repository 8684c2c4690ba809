import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type World } from '../support/http.ts';

/** The promise, end to end: a chat is started, and the right agent has it. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('a started chat', () => {
  test('is with an available agent in the answer, and the agent is charged for it', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 2 } } });
    const { status, chat, token } = await acme.visit(undefined, {
      channelId: 'web',
      visitor: { name: 'Vera', attributes: { plan: 'gold' } },
      message: 'Hello?',
    });
    expect(status).toBe(201);
    expect(chat).toMatchObject({ state: 'open', agent: { name: 'ada' }, waitingSince: null });
    expect(chat).not.toHaveProperty('position');
    expect(token).toMatch(/^vt_/);
    expect(await acme.chat(chat.id)).toMatchObject({
      state: 'open',
      agentId: 'ada',
      weight: 1,
      forced: false,
      groupId: null,
      visitor: { name: 'Vera', attributes: { plan: 'gold' } },
      returning: false,
      lastMessageFrom: 'visitor',
      lastMessageAt: chat.createdAt,
      assignments: [{ agentId: 'ada', method: 'automatic', reason: null, forced: false }],
      version: 2,
    });
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1, heldChats: 0, vacancy: 1 });
  });

  test('has a decision on record that names the winner, who else was looked at, and what settled it', async () => {
    const acme = await world.project({
      groups: { 'line-1': 1, 'line-2': 2 },
      agents: { ada: { groups: ['line-2'] }, ben: { groups: ['line-1'] }, cleo: { groups: ['line-1'] } },
    });
    await acme.start();
    const chat = await acme.start();
    expect(chat.agentId).toBe('cleo');
    const [decision, ...more] = await acme.decisions(chat.id);
    expect(more).toEqual([]);
    expect(decision).toMatchObject({
      id: chat.assignments[0]?.decisionId,
      chatId: chat.id,
      trigger: 'start',
      policy: 'queue-position',
      settingsVersion: 1,
      winner: 'cleo',
      outcome: 'assigned',
      decidedBy: 'open-chats',
      attempts: 1,
    });
    expect(decision?.considered).toMatchObject([
      { agentId: 'cleo', rank: 1, queuePosition: 1, openChats: 0, vacancy: 5 },
      { agentId: 'ben', rank: 2, queuePosition: 1, openChats: 1, vacancy: 4 },
      { agentId: 'ada', rank: 3, queuePosition: 2, openChats: 0, vacancy: 5 },
    ]);
    expect(decision?.steps).toMatchObject([
      { name: 'scope', in: 3, out: 3 },
      { name: 'eligibility', in: 3, out: 3 },
      { name: 'queue-position', in: 3, out: 2, excluded: [{ agentId: 'ada', why: 'higher-position' }] },
      { name: 'open-chats', in: 2, out: 1 },
    ]);
  });

  test('goes to line 1 while it has room, then to line 2, then to those in no group', async () => {
    const acme = await world.project({
      groups: { 'line-1': 1, 'line-2': 2 },
      agents: {
        ada: { maxLoad: 1 },
        ben: { maxLoad: 1, groups: ['line-2'] },
        cleo: { maxLoad: 2, groups: ['line-1'] },
      },
    });
    const agents = [];
    for (let chats = 0; chats < 5; chats += 1) agents.push((await acme.start()).agentId);
    expect(agents).toEqual(['cleo', 'cleo', 'ben', 'ada', null]);
  });

  test('goes to the agent with the fewest open chats, then to whoever closed longest ago', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {}, cleo: {} } });
    const first = await acme.start();
    const second = await acme.start();
    const third = await acme.start();
    expect([first.agentId, second.agentId, third.agentId]).toEqual(['ada', 'ben', 'cleo']);
    await acme.closeChat(second.id);
    expect((await acme.start()).agentId).toBe('ben');
    await acme.closeChat(third.id);
    await world.advance(60);
    await acme.closeChat(first.id);
    // Both have none open now, and Cleo has not closed one for longer.
    expect((await acme.start()).agentId).toBe('cleo');
  });

  test.each([
    ['offline', { status: 'offline' }, 'not-online', 'nobody-online'],
    ['busy', { status: 'busy' }, 'not-online', 'nobody-online'],
    ['at rest', { status: 'rest' }, 'not-online', 'nobody-online'],
    ['at limit 0', { maxLoad: 0 }, 'no-room', 'all-full'],
    ['not active', { active: false }, 'inactive', 'nobody-works-channel'],
    ['on no channel', { channels: [] }, 'other-channel', 'nobody-works-channel'],
    ['on another channel', { channels: ['mail'] }, 'other-channel', 'nobody-works-channel'],
  ] as const)('passes over an agent who is %s, and the record says so', async (_, card, why, outcome) => {
    const acme = await world.project({ channels: { web: 1, mail: 1 }, agents: { ada: card } });
    const chat = await acme.start();
    expect(chat).toMatchObject({ state: 'waiting', agentId: null, weight: null, assignments: [] });
    const [decision] = await acme.decisions(chat.id);
    expect(decision).toMatchObject({ winner: null, outcome, decidedBy: 'eligibility', considered: [] });
    expect(decision?.steps.at(-1)?.excluded).toEqual([{ agentId: 'ada', why }]);
  });

  test('is taken without end by an agent who has no limit', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: null } } });
    for (let chats = 0; chats < 7; chats += 1) expect((await acme.start()).agentId).toBe('ada');
    expect(await acme.agent('ada')).toMatchObject({ load: 7, vacancy: null });
  });

  test('is where a dry run said it would go', async () => {
    const acme = await world.project({
      groups: { 'line-1': 1 },
      agents: { ada: {}, ben: { groups: ['line-1'] }, cleo: { groups: ['line-1'], maxLoad: 0 } },
    });
    const { body } = await acme.must('explain', { body: { channelId: 'web' } });
    expect(body).toMatchObject({ id: null, chatId: null, trigger: 'explain', winner: 'ben' });
    expect((await acme.start()).agentId).toBe('ben');
  });

  test('gives each step of a dry run as a sentence, for a chat that waits as well', async () => {
    const acme = await world.project({ agents: { ada: { status: 'rest' } } });
    const { id } = await acme.start();
    const before = await acme.chat(id);
    const { body } = await acme.must('explain', { body: { chatId: id } });
    expect(body).toMatchObject({ chatId: id, winner: null, outcome: 'nobody-online' });
    const { steps } = body as { steps: { text?: string }[] };
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.every(step => (step.text ?? '').endsWith('.'))).toBe(true);
    expect(await acme.chat(id)).toEqual(before);
    expect(await acme.decisions(id)).toHaveLength(1);
  });
});

describe('the weight of a channel', () => {
  const full = { channels: { web: 1, two: 2, three: 3 }, agents: { ada: { maxLoad: 5 } } };

  test('of 2 fits an agent with limit 5 and load 3', async () => {
    const acme = await world.project(full);
    for (let chats = 0; chats < 3; chats += 1) await acme.start();
    expect(await acme.start('two')).toMatchObject({ agentId: 'ada', weight: 2 });
    expect(await acme.agent('ada')).toMatchObject({ load: 5, openChats: 4, vacancy: 0 });
  });

  test('of 3 does not, and the agent stays free for what fits', async () => {
    const acme = await world.project(full);
    for (let chats = 0; chats < 3; chats += 1) await acme.start();
    const heavy = await acme.start('three');
    expect(heavy.state).toBe('waiting');
    expect((await acme.decisions(heavy.id))[0]).toMatchObject({ outcome: 'all-full' });
    expect((await acme.start('two')).agentId).toBe('ada');
  });

  test('at the claim is what is released, whatever the channel weighs by then', async () => {
    const acme = await world.project(full);
    const { id } = await acme.start('two');
    await acme.channel('two', 4);
    expect((await acme.agent('ada')).load).toBe(2);
    expect(await acme.closeChat(id)).toMatchObject({ state: 'closed', weight: 2, agentId: 'ada' });
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0, vacancy: 5 });
  });
});

describe('many at once', () => {
  test('30 chats over 10 agents with limit 3: each assigned once, nobody above the limit, loads add up', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `agent-${index}`);
    const agents = Object.fromEntries(ids.map(id => [id, { maxLoad: 3 }]));
    const acme = await world.project({ agents });
    await Promise.all(Array.from({ length: 30 }, () => acme.start()));
    const chats = await acme.chats({ state: 'open' });
    expect(chats).toHaveLength(30);
    expect(await acme.chats({ state: 'waiting' })).toEqual([]);
    for (const id of ids) {
      const own = chats.filter(chat => chat.agentId === id);
      expect(await acme.agent(id)).toMatchObject({ load: 3, openChats: own.length, vacancy: 0 });
      expect(own).toHaveLength(3);
    }
    for (const chat of chats) {
      expect(chat.assignments).toHaveLength(1);
      const decisions = await acme.decisions(chat.id);
      expect(decisions.filter(({ winner }) => winner === chat.agentId)).toHaveLength(1);
    }
  });

  test('more chats than room: the room is filled to the last place and the rest waits', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 2 }, ben: { maxLoad: 2 } } });
    await Promise.all(Array.from({ length: 9 }, () => acme.start()));
    expect(await acme.chats({ state: 'open' })).toHaveLength(4);
    expect(await acme.chats({ state: 'waiting' })).toHaveLength(5);
    expect(await acme.agent('ada')).toMatchObject({ load: 2, vacancy: 0 });
    expect(await acme.agent('ben')).toMatchObject({ load: 2, vacancy: 0 });
  });
});
