import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { staffChatView, visitorChatView } from '../../functions/schemas.ts';
import { openWorld, type Project, type World } from '../support/http.ts';

/** A bot talks with the visitor first: no agent has the chat and no search reaches it, until the bot hands it over. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const SALES = { groupId: 'sales' };
const WITH_BOT = { channelId: 'web', startWith: 'bot' };

function open() {
  return world.project({ groups: { sales: 1 }, agents: { ada: {}, ben: { groups: ['sales'] } } });
}

const about = (acme: Project, chatId: string) => ({ as: acme.as.bot, params: { chatId } });

describe('a chat that starts with a bot', () => {
  test.each<[string, (acme: Project) => Promise<string>]>([
    ['the widget', async acme => (await acme.visit(undefined, WITH_BOT)).chat.id],
    [
      'a visitor who comes back',
      async acme => {
        const { chat, token } = await acme.visit();
        await acme.closeChat(chat.id);
        return (await acme.visit(token, WITH_BOT)).chat.id;
      },
    ],
    [
      'an operator',
      async acme => {
        const { body } = await acme.must('startChat', { body: WITH_BOT });
        return staffChatView.parse((body as { chat: unknown }).chat).id;
      },
    ],
    ['a bot, which need not say so', async acme => (await acme.startWithBot()).id],
    [
      'a bot, which says so',
      async acme => {
        const { body } = await acme.must('startChat', { as: acme.as.bot, body: WITH_BOT });
        return staffChatView.parse((body as { chat: unknown }).chat).id;
      },
    ],
  ])('by %s is nobody’s, though agents have room, and no time makes it somebody’s', async (_, start) => {
    const acme = await open();
    const id = await start(acme);
    const chat = await acme.chat(id);
    expect(chat).toMatchObject({
      state: 'bot',
      agentId: null,
      weight: null,
      waitingSince: null,
      assignments: [],
      version: 1,
    });
    expect(await acme.decisions(id)).toEqual([]);
    await acme.setStatus('ada', 'busy');
    await acme.setStatus('ada', 'online');
    await world.advance(3_600);
    expect(await acme.chat(id)).toEqual(chat);
    expect(await acme.chats({ state: 'bot' })).toEqual([chat]);
    for (const { load, openChats, heldChats } of await acme.team())
      expect([load, openChats, heldChats]).toEqual([0, 0, 0]);
  });

  test('stands in nobody’s way: those that wait go before it and count their places without it', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 0 } } });
    await acme.startWithBot();
    const { chat } = await acme.visit();
    expect(chat).toMatchObject({ state: 'waiting', position: 1 });
    await acme.replaceCard('ada', { maxLoad: 1 });
    expect(await acme.holders([chat])).toEqual(['ada']);
  });

  test('is for its visitor a chat without an agent and without a place, and the one to come back to', async () => {
    const acme = await open();
    const first = await acme.visit(undefined, { ...WITH_BOT, message: 'Where is my order?' });
    expect(first.status).toBe(201);
    expect(first.chat).toMatchObject({ state: 'bot', agent: null, waitingSince: null, assignedAt: null });
    expect(first.chat.lastMessageAt).toBe(first.chat.createdAt);
    expect(first.chat).not.toHaveProperty('position');
    const as = acme.visitor(first.token);
    const { body } = await acme.must('readChat', { as, params: { chatId: first.chat.id } });
    expect(visitorChatView.parse(body)).toEqual(first.chat);
    // Also when the visitor asks for an agent the second time: the chat is not closed.
    expect(await acme.visit(first.token)).toEqual({ ...first, status: 200 });
    expect(await acme.chats()).toHaveLength(1);
  });

  test('cannot be accepted, held, resumed or given to one agent, and keeps its channel in use', async () => {
    const acme = await open();
    const chat = await acme.startWithBot();
    const answers = [
      await acme.accept('ada', chat.id),
      await acme.hold(chat.id),
      await acme.resume(chat.id),
      await acme.transfer(chat.id, { agentId: 'ada' }),
      await acme.transfer(chat.id, { agentId: 'ada' }, { as: acme.as.bot }),
    ];
    for (const { body } of answers)
      expect(body).toMatchObject({
        code: 'state-forbids',
        detail: expect.stringContaining('this one is bot'),
      });
    const { body } = await acme.ask('deleteChannel', { params: { channelId: 'web' } });
    expect(body).toMatchObject({ code: 'channel-in-use' });
    expect(await acme.chat(chat.id)).toEqual(chat);
  });

  test('and ends with it makes no returning visitor: no agent has served that one', async () => {
    const acme = await open();
    const { chat, token } = await acme.visit(undefined, WITH_BOT);
    await acme.must('closeChat', about(acme, chat.id));
    expect((await acme.chat((await acme.visit(token)).chat.id)).returning).toBe(false);
  });

  test('is on the event bus created, and then what becomes of it', async () => {
    const acme = await open();
    const { id } = await acme.startWithBot();
    await acme.transfer(id, SALES, { as: acme.as.bot });
    const other = await acme.startWithBot();
    await acme.must('closeChat', about(acme, other.id));
    const events = await acme.events();
    const typesOf = (chatId: string) =>
      events.filter(({ detail }) => detail.chatId === chatId).map(event => event['detail-type']);
    expect(typesOf(id)).toEqual(['ChatCreated', 'ChatAssigned']);
    expect(typesOf(other.id)).toEqual(['ChatCreated', 'ChatClosed']);
  });
});

describe('a bot', () => {
  test('reads its chat as staff do, hands it over, and then has to do with it no more', async () => {
    const acme = await open();
    const { id } = await acme.startWithBot();
    const read = await acme.must('readChat', about(acme, id));
    expect(staffChatView.parse(read.body)).toEqual(await acme.chat(id));
    expect((await acme.transfer(id, SALES, { as: acme.as.bot })).body).toMatchObject({
      outcome: 'transferred',
      chat: { state: 'open', agentId: 'ben' },
    });
    expect((await acme.ask('readChat', about(acme, id))).body).toMatchObject({ code: 'not-your-chat' });
  });

  test('closes its chat on behalf of those who run it; closing it again is the same answer', async () => {
    const acme = await open();
    const { id } = await acme.startWithBot();
    const first = await acme.must('closeChat', about(acme, id));
    expect(first.body).toMatchObject({
      outcome: 'closed',
      chat: { state: 'closed', closedAs: 'closed-by-operator', agentId: null, version: 2 },
    });
    expect((await acme.must('closeChat', about(acme, id))).body).toEqual(first.body);
    for (const { lastClosedAt } of await acme.team()) expect(lastClosedAt).toBeNull();
  });

  test('meets a chat that its visitor has closed as closed', async () => {
    const acme = await open();
    const { chat, token } = await acme.visit(undefined, WITH_BOT);
    await acme.must('closeChat', { as: acme.visitor(token), params: { chatId: chat.id } });
    expect((await acme.must('closeChat', about(acme, chat.id))).body).toMatchObject({
      outcome: 'closed',
      chat: { closedAs: 'closed-by-visitor', version: 2 },
    });
    expect((await acme.transfer(chat.id, SALES)).body).toMatchObject({ code: 'state-forbids' });
  });
});

/** A chat that is not with a bot, in each other state. */
const NO_BOTS: Readonly<Record<string, (acme: Project) => Promise<string>>> = {
  open: async acme => (await acme.initiate('ada')).id,
  held: async acme => {
    const { id } = await acme.initiate('ada');
    await acme.hold(id);
    return id;
  },
  waiting: async acme => {
    await acme.settings({ automaticAllocation: false });
    return (await acme.start()).id;
  },
  offered: async acme => {
    await acme.settings({ newVisitors: { policy: 'all' } });
    return (await acme.start()).id;
  },
  closed: async acme => (await acme.closeChat((await acme.initiate('ada')).id)).id,
  'closed without ever having been with a bot': async acme => {
    await acme.settings({ automaticAllocation: false });
    return (await acme.closeChat((await acme.start()).id)).id;
  },
};

describe.each(Object.keys(NO_BOTS))('a chat that is %s', state => {
  test.each([
    ['readChat', undefined],
    ['closeChat', undefined],
    ['transferChat', { to: SALES }],
    ['transferChat', { to: { agentId: 'ben' } }],
  ] as const)('is no bot’s to %s, with body %j, and stays as it is', async (route, body) => {
    const acme = await open();
    const id = (await NO_BOTS[state]?.(acme)) ?? '';
    const before = [await acme.chat(id), await acme.team()];
    const answer = await acme.ask(route, { ...about(acme, id), ...(body !== undefined && { body }) });
    expect([answer.status, answer.body]).toMatchObject([403, { code: 'not-your-chat' }]);
    expect([await acme.chat(id), await acme.team()]).toEqual(before);
  });
});
