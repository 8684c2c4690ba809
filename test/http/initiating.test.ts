import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { initiateAnswer, visitorChatView } from '../../functions/schemas.ts';
import { openWorld, type Project, type World } from '../support/http.ts';
import type { AgentGiven } from './project.ts';

/** Seed 002, "Agent initiated chat from a Contact card": it is that agent's, regardless of the settings. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const WEB = { channelId: 'web' };

async function initiate(acme: Project, agentId: string, body: object = WEB, as = acme.as.operator) {
  return acme.ask('initiateChat', { as, params: { agentId }, body });
}

/** A visitor who was here, and whose chat is closed. */
async function visitedBefore(acme: Project) {
  const { chat, token } = await acme.visit();
  const { visitorId } = await acme.closeChat(chat.id);
  return { visitorId, token };
}

describe('a chat that an agent starts', () => {
  test.each<[string, AgentGiven, object]>([
    ['is online with room', {}, {}],
    ['is above the limit', { maxLoad: 1 }, {}],
    ['has limit 0', { maxLoad: 0 }, {}],
    ['is busy', { status: 'busy' }, {}],
    ['rests', { status: 'rest' }, {}],
    ['is offline', { status: 'offline' }, {}],
    ['works with no channel', { channels: [] }, {}],
    ['gets nothing automatically', {}, { automaticAllocation: false }],
    ['must keep to the limit when accepting', { maxLoad: 0 }, { acceptWithinLimit: true }],
    ['would be offered it', {}, { newVisitors: { policy: 'all' } }],
  ])('is that agent’s, by a forced claim, when she %s', async (_, card, settings) => {
    const acme = await world.project({
      channels: { web: 2 },
      agents: { ada: card, ben: {} },
      settings: { ...settings },
    });
    const ada = await acme.agent('ada');
    const { status, body } = await initiate(acme, 'ada', WEB, await acme.as.agent('ada'));
    const { chat, outcome } = initiateAnswer.parse(body);
    expect([status, outcome]).toEqual([201, 'started']);
    expect(chat).toMatchObject({
      state: 'open',
      agentId: 'ada',
      weight: 2,
      forced: true,
      groupId: null,
      returning: false,
      waitingSince: null,
    });
    expect(chat.assignments).toEqual([
      {
        agentId: 'ada',
        method: 'agent-initiated',
        at: chat.createdAt,
        reason: null,
        forced: true,
        decisionId: null,
        createdOn: null,
      },
    ]);
    expect(await acme.chat(chat.id)).toEqual(chat);
    expect(await acme.decisions(chat.id)).toEqual([]);
    const vacancy = ada.vacancy === null ? null : ada.vacancy - 2;
    expect(await acme.agent('ada')).toMatchObject({ load: 2, openChats: 1, vacancy });
  });

  test('may pass the limit; nothing automatic goes there until it fits again', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 } } });
    const [first, second] = [await acme.initiate('ada'), await acme.initiate('ada')];
    expect(await acme.agent('ada')).toMatchObject({ load: 2, openChats: 2, vacancy: -1 });
    const waiting = await acme.start();
    await acme.closeChat(first.id);
    expect((await acme.chat(waiting.id)).state).toBe('waiting');
    await acme.closeChat(second.id);
    expect((await acme.chat(waiting.id)).agentId).toBe('ada');
  });

  test.each<[string, object, number, string]>([
    ['the agent is not active', WEB, 409, 'agent-inactive'],
    ['there is no such channel', { channelId: 'fax' }, 422, 'unknown-channel'],
    ['there is no such visitor', { ...WEB, visitorId: `vis_${'0'.repeat(26)}` }, 422, 'unknown-visitor'],
  ])('is refused when %s, and nothing is started', async (_, body, status, code) => {
    const acme = await world.project({ agents: { ada: { active: code !== 'agent-inactive' } } });
    const ada = await acme.agent('ada');
    expect((await initiate(acme, 'ada', body)).body).toMatchObject({ status, code });
    expect(await acme.chats()).toEqual([]);
    expect(await acme.agent('ada')).toEqual(ada);
  });

  test('with another project’s visitor is refused: visitors are each project’s own', async () => {
    const [acme, other] = [await world.project({ agents: { ada: {} } }), await world.project()];
    const { visitorId } = await visitedBefore(other);
    const { body } = await initiate(acme, 'ada', { ...WEB, visitorId });
    expect(body).toMatchObject({ status: 422, code: 'unknown-visitor' });
  });

  test('is the agent’s own doing, or an operator’s: no other agent’s', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} } });
    const answer = await initiate(acme, 'ada', WEB, await acme.as.agent('ben'));
    expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await acme.chats()).toEqual([]);
    expect((await initiate(acme, 'ada')).status).toBe(201);
  });

  test('repeated with its key is one chat, charged once', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const ask = { params: { agentId: 'ada' }, body: WEB, headers: { 'idempotency-key': 'k' } };
    const first = await acme.must('initiateChat', ask);
    expect((await acme.must('initiateChat', ask)).text).toBe(first.text);
    expect(await acme.chats()).toHaveLength(1);
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1 });
  });

  test('by many at once is counted each time', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 3 } } });
    const chats = await Promise.all(Array.from({ length: 8 }, () => acme.initiate('ada')));
    expect(new Set(chats.map(({ visitorId }) => visitorId)).size).toBe(8);
    expect(await acme.agent('ada')).toMatchObject({ load: 8, openChats: 8, vacancy: -5 });
  });

  test('is closed, held and transferred like any other, and its close counts', async () => {
    const acme = await world.project({ agents: { ada: { status: 'offline' }, ben: {} } });
    const { id } = await acme.initiate('ada');
    expect((await acme.hold(id)).status).toBe(200);
    expect((await acme.resume(id)).status).toBe(200);
    expect((await acme.transfer(id, { agentId: 'ben' })).body).toMatchObject({ chat: { forced: false } });
    await acme.closeChat(id);
    expect((await acme.agent('ben')).lastClosedAt).not.toBeNull();
  });

  test('is on the event bus created and assigned at once, as agent-initiated', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { id } = await acme.initiate('ada');
    const events = (await acme.events()).filter(({ detail }) => detail.chatId === id);
    expect(events.map(event => [event['detail-type'], event.detail.eventId])).toEqual([
      ['ChatCreated', `${id}#1`],
      ['ChatAssigned', `${id}#2`],
    ]);
    expect(events[1]?.detail).toMatchObject({ agentId: 'ada', method: 'agent-initiated', decisionId: null });
  });
});

describe('with a visitor who was here before', () => {
  test('the chat is that visitor’s: the token of then reads it and gets it back', async () => {
    const acme = await world.project({ agents: { ada: { name: 'Ada L.', status: 'offline' } } });
    const { visitorId, token } = await visitedBefore(acme);
    const { body } = await initiate(acme, 'ada', { ...WEB, visitorId });
    const { chat } = initiateAnswer.parse(body);
    expect(chat).toMatchObject({ visitorId, agentId: 'ada' });
    const as = acme.visitor(token);
    const read = await acme.must('readChat', { as, params: { chatId: chat.id } });
    const seen = visitorChatView.parse(read.body);
    expect(seen).toMatchObject({ state: 'open', agent: { name: 'Ada L.' } });
    expect(await acme.visit(token)).toEqual({ status: 200, chat: seen, token });
    expect((await acme.must('closeChat', { as, params: { chatId: chat.id } })).body).toMatchObject({
      chat: { state: 'closed' },
    });
    expect((await acme.visit(token)).status).toBe(201);
  });

  test.each([
    ['an agent served', true],
    ['nobody served', false],
  ])('whom %s, the chat says so', async (_, served) => {
    const acme = await world.project({ agents: { ada: { status: served ? 'online' : 'offline' } } });
    const { visitorId } = await visitedBefore(acme);
    const { body } = await initiate(acme, 'ada', { ...WEB, visitorId });
    expect(body).toMatchObject({ outcome: 'started', chat: { returning: served } });
  });

  test('the agent is the one who last served that visitor, for the next time', async () => {
    const acme = await world.project({
      agents: { ada: { status: 'offline' }, ben: {} },
      settings: { returningVisitors: { policy: 'original-agent' } },
    });
    const { visitorId, token } = await visitedBefore(acme);
    const { body } = await initiate(acme, 'ada', { ...WEB, visitorId });
    await acme.closeChat(initiateAnswer.parse(body).chat.id);
    expect(await acme.holders([(await acme.visit(token)).chat])).toEqual(['ada']);
  });

  test.each<[string, (acme: Project, chatId: string) => Promise<unknown>]>([
    ['open with another agent', async () => {}],
    ['on hold', (acme, chatId) => acme.hold(chatId)],
  ])('and has a chat that is %s, it stays that one, untouched', async (_, change) => {
    const acme = await world.project({ agents: { ada: {}, ben: {} } });
    const { id, visitorId } = await acme.initiate('ben');
    await change(acme, id);
    const [chat, team] = [await acme.chat(id), await acme.team()];
    const { status, body } = await initiate(acme, 'ada', { ...WEB, visitorId });
    expect([status, body]).toEqual([200, { chat, outcome: 'already-there' }]);
    expect([await acme.chats(), await acme.team()]).toEqual([[chat], team]);
  });

  test.each<[string, object, object]>([
    ['waiting', { automaticAllocation: false }, WEB],
    ['offered', { newVisitors: { policy: 'all' } }, WEB],
    ['bot', {}, { ...WEB, startWith: 'bot' }],
  ])(
    'and has a chat that is %s, it stays that one, also for an agent who is not active',
    async (state, settings, start) => {
      const acme = await world.project({
        agents: { ada: { active: false }, ben: {} },
        settings: { ...settings },
      });
      const { chat: seen } = await acme.visit(undefined, start);
      const chat = await acme.chat(seen.id);
      expect(chat.state).toBe(state);
      const { status, body } = await initiate(acme, 'ada', { ...WEB, visitorId: chat.visitorId });
      expect([status, body]).toEqual([200, { chat, outcome: 'already-there' }]);
      expect(await acme.chat(chat.id)).toEqual(chat);
    },
  );

  test('two agents who start at once have one chat between them', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} } });
    for (let round = 0; round < 5; round += 1) {
      const { visitorId } = await visitedBefore(acme);
      const answers = await Promise.all(
        ['ada', 'ben'].map(agentId => initiate(acme, agentId, { ...WEB, visitorId })),
      );
      const [one, two] = answers.map(({ body }) => initiateAnswer.parse(body));
      expect([one?.outcome, two?.outcome].sort()).toEqual(['already-there', 'started']);
      expect(one?.chat).toEqual(two?.chat);
      await acme.closeChat(one?.chat.id ?? '');
    }
    for (const { load, openChats } of await acme.team()) expect([load, openChats]).toEqual([0, 0]);
  });

  test('the details that are given are the chat’s', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const visitor = { name: 'Vera', attributes: { plan: 'gold' } };
    const { body } = await initiate(acme, 'ada', { ...WEB, visitor });
    expect(body).toMatchObject({ chat: { visitor } });
  });
});
