import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import { messageView, pageOf } from '../../functions/schemas.ts';
import { type Credentials, openWorld, type Project, type World } from '../support/http.ts';

/** What is said in a chat: by whom, in which order, and who may read it. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

type Seen = z.infer<typeof messageView>;

const write = (acme: Project, chatId: string, text: string, as: Credentials = acme.as.operator) =>
  acme.ask('postMessage', { as, params: { chatId }, body: { text } });

async function say(acme: Project, chatId: string, text: string, as?: Credentials): Promise<Seen> {
  const { status, body } = await write(acme, chatId, text, as);
  expect(status).toBe(201);
  return messageView.parse(body);
}

async function read(acme: Project, chatId: string, query: Record<string, string> = {}, as?: Credentials) {
  const asked = { params: { chatId }, query, ...(as !== undefined && { as }) };
  return pageOf(messageView).parse((await acme.must('listMessages', asked)).body);
}

const texts = ({ items }: { items: readonly Seen[] }) => items.map(({ text }) => text);

describe('a conversation', () => {
  test('is what the visitor, the agent, an operator and a bot said, in that order, each by name of its kind', async () => {
    const acme = await world.project({ agents: { ada: {} }, groups: { crew: 1 } });
    const { chat, token } = await acme.visit(undefined, {
      channelId: 'web',
      startWith: 'bot',
      message: 'Hello?',
    });
    await say(acme, chat.id, 'I am a machine.', acme.as.bot);
    await acme.hire('ada', { groups: ['crew'] });
    const to = { groupId: 'crew' };
    await acme.must('transferChat', { as: acme.as.bot, params: { chatId: chat.id }, body: { to } });
    await say(acme, chat.id, 'I am Ada.', await acme.as.agent('ada'));
    await say(acme, chat.id, 'At last.', acme.visitor(token));
    await say(acme, chat.id, 'I am her boss.');
    const { items, nextCursor } = await read(acme, chat.id);
    expect(items.map(({ from, agentId, text }) => [from, agentId, text])).toEqual([
      ['visitor', null, 'Hello?'],
      ['bot', null, 'I am a machine.'],
      ['agent', 'ada', 'I am Ada.'],
      ['visitor', null, 'At last.'],
      ['operator', null, 'I am her boss.'],
    ]);
    expect(nextCursor).toBeNull();
    expect(items.map(({ id }) => id)).toEqual(items.map(({ id }) => id).toSorted());
    const seen = await read(acme, chat.id, {}, acme.visitor(token));
    expect(texts(seen)).toEqual(texts({ items }));
    expect(seen.items.every(message => !('agentId' in message))).toBe(true);
  });

  test('is read from after the last message that was read, and page by page', async () => {
    const acme = await world.project();
    const { id } = await acme.start();
    const said: Seen[] = [];
    for (const text of ['one', 'two', 'three', 'four', 'five']) said.push(await say(acme, id, text));
    expect(texts(await read(acme, id, { after: said[2]?.id ?? '' }))).toEqual(['four', 'five']);
    expect(await read(acme, id, { after: said[4]?.id ?? '' })).toEqual({ items: [], nextCursor: null });
    const first = await read(acme, id, { limit: '2' });
    const second = await read(acme, id, { limit: '2', cursor: first.nextCursor ?? '' });
    const third = await read(acme, id, { limit: '2', cursor: second.nextCursor ?? '' });
    expect([first, second, third].map(texts)).toEqual([['one', 'two'], ['three', 'four'], ['five']]);
    expect(third.nextCursor).toBeNull();
  });

  test('shows on the chat when and by whom something was said last', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat, token } = await acme.visit();
    expect(await acme.chat(chat.id)).toMatchObject({ lastMessageAt: null, lastMessageFrom: null });
    const hello = await say(acme, chat.id, 'Hello?', acme.visitor(token));
    expect(await acme.chat(chat.id)).toMatchObject({ lastMessageAt: hello.at, lastMessageFrom: 'visitor' });
    const { at } = await say(acme, chat.id, 'Yes?', await acme.as.agent('ada'));
    expect(await acme.chat(chat.id)).toMatchObject({ lastMessageAt: at, lastMessageFrom: 'agent' });
    expect((await acme.chats()).map(one => one.lastMessageFrom)).toEqual(['agent']);
    // The chat itself has not changed.
    expect((await acme.chat(chat.id)).version).toBe(2);
  });

  test('goes on while the chat waits and while it is on hold, and no longer once it is closed', async () => {
    const acme = await world.project();
    const { chat, token } = await acme.visit();
    await say(acme, chat.id, 'Is anybody there?', acme.visitor(token));
    await acme.hire('ada');
    await acme.must('holdChat', { params: { chatId: chat.id } });
    await say(acme, chat.id, 'Take your time.', acme.visitor(token));
    await acme.closeChat(chat.id);
    const { status, body } = await write(acme, chat.id, 'One more thing', acme.visitor(token));
    expect([status, (body as { code: string }).code]).toEqual([409, 'chat-closed']);
    expect(texts(await read(acme, chat.id))).toEqual(['Is anybody there?', 'Take your time.']);
  });

  test('holds 4,000 characters of any script, and says what is too long', async () => {
    const acme = await world.project();
    const { id } = await acme.start();
    const long = '漢'.repeat(4_000);
    expect((await say(acme, id, long)).text).toBe(long);
    const { status, body } = await write(acme, id, `${long}漢`);
    expect([status, (body as { code: string }).code]).toEqual([400, 'invalid-request']);
  });

  test('twelve who write at once are all heard, each at a place of its own', async () => {
    const acme = await world.project();
    const { id } = await acme.start();
    const all = Array.from({ length: 12 }, (_, index) => `message ${index}`);
    const said = await Promise.all(all.map(text => say(acme, id, text)));
    expect(new Set(said.map(message => message.id)).size).toBe(12);
    expect(texts(await read(acme, id)).toSorted()).toEqual(all.toSorted());
  });

  test('who says the same twice, at once, has said it twice', async () => {
    const acme = await world.project();
    const { id } = await acme.start();
    const [first, second] = await Promise.all([say(acme, id, 'ok'), say(acme, id, 'ok')]);
    expect(first.id).not.toBe(second.id);
    expect(texts(await read(acme, id))).toEqual(['ok', 'ok']);
  });

  test('a message that is sent again under its key is said once', async () => {
    const acme = await world.project();
    const { id } = await acme.start();
    const request = { params: { chatId: id }, body: { text: 'Hello?' }, headers: { 'idempotency-key': 'k' } };
    const [first, second] = [await acme.ask('postMessage', request), await acme.ask('postMessage', request)];
    expect(second.body).toEqual(first.body);
    expect(texts(await read(acme, id))).toEqual(['Hello?']);
  });

  test('each message is an event, without what was said', async () => {
    const acme = await world.project();
    const { id } = await acme.start();
    const said = await say(acme, id, 'a secret');
    const events = (await acme.events()).filter(event => event['detail-type'] === 'MessagePosted');
    expect(events).toHaveLength(1);
    expect(events[0]?.detail).toMatchObject({ eventId: `${said.id}#1`, chatId: id, messageId: said.id });
    expect(JSON.stringify(events)).not.toContain('a secret');
  });
});

describe('a conversation is not for', () => {
  test('another visitor, who is told that there is no such chat', async () => {
    const acme = await world.project();
    const { chat } = await acme.visit();
    const stranger = acme.visitor((await acme.visit()).token);
    const params = { chatId: chat.id };
    expect((await acme.ask('listMessages', { as: stranger, params })).status).toBe(404);
    expect((await write(acme, chat.id, 'hello', stranger)).status).toBe(404);
  });

  test('an agent who does not have the chat to write in; any agent may read it', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: { status: 'offline' } } });
    const { id } = await acme.start();
    const ben = await acme.as.agent('ben');
    const { status, body } = await write(acme, id, 'hello', ben);
    expect([status, (body as { code: string }).code]).toEqual([403, 'not-your-chat']);
    expect(await read(acme, id, {}, ben)).toEqual({ items: [], nextCursor: null });
  });

  test('a bot once the chat is a person’s', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { id } = await acme.start();
    expect((await write(acme, id, 'hello', acme.as.bot)).status).toBe(403);
    expect((await acme.ask('listMessages', { as: acme.as.bot, params: { chatId: id } })).status).toBe(403);
  });
});
