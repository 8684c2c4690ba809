import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { messageView, pageOf, visitorChatView } from '../../functions/schemas.ts';
import { openWorld, type World } from '../support/http.ts';

/** What visitors get, what they get back, and what they never see; and the events that others are told. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('a returning visitor', () => {
  test.each(['open', 'waiting'] as const)('with a chat that is %s gets that one back', async state => {
    const status = state === 'open' ? 'online' : 'offline';
    const acme = await world.project({ agents: { ada: { status } } });
    const first = await acme.visit();
    expect(first.chat.state).toBe(state);
    const again = await acme.visit(first.token);
    expect(again).toEqual({ status: 200, chat: first.chat, token: first.token });
    expect(await acme.chats()).toHaveLength(1);
  });

  test('who brings a message to a chat that goes on says it there, once where the start is repeated', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat, token } = await acme.visit();
    for (const message of ['me again', 'me again', 'and again']) {
      const { status, chat: present } = await acme.visit(token, { channelId: 'web', message });
      expect([status, present.id]).toEqual([200, chat.id]);
    }
    const { body } = await acme.must('listMessages', { params: { chatId: chat.id } });
    const { items } = pageOf(messageView).parse(body);
    expect(items.map(({ text }) => text)).toEqual(['me again', 'and again']);
  });

  test('gets a new chat after the last one was closed, and is known as returning once served', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat: first, token } = await acme.visit();
    await acme.closeChat(first.id);
    const second = await acme.visit(token);
    expect(second).toMatchObject({ status: 201, token });
    expect(second.chat.id).not.toBe(first.id);
    const [before, after] = [await acme.chat(first.id), await acme.chat(second.chat.id)];
    expect([before.returning, after.returning]).toEqual([false, true]);
    expect(after.visitorId).toBe(before.visitorId);
    await acme.closeChat(second.chat.id);
    const third = await acme.visit(token);
    expect(await acme.chat(third.chat.id)).toMatchObject({ returning: true, visitorId: before.visitorId });
  });

  test('whom nobody served is not one', async () => {
    const acme = await world.project();
    const { chat, token } = await acme.visit();
    await acme.closeChat(chat.id);
    expect((await acme.chat((await acme.visit(token)).chat.id)).returning).toBe(false);
  });

  test('who starts several at once has one chat', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 10 } } });
    const { chat: closed, token } = await acme.visit();
    await acme.closeChat(closed.id);
    const visits = await Promise.all([acme.visit(token), acme.visit(token), acme.visit(token)]);
    expect(new Set(visits.map(({ chat }) => chat.id)).size).toBe(1);
    expect(visits.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(await acme.chats({ state: 'open' })).toHaveLength(1);
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1 });
  });

  test('who closes and starts at once never has two', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat, token } = await acme.visit();
    await Promise.all([acme.closeChat(chat.id), acme.visit(token), acme.visit(token)]);
    const open = await acme.chats({ state: 'open' });
    expect(open.length).toBeLessThanOrEqual(1);
    expect((await acme.agent('ada')).load).toBe(open.length);
  });

  test('still sees the chats from before, and nobody else does', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat: first, token } = await acme.visit();
    await acme.closeChat(first.id);
    await acme.visit(token);
    const params = { chatId: first.id };
    const { body } = await acme.must('readChat', { as: acme.visitor(token), params });
    expect(body).toMatchObject({ id: first.id, state: 'closed', agent: { name: 'ada' } });
    const stranger = await acme.visit();
    const refused = await acme.ask('readChat', { as: acme.visitor(stranger.token), params });
    expect(refused.status).toBe(404);
  });

  test('of one project is a stranger in another', async () => {
    const [acme, other] = [await world.project(), await world.project()];
    const { chat, token } = await acme.visit();
    const as = other.visitor(token);
    expect((await other.ask('startChat', { as, body: { channelId: 'web' } })).status).toBe(401);
    expect((await other.ask('readChat', { as, params: { chatId: chat.id } })).status).toBe(404);
  });
});

describe('what a visitor sees', () => {
  const shown = ['id', 'state', 'channelId', 'createdAt', 'waitingSince', 'assignedAt', 'closedAt'].concat([
    'lastMessageAt',
    'agent',
  ]);

  test('is the state, the times and the name of who answers; no id of an agent, no load, no policy', async () => {
    const acme = await world.project();
    const body = { name: 'Ada Lovelace' };
    await acme.must('replaceAgent', { params: { agentId: 'agent-one' }, body });
    await acme.setStatus('agent-one', 'online');
    const { chat, token } = await acme.visit();
    const as = acme.visitor(token);
    const { text } = await acme.must('readChat', { as, params: { chatId: chat.id } });
    expect(Object.keys(visitorChatView.parse(JSON.parse(text))).sort()).toEqual([...shown].sort());
    expect(JSON.parse(text)).toMatchObject({ agent: { name: 'Ada Lovelace' } });
    expect(text).not.toContain('agent-one');
    const closed = await acme.must('closeChat', { as, params: { chatId: chat.id } });
    expect(closed.text).not.toContain('agent-one');
  });

  test('while waiting, is the place and an estimate besides', async () => {
    const acme = await world.project();
    const { chat } = await acme.visit();
    expect(Object.keys(chat).sort()).toEqual([...shown, 'position', 'estimatedWaitSeconds'].sort());
    expect(chat).toMatchObject({ state: 'waiting', agent: null, position: 1 });
  });

  test('is the same from the start, the read and the close', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat, token } = await acme.visit();
    const as = acme.visitor(token);
    const params = { chatId: chat.id };
    expect((await acme.must('readChat', { as, params })).body).toEqual(chat);
    const { body: closed } = await acme.must('closeChat', { as, params });
    const { body: read } = await acme.must('readChat', { as, params });
    expect(closed).toEqual({ outcome: 'closed', chat: read });
  });
});

describe('events', () => {
  test('tell every change once and in order, from the start of a chat to its close', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 } } });
    const first = await acme.start();
    const second = await acme.start();
    await acme.closeChat(first.id);
    await acme.closeChat(second.id);
    await acme.closeChat(second.id);
    const events = await acme.events();
    expect(events.every(({ source }) => source === 'usher')).toBe(true);
    const told = (id: string) =>
      events
        .filter(({ detail }) => detail.chatId === id)
        .map(({ 'detail-type': type, detail }) => [
          type,
          detail.eventId,
          detail.versionBefore,
          detail.versionAfter,
        ]);
    expect(told(first.id)).toEqual([
      ['ChatCreated', `${first.id}#1`, 0, 1],
      ['ChatAssigned', `${first.id}#2`, 1, 2],
      ['ChatClosed', `${first.id}#3`, 2, 3],
    ]);
    expect(told(second.id)).toEqual([
      ['ChatCreated', `${second.id}#1`, 0, 1],
      ['ChatWaiting', `${second.id}#2`, 1, 2],
      ['ChatAssigned', `${second.id}#3`, 2, 3],
      ['ChatClosed', `${second.id}#4`, 3, 4],
    ]);
    const assigned = events.find(({ detail }) => detail.eventId === `${second.id}#3`);
    expect(assigned?.detail).toMatchObject({ agentId: 'ada', weight: 1, method: 'automatic', state: 'open' });
  });

  test('have unique ids, tell status changes, and nothing where nothing changed', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    await acme.setStatus('ada', 'rest');
    await acme.setStatus('ada', 'rest');
    await acme.replaceCard('ada', { maxLoad: 9 });
    await acme.setStatus('ada', 'online');
    const before = (await acme.events()).length;
    const { id: chatId } = await acme.start();
    await acme.ask('deleteAgent', { params: { agentId: 'ada' } });
    await acme.ask('startChat', { body: { channelId: 'fax' } });
    await acme.must('explain', { body: { channelId: 'web' } });
    const events = await acme.events();
    expect(new Set(events.map(({ detail }) => detail.eventId)).size).toBe(events.length);
    expect(events.slice(0, before).map(({ detail }) => detail.status)).toEqual([
      'offline',
      'online',
      'rest',
      'online',
    ]);
    expect(events.slice(before).map(({ detail }) => [detail.chatId, detail.versionAfter])).toEqual([
      [chatId, 1],
      [chatId, 2],
    ]);
  });

  test('of an agent that was removed and comes back have ids of their own', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    await acme.must('deleteAgent', { params: { agentId: 'ada' } });
    await acme.hire('ada');
    const events = await acme.events();
    expect(events.map(({ detail }) => detail.status)).toEqual(['offline', 'online', 'offline', 'online']);
    expect(new Set(events.map(({ detail }) => detail.eventId)).size).toBe(4);
  });

  test('tell of the first message that came with the start', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat } = await acme.visit(undefined, { channelId: 'web', message: 'Hello?' });
    const types = (await acme.events())
      .filter(({ detail }) => detail.chatId === chat.id)
      .map(({ 'detail-type': type }) => type);
    expect(types.sort()).toEqual(['ChatAssigned', 'ChatCreated', 'MessagePosted']);
  });
});
