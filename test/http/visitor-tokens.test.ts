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
    const { promise: started, resolve: goOn } = Promise.withResolvers<void>();
    // The visitor is marked, its chats still hold the token.
    let isMarked = false;
    const holding = (command: string, input: unknown) => {
      if (command.startsWith('Put') && JSON.stringify(input).includes('revokedAt')) isMarked = true;
      return command.startsWith('Update') && JSON.stringify(input).includes('REMOVE tokenHash')
        ? started
        : undefined;
    };
    const { promise: marked, resolve: mark } = Promise.withResolvers<void>();
    await world.interfering(
      (command, input) => {
        const held = holding(command, input);
        if (held !== undefined && isMarked) mark();
        return held;
      },
      async () => {
        const revoking = revoke(acme, visitorId);
        await marked;
        expect(await startAgain(acme, token)).toBe(401);
        goOn();
        expect((await revoking).status).toBe(204);
      },
    );
    expect(await startAgain(acme, token)).toBe(401);
    expect(await acme.chats({ state: 'open' })).toEqual([]);
  });

  test('that was renewed for a chat before is revoked for it, too', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { chat: first, token } = await acme.visit();
    await acme.closeChat(first.id);
    const { chat: second } = await acme.visit(token);
    await days(BOUNDS.visitorTokenDays - 10);
    expect((await renew(acme, token, second.id)).status).toBe(200);
    await days(12);
    await acme.closeChat(second.id);
    await acme.visit(token);
    expect(await statusOf(acme, token, second.id)).toBe(200);
    const { visitorId } = await acme.chat(first.id);
    expect((await revoke(acme, visitorId)).status).toBe(204);
    expect(await statusOf(acme, token, second.id)).toBe(404);
  });

  test('that is renewed while its chat is queued is no news to those who listen', async () => {
    const acme = await world.project({ groups: { crew: 1 }, agents: { ada: {} } });
    const { chat, token } = await acme.visit();
    await acme.must('startJob');
    await acme.must('transferChat', { params: { chatId: chat.id }, body: { to: { groupId: 'crew' } } });
    await acme.must('stopJob');
    const before = await acme.events();
    await days(2);
    expect((await renew(acme, token, chat.id)).status).toBe(200);
    expect(await acme.events()).toEqual(before);
  });

  test('of nobody cannot be revoked', async () => {
    const acme = await world.project();
    const other = await world.project();
    const { chat } = await other.visit();
    const { visitorId } = await other.chat(chat.id);
    expect((await revoke(acme, visitorId)).status).toBe(404);
  });
});
