import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import { boardView } from '../../functions/schemas.ts';
import { openWorld, type Project, type World } from '../support/http.ts';

/** What a wallboard shows of a project. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function boardOf(acme: Project): Promise<z.infer<typeof boardView>> {
  return boardView.parse((await acme.must('readBoard')).body);
}

/** The next look finds the board too old. */
const later = () => world.advance(3);

describe('the board', () => {
  test('of a project in which nothing has happened is empty', async () => {
    const acme = await world.project();
    const none = { agents: 0, openChats: 0, heldChats: 0, load: 0 };
    expect(await boardOf(acme)).toEqual({
      at: expect.any(String),
      agents: { online: none, busy: none, rest: none, offline: none },
      waiting: { count: 0, oldestSince: null },
      offered: 0,
      queued: 0,
      assignments: { lastMinute: 0, lastHour: 0 },
      timeToAssign: { p50Seconds: null, p95Seconds: null },
      estimates: { told: 0, errorP50Seconds: null, errorP95Seconds: null },
    });
  });

  test('counts agents by status with what they have, and who waits, is offered and is queued', async () => {
    const acme = await world.project({
      channels: { web: 2 },
      groups: { crew: 1 },
      agents: { ada: { maxLoad: 4 }, ben: { status: 'busy' }, cleo: { status: 'busy', active: false } },
    });
    const [first] = [await acme.start(), await acme.start()];
    const third = await acme.start();
    await acme.must('startJob');
    await acme.must('transferChat', { params: { chatId: first.id }, body: { to: { groupId: 'crew' } } });
    const held = await acme.must('initiateChat', { params: { agentId: 'ben' }, body: { channelId: 'web' } });
    await acme.must('holdChat', { params: { chatId: (held.body as { chat: { id: string } }).chat.id } });
    expect(await boardOf(acme)).toMatchObject({
      agents: {
        online: { agents: 1, openChats: 2, heldChats: 0, load: 4 },
        busy: { agents: 1, openChats: 0, heldChats: 1, load: 0 },
        offline: { agents: 0 },
      },
      waiting: { count: 1, oldestSince: third.createdAt },
      queued: 1,
      assignments: { lastMinute: 3, lastHour: 3 },
    });
    await acme.must('stopJob');
  });

  test('goes on from one look to the next: each chat counts once, when it has an agent', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 2 } } });
    const chats = [await acme.start(), await acme.start(), await acme.start()];
    expect((await boardOf(acme)).assignments.lastHour).toBe(2);
    await world.advance(40);
    expect((await boardOf(acme)).assignments).toEqual({ lastMinute: 2, lastHour: 2 });
    await acme.closeChat(chats[0]?.id ?? '');
    await later();
    expect((await boardOf(acme)).assignments).toEqual({ lastMinute: 3, lastHour: 3 });
    await world.advance(58);
    expect(await boardOf(acme)).toMatchObject({
      assignments: { lastMinute: 0, lastHour: 3 },
      timeToAssign: { p50Seconds: 0, p95Seconds: expect.any(Number) },
    });
    // The clock goes on by itself, too.
    const { timeToAssign } = await boardOf(acme);
    expect(Math.abs((timeToAssign.p95Seconds ?? 0) - 41)).toBeLessThanOrEqual(2);
    await world.advance(3_600);
    expect(await boardOf(acme)).toMatchObject({
      assignments: { lastMinute: 0, lastHour: 0 },
      timeToAssign: { p50Seconds: null },
    });
  });

  test('that is counted for the first time knows those who have waited for hours', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 0 } } });
    await acme.start();
    await world.advance(2 * 3_600);
    expect((await boardOf(acme)).waiting.count).toBe(1);
    await acme.must('editAgents', { body: { agentIds: ['ada'], set: { maxLoad: 1 } } });
    await later();
    expect((await boardOf(acme)).assignments).toEqual({ lastMinute: 1, lastHour: 1 });
  });

  test('is not sent again to who has seen it, and is when something has changed', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { headers } = await acme.must('readBoard');
    const etag = headers.etag ?? '';
    const ask = (tags: string) => acme.ask('readBoard', { headers: { 'if-none-match': tags } });
    await later();
    for (const seen of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(seen);
      expect([seen, again.status, again.text]).toEqual([seen, 304, '']);
    }
    await acme.start();
    await later();
    expect((await ask(etag)).status).toBe(200);
  });
});

describe('a visitor who waits', () => {
  /** Ada has one chat at a time, for a minute each; so many have come before. */
  async function served(count: number) {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 } } });
    const visits = [];
    for (let visit = 0; visit <= count + 2; visit += 1) visits.push(await acme.visit());
    for (const { chat } of visits.slice(0, count)) {
      await world.advance(60);
      await acme.closeChat(chat.id);
    }
    await world.advance(31);
    return { acme, visits };
  }

  test('is told nothing where nothing is known', async () => {
    const { acme, visits } = await served(1);
    const { chat, token } = visits.at(-1) ?? visits[0] ?? (await acme.visit());
    const as = acme.visitor(token);
    const { body } = await acme.must('readChat', { as, params: { chatId: chat.id } });
    expect(body).toMatchObject({ state: 'waiting', estimatedWaitSeconds: null });
  });

  test('is told by the place in the line and by how fast the line moved; what came of it is on the board', async () => {
    const { acme } = await served(6);
    const { chat, token } = await acme.visit();
    expect(chat).toMatchObject({ state: 'waiting', position: 3, estimatedWaitSeconds: expect.any(Number) });
    const told = Number(chat.estimatedWaitSeconds);
    // Two are before it, each for a minute; and the clock goes on by itself, too.
    expect(Math.abs(told - 183)).toBeLessThanOrEqual(3);
    const as = acme.visitor(token);
    const { body } = await acme.must('readChat', { as, params: { chatId: chat.id } });
    expect(body).toMatchObject({ estimatedWaitSeconds: told });
    for (const open of ['one', 'two', 'three']) {
      await world.advance(50);
      const [held] = await acme.chats({ agentId: 'ada', state: 'open' });
      expect([open, held?.agentId]).toEqual([open, 'ada']);
      await acme.closeChat(held?.id ?? '');
    }
    expect((await acme.chat(chat.id)).agentId).toBe('ada');
    await later();
    const { estimates } = await boardOf(acme);
    expect(estimates.told).toBe(1);
    expect(Math.abs((estimates.errorP50Seconds ?? 0) - (told - 150))).toBeLessThanOrEqual(3);
  });
});
