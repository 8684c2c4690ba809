import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { POLICY_NAMES } from '../../domain/policies.ts';
import { openWorld, type Project, type World } from '../support/http.ts';

/** Automatic allocation off: chats wait until taken by hand. On again, or with higher limits: what waits is handed out. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** Those that give chats to agents. */
const CHOOSING = POLICY_NAMES.filter(policy => policy !== 'all');

/** Two agents with room for one chat each, both in the primary group. */
const TWO = {
  groups: { main: 1 },
  primary: 'main',
  agents: { ada: { maxLoad: 1, groups: ['main'] }, ben: { maxLoad: 1, groups: ['main'] } },
} as const;

const wait = (policy: string) => ({ newVisitors: { policy, onNobody: 'wait' } });
const off = (policy: string) => ({ ...wait(policy), automaticAllocation: false });

async function start(acme: Project, count: number) {
  const chats = [];
  for (let index = 0; index < count; index += 1) chats.push(await acme.start());
  return chats;
}

describe('automatic allocation off', () => {
  test.each(POLICY_NAMES)('lets every chat wait under %s, with that as the reason', async policy => {
    const acme = await world.project({ ...TWO, settings: { ...off(policy), newVisitors: { policy } } });
    const chat = await acme.start();
    expect(chat).toMatchObject({ state: 'waiting', agentId: null, offeredTo: null });
    await world.advance(30);
    expect(await acme.chat(chat.id)).toEqual(chat);
    expect(await acme.decisions(chat.id)).toMatchObject([
      { policy, outcome: 'automatic-off', winner: null, steps: [], considered: [] },
    ]);
    expect(await acme.explain({ channelId: 'web' })).toMatchObject({
      outcome: 'automatic-off',
      winner: null,
    });
  });

  test('lets a returning visitor wait as well, whose original agent is free', async () => {
    const returning = { returningVisitors: { policy: 'original-agent' } };
    const acme = await world.project({ agents: { ada: {} }, settings: returning });
    const { chat, token } = await acme.visit();
    await acme.closeChat(chat.id);
    await acme.settings({ ...returning, automaticAllocation: false });
    const again = await acme.visit(token);
    expect(again.chat.state).toBe('waiting');
    expect(await acme.lastDecision(again.chat.id)).toMatchObject({ outcome: 'automatic-off' });
    await acme.settings(returning);
    expect(await acme.chat(again.chat.id)).toMatchObject({
      agentId: 'ada',
      forced: true,
      assignments: [{ method: 'original-agent' }],
    });
  });

  test('stops no accepting: any active agent takes a waiting chat, and closing frees nobody else', async () => {
    const acme = await world.project({ ...TWO, settings: off('queue-position') });
    const chats = await start(acme, 3);
    expect((await acme.accept('ada', chats[1]?.id ?? '')).status).toBe(200);
    expect((await acme.accept('ada', chats[2]?.id ?? '')).status).toBe(200);
    await acme.closeChat(chats[1]?.id ?? '');
    expect(await acme.holders(chats)).toEqual([null, 'ada', 'ada']);
  });

  test('stops no offer that was made before it', async () => {
    const acme = await world.project({ ...TWO, settings: { newVisitors: { policy: 'all' } } });
    const chat = await acme.start();
    await acme.settings({ newVisitors: { policy: 'all' }, automaticAllocation: false });
    expect(await acme.chat(chat.id)).toEqual(chat);
    expect((await acme.accept('ben', chat.id)).status).toBe(200);
  });

  test('lets go of nothing when a status, a limit or a card changes', async () => {
    const acme = await world.project({ ...TWO, settings: off('queue-position') });
    const chats = await start(acme, 2);
    await acme.setStatus('ada', 'rest');
    await acme.setStatus('ada', 'online');
    await acme.edit('all', { maxLoad: 9 });
    await acme.hire('cleo');
    await acme.channel('web', 2);
    await world.advance(90);
    expect(await acme.holders(chats)).toEqual([null, null]);
  });
});

describe('switched on', () => {
  test.each(CHOOSING)('it hands out what waits, oldest first, under %s', async policy => {
    const acme = await world.project({ ...TWO, settings: off(policy) });
    const chats = await start(acme, 4);
    await acme.settings(wait(policy));
    const [first, second, ...rest] = await acme.holders(chats);
    expect([first, second].sort()).toEqual(['ada', 'ben']);
    expect(rest).toEqual([null, null]);
    for (const { id } of chats.slice(0, 2)) {
      expect((await acme.decisions(id)).map(({ trigger, outcome }) => [trigger, outcome])).toEqual([
        ['start', 'automatic-off'],
        ['search', 'assigned'],
      ]);
    }
    await acme.closeChat(chats[0]?.id ?? '');
    expect((await acme.holders(chats)).slice(2)).toEqual([first, null]);
  });

  test('it offers what waits under `all`, to those who are there then', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: off('all') });
    const chats = await start(acme, 3);
    await acme.hire('ben');
    await acme.settings(wait('all'));
    for (const { id } of chats)
      expect(await acme.chat(id)).toMatchObject({
        state: 'offered',
        offeredTo: { agentIds: ['ada', 'ben'] },
      });
  });

  test('it gives to those with room and offers the rest, where the policy offers', async () => {
    const acme = await world.project({
      ...TWO,
      settings: { newVisitors: { policy: 'smart' }, automaticAllocation: false },
    });
    const chats = await start(acme, 4);
    await acme.settings({ newVisitors: { policy: 'smart' } });
    const states = (await Promise.all(chats.map(({ id }) => acme.chat(id)))).map(({ state }) => state);
    expect(states).toEqual(['open', 'open', 'offered', 'offered']);
  });

  test('it goes by the rules in force then, not by those in force when the chat came', async () => {
    const acme = await world.project({ ...TWO, settings: off('all') });
    const chat = await acme.start();
    await acme.settings(wait('member-order'));
    expect(await acme.lastDecision(chat.id)).toMatchObject({ policy: 'member-order', outcome: 'assigned' });
  });

  test('it hands out a long line in its order', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 60 } }, settings: off('least-sessions') });
    const chats = await start(acme, 90);
    await acme.settings(wait('least-sessions'));
    const holders = await acme.holders(chats);
    expect(holders.indexOf(null)).toBe(60);
    expect(holders.slice(60).every(holder => holder === null)).toBe(true);
    expect(await acme.agent('ada')).toMatchObject({ load: 60, openChats: 60, vacancy: 0 });
  });
});

describe('raising limits hands out what waits, oldest first', () => {
  test.each(CHOOSING)('of one agent or of many at once, under %s', async policy => {
    const acme = await world.project({ ...TWO, settings: wait(policy) });
    const chats = await start(acme, 8);
    const waiting = async () => (await acme.holders(chats)).map(holder => holder === null);
    expect(await waiting()).toEqual([false, false, true, true, true, true, true, true]);
    await acme.replaceCard('ada', { maxLoad: 2, groups: ['main'] });
    expect(await waiting()).toEqual([false, false, false, true, true, true, true, true]);
    await acme.edit('all', { maxLoad: 3 });
    expect(await waiting()).toEqual([false, false, false, false, false, false, true, true]);
    await acme.edit(['ben'], { maxLoad: null });
    expect(await waiting()).toEqual(chats.map(() => false));
    expect(await acme.agent('ben')).toMatchObject({ load: 5, vacancy: null });
  });
});
