import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptAnswer } from '../../functions/schemas.ts';
import { openWorld, type World } from '../support/http.ts';

/** An agent takes a waiting chat by hand; and what an agent or a channel in use refuses. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** Nobody is given anything: whatever starts waits. */
const OFF = { automaticAllocation: false };

describe('accepting a waiting chat', () => {
  test('makes it the agent’s, takes it out of the line and charges the agent', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: OFF });
    const { id } = await acme.start();
    const { body } = await acme.accept('ada', id);
    expect(acceptAnswer.parse(body)).toMatchObject({
      outcome: 'accepted',
      chat: {
        state: 'open',
        agentId: 'ada',
        weight: 1,
        forced: false,
        waitingSince: null,
        assignments: [{ agentId: 'ada', method: 'accepted', forced: false, decisionId: null }],
      },
    });
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1, vacancy: 4 });
    await acme.settings({});
    await acme.hire('ben');
    expect((await acme.chat(id)).agentId).toBe('ada');
  });

  test('of two at once has exactly one winner; the other is told that it is taken', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} }, settings: OFF });
    for (let rounds = 0; rounds < 5; rounds += 1) {
      const { id } = await acme.start();
      const answers = await Promise.all(['ada', 'ben'].map(agentId => acme.accept(agentId, id)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const refused = answers.find(({ status }) => status === 409);
      expect(refused?.body).toMatchObject({ code: 'already-taken' });
      const winner = answers[0]?.status === 200 ? 'ada' : 'ben';
      expect(await acme.chat(id)).toMatchObject({ agentId: winner, version: 3 });
      expect((await acme.chat(id)).assignments).toHaveLength(1);
    }
    const [ada, ben] = [await acme.agent('ada'), await acme.agent('ben')];
    expect(ada.load + ben.load).toBe(5);
  });

  test('twice by the same agent is an outcome of its own and charges once, at once or later', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: OFF });
    const { id } = await acme.start();
    const answers = await Promise.all([acme.accept('ada', id), acme.accept('ada', id)]);
    const outcomes = answers.map(({ body }) => acceptAnswer.parse(body).outcome).sort();
    expect(outcomes).toEqual(['accepted', 'already-yours']);
    const again = await acme.accept('ada', id);
    expect(again.body).toMatchObject({ outcome: 'already-yours', chat: { agentId: 'ada', version: 3 } });
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1 });
  });

  test('that the search gives out at the same moment has one owner, and one charge', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: { status: 'offline' } } });
    await acme.setStatus('ada', 'offline');
    for (let rounds = 0; rounds < 5; rounds += 1) {
      const { id } = await acme.start();
      const [answer] = await Promise.all([acme.accept('ada', id), acme.setStatus('ben', 'online')]);
      const chat = await acme.chat(id);
      expect(chat.state).toBe('open');
      expect(chat.agentId).toBe(answer.status === 200 ? 'ada' : 'ben');
      expect(chat.assignments).toHaveLength(1);
      await acme.setStatus('ben', 'offline');
    }
    const [ada, ben] = [await acme.agent('ada'), await acme.agent('ben')];
    expect(ada.load + ben.load).toBe(5);
    expect(ada.openChats).toBe((await acme.chats({ agentId: 'ada', state: 'open' })).length);
  });

  test.each([
    ['is offline', { status: 'offline' }],
    ['rests', { status: 'rest' }],
    ['has limit 0', { maxLoad: 0 }],
    ['does not work the channel', { channels: [], status: 'busy' }],
  ] as const)('is allowed to an agent who %s, marked as forced', async (_, card) => {
    const acme = await world.project({ agents: { ada: card } });
    const { id } = await acme.start();
    const { status, body } = await acme.accept('ada', id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ chat: { forced: true, agentId: 'ada' } });
    expect((await acme.agent('ada')).load).toBe(1);
  });

  test('within the limit only, where the project says so: a full agent is refused, one with room is not', async () => {
    const acme = await world.project({
      channels: { web: 1, heavy: 3 },
      agents: { ada: { maxLoad: 3 } },
      settings: { ...OFF, acceptWithinLimit: true },
    });
    const [light, heavy] = [await acme.start(), await acme.start('heavy')];
    expect((await acme.accept('ada', light.id)).status).toBe(200);
    const refused = await acme.accept('ada', heavy.id);
    expect(refused.body).toMatchObject({ status: 409, code: 'no-room' });
    expect((await acme.chat(heavy.id)).state).toBe('waiting');
    await acme.closeChat(light.id);
    expect((await acme.accept('ada', heavy.id)).status).toBe(200);
    expect(await acme.agent('ada')).toMatchObject({ load: 3, vacancy: 0 });
  });

  test('beyond the limit is charged all the same, and nothing more comes until there is room again', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 } } });
    const first = await acme.start();
    const second = await acme.start();
    await acme.accept('ada', second.id);
    expect(await acme.agent('ada')).toMatchObject({ load: 2, openChats: 2, vacancy: -1 });
    const third = await acme.start();
    await acme.closeChat(first.id);
    expect((await acme.chat(third.id)).state).toBe('waiting');
    await acme.closeChat(second.id);
    expect((await acme.chat(third.id)).agentId).toBe('ada');
  });

  test('that is closed is refused with the state in the detail', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: OFF });
    const { id } = await acme.start();
    await acme.closeChat(id);
    const { body } = await acme.accept('ada', id);
    expect(body).toMatchObject({ code: 'state-forbids', detail: expect.stringContaining('closed') });
  });
});

describe('closing', () => {
  test('twice changes nothing the second time, whoever does it and even at once', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat, token } = await acme.visit();
    const params = { chatId: chat.id };
    const as = [await acme.as.agent('ada'), acme.visitor(token), acme.as.operator];
    const answers = await Promise.all(as.map(caller => acme.must('closeChat', { as: caller, params })));
    const outcomes = answers.map(({ body }) => (body as { outcome: string }).outcome).sort();
    expect(outcomes).toEqual(['closed', 'closed', 'closed']);
    const closed = await acme.chat(chat.id);
    expect(closed.version).toBe(3);
    expect(await acme.closeChat(chat.id)).toEqual(closed);
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0, lastClosedAt: closed.closedAt });
  });

  test('releases what the agent held and nothing else, many at once', async () => {
    const acme = await world.project({ channels: { web: 1, two: 2 }, agents: { ada: { maxLoad: 12 } } });
    const chats = [];
    for (const channelId of ['web', 'two', 'two', 'web', 'two', 'web'])
      chats.push(await acme.start(channelId));
    await Promise.all(chats.slice(0, 4).map(({ id }) => acme.closeChat(id)));
    expect(await acme.agent('ada')).toMatchObject({ load: 3, openChats: 2, vacancy: 9 });
  });
});

describe('what is in use is not removed', () => {
  test('an agent who has a chat stays until it is closed', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { id } = await acme.start();
    const refused = await acme.ask('deleteAgent', { params: { agentId: 'ada' } });
    expect(refused.body).toMatchObject({ code: 'agent-has-chats' });
    await acme.closeChat(id);
    expect((await acme.ask('deleteAgent', { params: { agentId: 'ada' } })).status).toBe(204);
    expect((await acme.ask('readAgent', { params: { agentId: 'ada' } })).status).toBe(404);
    expect((await acme.start()).state).toBe('waiting');
  });

  test('an agent is removed or given a chat, never both', async () => {
    for (let rounds = 0; rounds < 5; rounds += 1) {
      const acme = await world.project({ agents: { ada: {} } });
      const [chat, removal] = await Promise.all([
        acme.start(),
        acme.ask('deleteAgent', { params: { agentId: 'ada' } }),
      ]);
      const { state, agentId } = await acme.chat(chat.id);
      const gone = removal.status === 204;
      expect([state, agentId]).toEqual(gone ? ['waiting', null] : ['open', 'ada']);
    }
  });

  test.each(['waiting', 'open'] as const)(
    'a channel on which a chat is %s stays until it is closed',
    async state => {
      const status = state === 'open' ? 'online' : 'offline';
      const acme = await world.project({ agents: { ada: { status } } });
      const chat = await acme.start();
      expect(chat.state).toBe(state);
      const refused = await acme.ask('deleteChannel', { params: { channelId: 'web' } });
      expect(refused.body).toMatchObject({ code: 'channel-in-use', detail: expect.stringContaining(state) });
      await acme.closeChat(chat.id);
      expect((await acme.ask('deleteChannel', { params: { channelId: 'web' } })).status).toBe(204);
      const { body } = await acme.ask('startChat', { body: { channelId: 'web' } });
      expect(body).toMatchObject({ code: 'unknown-channel' });
    },
  );
});
