import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { holdAnswer, resumeAnswer, visitorChatView } from '../../functions/schemas.ts';
import { openWorld, type Project, type World } from '../support/http.ts';

/** Seed 002, "On hold chat conversation": out of load and count at once, and back to its agent always. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** A chat in each state but open and held, in a project with Ada, who has none of them. */
const NOT_HERS: Readonly<Record<string, (acme: Project) => Promise<string>>> = {
  waiting: async acme => (await acme.start()).id,
  offered: async acme => {
    await acme.settings({ newVisitors: { policy: 'all' } });
    return (await acme.start()).id;
  },
  bot: async acme => (await acme.startWithBot()).id,
  closed: async acme => (await acme.closeChat((await acme.initiate('ada')).id)).id,
};

describe('a chat that is put on hold', () => {
  test('leaves load and count at once, and stays its agent’s', async () => {
    const acme = await world.project({ channels: { web: 1, heavy: 3 }, agents: { ada: {} } });
    const [heavy, light] = [await acme.start('heavy'), await acme.start()];
    expect(await acme.agent('ada')).toMatchObject({ load: 4, openChats: 2, heldChats: 0, vacancy: 1 });
    const { body } = await acme.hold(heavy.id, await acme.as.agent('ada'));
    const { chat, outcome } = holdAnswer.parse(body);
    expect(outcome).toBe('held');
    expect(chat).toEqual({ ...heavy, state: 'held', version: heavy.version + 1 });
    expect(await acme.chat(heavy.id)).toEqual(chat);
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1, heldChats: 1, vacancy: 4 });
    expect(await acme.chats({ agentId: 'ada' })).toEqual([chat, light]);
    expect(await acme.chats({ state: 'held' })).toEqual([chat]);
  });

  test('serves who waits with the room that it frees', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 } } });
    const [first, second, third] = [await acme.start(), await acme.start(), await acme.start()];
    expect(await acme.holders([first, second, third])).toEqual(['ada', null, null]);
    await acme.hold(first.id);
    expect(await acme.holders([first, second, third])).toEqual(['ada', 'ada', null]);
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1, heldChats: 1, vacancy: 0 });
  });

  test('does not count when the agents are ranked', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} } });
    const chats = [await acme.initiate('ada'), await acme.initiate('ada'), await acme.initiate('ben')];
    expect((await acme.explain({ channelId: 'web' })).winner).toBe('ben');
    for (const { id } of chats.slice(0, 2)) await acme.hold(id);
    expect(await acme.explain({ channelId: 'web' })).toMatchObject({
      winner: 'ada',
      decidedBy: 'open-chats',
      considered: [
        { agentId: 'ada', openChats: 0 },
        { agentId: 'ben', openChats: 1 },
      ],
    });
  });

  test('is relieved of once, however often it is asked for, at once or later', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { id, version } = await acme.start();
    const answers = await Promise.all([acme.hold(id), acme.hold(id), acme.hold(id)]);
    const outcomes = answers.map(({ body }) => holdAnswer.parse(body).outcome);
    expect(outcomes.sort()).toEqual(['already-held', 'already-held', 'held']);
    const again = holdAnswer.parse((await acme.hold(id)).body);
    expect(again).toMatchObject({ outcome: 'already-held', chat: { version: version + 1 } });
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0, heldChats: 1 });
  });

  test('is not held anew by a repeated request that comes after it was resumed', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { id: chatId } = await acme.start();
    const ask = { params: { chatId }, headers: { 'idempotency-key': 'k' } };
    const first = await acme.must('holdChat', ask);
    await acme.resume(chatId);
    expect((await acme.must('holdChat', ask)).text).toBe(first.text);
    expect((await acme.chat(chatId)).state).toBe('open');
  });

  test('is what its visitor gets back, with the name of the agent who has it', async () => {
    const acme = await world.project({ agents: { ada: { name: 'Ada L.' } } });
    const { chat, token } = await acme.visit();
    await acme.hold(chat.id);
    const back = await acme.visit(token);
    expect(back).toMatchObject({
      status: 200,
      chat: { id: chat.id, state: 'held', agent: { name: 'Ada L.' } },
    });
    const as = acme.visitor(token);
    const read = await acme.must('readChat', { as, params: { chatId: chat.id } });
    expect(visitorChatView.parse(read.body)).toEqual(back.chat);
  });

  test('closes like any other: nothing is released twice, and the close is its agent’s', async () => {
    const acme = await world.project({ channels: { web: 2 }, agents: { ada: {} } });
    const [held, open] = [await acme.start(), await acme.start()];
    await acme.hold(held.id);
    const closed = await acme.closeChat(held.id);
    expect(closed).toMatchObject({
      state: 'closed',
      closedAs: 'closed-by-operator',
      agentId: 'ada',
      weight: 2,
    });
    expect(await acme.agent('ada')).toMatchObject({
      load: 2,
      openChats: 1,
      heldChats: 0,
      lastClosedAt: closed.closedAt,
    });
    await acme.closeChat(open.id);
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0, heldChats: 0 });
  });

  test('keeps its agent, its channel and its place: none can be removed, and nobody else can accept it', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} } });
    const { id, agentId } = await acme.start();
    expect(agentId).toBe('ada');
    await acme.hold(id);
    const gone = await acme.ask('deleteAgent', { params: { agentId: 'ada' } });
    expect(gone.body).toMatchObject({ code: 'agent-has-chats' });
    const channel = await acme.ask('deleteChannel', { params: { channelId: 'web' } });
    expect(channel.body).toMatchObject({ code: 'channel-in-use' });
    expect((await acme.accept('ben', id)).body).toMatchObject({
      code: 'state-forbids',
      detail: expect.stringContaining('held'),
    });
    await world.advance(86_400);
    expect(await acme.chat(id)).toMatchObject({ state: 'held', agentId: 'ada' });
  });
});

describe('a chat that is resumed', () => {
  test('goes back to its agent though there is no room, and counts again', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 } } });
    const [first, second] = [await acme.start(), await acme.start()];
    await acme.hold(first.id);
    const { body } = await acme.resume(first.id, await acme.as.agent('ada'));
    expect(resumeAnswer.parse(body)).toEqual({
      outcome: 'resumed',
      chat: { ...first, version: first.version + 2 },
    });
    expect(await acme.holders([first, second])).toEqual(['ada', 'ada']);
    expect(await acme.agent('ada')).toMatchObject({ load: 2, openChats: 2, heldChats: 0, vacancy: -1 });
    const third = await acme.start();
    await acme.closeChat(first.id);
    // One has gone, and there is still no room for another.
    expect((await acme.chat(third.id)).state).toBe('waiting');
    await acme.closeChat(second.id);
    expect((await acme.chat(third.id)).agentId).toBe('ada');
  });

  test.each<[string, (acme: Project) => Promise<unknown>]>([
    ['is offline', acme => acme.setStatus('ada', 'offline')],
    ['rests', acme => acme.setStatus('ada', 'rest')],
    ['has limit 0 now', acme => acme.replaceCard('ada', { maxLoad: 0 })],
    ['works with no channel any more', acme => acme.replaceCard('ada', { channels: [] })],
    ['was deactivated', acme => acme.replaceCard('ada', { active: false })],
    [
      'is nobody’s choice, automatic allocation being off',
      acme => acme.settings({ automaticAllocation: false }),
    ],
  ])('goes back to an agent who %s', async (_, change) => {
    const acme = await world.project({ agents: { ada: {} } });
    const { id } = await acme.start();
    await acme.hold(id);
    await change(acme);
    expect((await acme.resume(id)).body).toMatchObject({
      outcome: 'resumed',
      chat: { state: 'open', agentId: 'ada', forced: false },
    });
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1, heldChats: 0 });
  });

  test('charges what was stored, whatever its channel weighs by now', async () => {
    const acme = await world.project({ channels: { web: 2 }, agents: { ada: {} } });
    const { id } = await acme.start();
    await acme.hold(id);
    await acme.channel('web', 4);
    expect((await acme.resume(id)).body).toMatchObject({ chat: { weight: 2 } });
    expect(await acme.agent('ada')).toMatchObject({ load: 2, vacancy: 3 });
    await acme.closeChat(id);
    expect(await acme.agent('ada')).toMatchObject({ load: 0, vacancy: 5 });
  });

  test('is charged once, however often it is asked for', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { id, version } = await acme.start();
    await acme.hold(id);
    const answers = await Promise.all([acme.resume(id), acme.resume(id)]);
    const outcomes = answers.map(({ body }) => resumeAnswer.parse(body).outcome);
    expect(outcomes.sort()).toEqual(['already-open', 'resumed']);
    const again = resumeAnswer.parse((await acme.resume(id)).body);
    expect(again).toMatchObject({ outcome: 'already-open', chat: { version: version + 2 } });
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1, heldChats: 0 });
  });
});

describe.each(['hold', 'resume'] as const)('%s', verb => {
  test('is for the agent who has the chat and for operators; another agent’s chat stays as it is', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} } });
    const { id } = await acme.initiate('ada');
    if (verb === 'resume') await acme.hold(id);
    const before = await acme.chat(id);
    expect((await acme[verb](id, await acme.as.agent('ben'))).body).toMatchObject({
      status: 403,
      code: 'not-your-chat',
    });
    expect((await acme[verb](id, acme.as.bot)).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await acme.chat(id)).toEqual(before);
    expect((await acme[verb](id, await acme.as.agent('ada'))).status).toBe(200);
  });

  test.each(Object.keys(NOT_HERS))(
    'is refused for a chat that is %s, which it says, and changes nothing',
    async state => {
      const acme = await world.project({ agents: { ada: { status: 'busy' } } });
      const id = (await NOT_HERS[state]?.(acme)) ?? '';
      const [chat, ada] = [await acme.chat(id), await acme.agent('ada')];
      expect(chat.state).toBe(state);
      expect((await acme[verb](id)).body).toMatchObject({
        status: 409,
        code: 'state-forbids',
        detail: expect.stringContaining(`this one is ${state}`),
      });
      expect([await acme.chat(id), await acme.agent('ada')]).toEqual([chat, ada]);
    },
  );
});

test('on the event bus a chat is held and resumed, with the version that it made; it is not assigned anew', async () => {
  const acme = await world.project({ agents: { ada: {} } });
  const { id } = await acme.start();
  await acme.hold(id);
  await acme.hold(id);
  await acme.resume(id);
  const events = (await acme.events()).filter(({ detail }) => detail.chatId === id);
  expect(events.map(event => [event['detail-type'], event.detail.eventId])).toEqual([
    ['ChatCreated', `${id}#1`],
    ['ChatAssigned', `${id}#2`],
    ['ChatHeld', `${id}#3`],
    ['ChatResumed', `${id}#4`],
  ]);
  expect(events.slice(2).map(({ detail }) => detail)).toMatchObject([
    { agentId: 'ada', state: 'held', versionBefore: 2, versionAfter: 3 },
    { agentId: 'ada', state: 'open', versionBefore: 3, versionAfter: 4 },
  ]);
});
