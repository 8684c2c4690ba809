import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BOUNDS } from '../../functions/bounds.ts';
import { openWorld, type Project, type World } from '../support/http.ts';

/** How long a visitor's token is good, and how it ends before. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const DAY_SECONDS = 86_400;
const days = (count: number) => world.advance(count * DAY_SECONDS);

async function statusOf(acme: Project, token: string, chatId: string) {
  return (await acme.ask('readChat', { as: acme.visitor(token), params: { chatId } })).status;
}
const renew = (acme: Project, token: string, chatId: string) =>
  acme.ask('renewToken', { as: acme.visitor(token), params: { chatId } });
const startAgain = async (acme: Project, token: string) =>
  (await acme.ask('startChat', { as: acme.visitor(token), body: { channelId: 'web' } })).status;
const revoke = (acme: Project, visitorId: string) => acme.ask('revokeToken', { params: { visitorId } });

describe('a visitor’s token', () => {
  test('ends: it opens nothing more and starts nothing more, and only its holder is told why', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat, token } = await acme.visit();
    await days(BOUNDS.visitorTokenDays - 1);
    expect(await statusOf(acme, token, chat.id)).toBe(200);
    await days(1);
    expect(await statusOf(acme, token, chat.id)).toBe(401);
    expect(await startAgain(acme, token)).toBe(401);
    expect((await renew(acme, token, chat.id)).status).toBe(401);
    const stranger = await acme.visit();
    expect(await statusOf(acme, stranger.token, chat.id)).toBe(404);
  });

  test('that is renewed while the chat goes on is good for as long again', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat, token } = await acme.visit();
    const before = await acme.events();
    await days(BOUNDS.visitorTokenDays - 1);
    const { status, body } = await renew(acme, token, chat.id);
    expect([status, body]).toMatchObject([200, { visitorToken: token }]);
    await days(BOUNDS.visitorTokenDays - 1);
    expect(await statusOf(acme, token, chat.id)).toBe(200);
    expect(await acme.events()).toEqual(before);
    await acme.closeChat(chat.id);
    expect((await renew(acme, token, chat.id)).body).toMatchObject({ code: 'chat-closed' });
  });

  test('is good for as long again with each chat that is started with it', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat: first, token } = await acme.visit();
    await acme.closeChat(first.id);
    await days(BOUNDS.visitorTokenDays - 1);
    const { chat: second } = await acme.visit(token);
    await days(BOUNDS.visitorTokenDays - 1);
    expect(await statusOf(acme, token, second.id)).toBe(200);
    expect(await statusOf(acme, token, first.id)).toBe(401);
  });

  test('that is revoked opens none of its chats and starts nothing; the chats stay', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat: first, token } = await acme.visit();
    const ids = [first.id];
    for (let more = 1; more <= 3; more += 1) {
      await acme.closeChat(ids.at(-1) ?? '');
      ids.push((await acme.visit(token)).chat.id);
    }
    const { visitorId } = await acme.chat(first.id);
    for (let time = 1; time <= 2; time += 1) expect((await revoke(acme, visitorId)).status).toBe(204);
    for (const id of ids) expect(await statusOf(acme, token, id)).toBe(404);
    expect(await startAgain(acme, token)).toBe(401);
    expect((await acme.chat(ids.at(-1) ?? '')).state).toBe('open');
    await acme.closeChat(ids.at(-1) ?? '');
    const params = { agentId: 'ada' };
    const begun = await acme.ask('initiateChat', { params, body: { channelId: 'web', visitorId } });
    expect(begun.status).toBe(201);
    expect(await startAgain(acme, token)).toBe(401);
  });

  test('that is revoked while a chat is started with it does not open that one either', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 9 } } });
    const { chat, token } = await acme.visit();
    const { visitorId } = await acme.chat(chat.id);
    await acme.closeChat(chat.id);
    const starts = Array.from({ length: 4 }, () => startAgain(acme, token));
    expect((await revoke(acme, visitorId)).status).toBe(204);
    await Promise.all(starts);
    for (const { id } of await acme.chats()) expect(await statusOf(acme, token, id)).toBe(404);
  });

  test('of nobody cannot be revoked', async () => {
    const acme = await world.project();
    const other = await world.project();
    const { chat } = await other.visit();
    const { visitorId } = await other.chat(chat.id);
    expect((await revoke(acme, visitorId)).status).toBe(404);
  });
});
