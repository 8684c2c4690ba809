import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';
import type { AgentGiven } from './project.ts';

/** Seed 002, "Chat distribution Job to agent group": what a run gives out, to whom, and what it leaves. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const SALES = { groupId: 'sales' };
const IN_SALES = { groups: ['sales'] };
/** The job runs at midnight, which no test meets: a test that wants a run asks for it. */
const RARELY = 86_400;

/** Ada has the chats, and is in no group. */
async function open(agents: Readonly<Record<string, AgentGiven>> = { ben: IN_SALES }, settings: object = {}) {
  const acme = await world.project({
    groups: { sales: 1, support: 2 },
    agents: { ada: { maxLoad: null, status: 'busy' }, ...agents },
    settings: { distribution: { frequencySeconds: RARELY }, ...settings },
  });
  await acme.job('start');
  return acme;
}

/** So many chats of Ada's, queued in this order. */
async function queueUp(acme: Project, count: number, to = SALES) {
  const chats = [];
  for (let queued = 0; queued < count; queued += 1) {
    const chat = await acme.initiate('ada');
    expect((await acme.transfer(chat.id, to)).status).toBe(202);
    chats.push(chat);
  }
  return chats;
}

/** One run by hand: what it did, but for the time, which it took. */
async function run(acme: Project) {
  const { lastRun } = await acme.job('run');
  const { at: _, tookMs, ...counts } = lastRun ?? { read: -1, tookMs: -1 };
  expect(tookMs).toBeGreaterThanOrEqual(0);
  return counts;
}

const counts = (some: object) => ({
  read: 0,
  distributed: 0,
  notDistributed: 0,
  held: 0,
  purged: 0,
  because: {},
  ...some,
});

const idsIn = async (acme: Project) => (await acme.queue()).map(({ chatId }) => chatId);
const idsOf = (chats: readonly { readonly id: string }[]) => chats.map(({ id }) => id);

describe('a run gives a chat', () => {
  test('to somebody of its group, and says who had asked for it, when, and why', async () => {
    const acme = await open();
    const [mine, theirs, bots] = [
      await acme.initiate('ada'),
      await acme.initiate('ada'),
      await acme.startWithBot(),
    ];
    await acme.transfer(mine.id, SALES, { as: await acme.as.agent('ada'), reason: 'wants to buy' });
    await acme.transfer(theirs.id, SALES);
    await acme.transfer(bots.id, SALES, { as: acme.as.bot, reason: 'asks for a person' });
    const queue = await acme.queue();
    await world.advance(30);
    expect(await run(acme)).toEqual(counts({ read: 3, distributed: 3 }));
    expect(await acme.queue()).toEqual([]);
    const after = await Promise.all(queue.map(({ chatId }) => acme.chat(chatId)));
    const methods = ['distributed-by-operator', 'distributed-by-operator', 'distributed-by-chatbot'];
    for (const [index, chat] of after.entries()) {
      const { reason, createdOn } = queue[index] ?? {};
      const method = methods[index];
      expect(chat).toMatchObject({ state: 'open', agentId: 'ben', groupId: 'sales', transfer: null });
      const decision = await acme.lastDecision(chat.id);
      expect(decision).toMatchObject({
        trigger: 'distribution',
        policy: 'group',
        outcome: 'assigned',
        winner: 'ben',
      });
      const assignment = {
        agentId: 'ben',
        method,
        reason,
        createdOn,
        forced: false,
        decisionId: decision?.id,
      };
      expect(chat.assignments.at(-1)).toEqual({ ...assignment, at: chat.assignedAt });
    }
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0 });
    expect(await acme.agent('ben')).toMatchObject({ load: 3, openChats: 3 });
    const assigned = (await acme.events()).filter(event => event['detail-type'] === 'ChatAssigned');
    expect(assigned.slice(2).map(({ detail }) => [detail.method, detail.agentIdBefore])).toEqual([
      ['distributed-by-operator', 'ada'],
      ['distributed-by-operator', 'ada'],
      ['distributed-by-chatbot', null],
    ]);
  });

  test('to the one with the fewest open chats, the chats of the same run counted', async () => {
    const acme = await open({
      ben: IN_SALES,
      cleo: { ...IN_SALES, maxLoad: 2 },
      eve: { groups: ['support'] },
    });
    await acme.initiate('ben');
    const chats = await queueUp(acme, 6);
    expect(await run(acme)).toEqual(counts({ read: 6, distributed: 6 }));
    expect(await acme.holders(chats)).toEqual(['cleo', 'ben', 'cleo', 'ben', 'ben', 'ben']);
  });

  test('by the ranking of month-priority, where that is the rule', async () => {
    const acme = await open(
      { ben: IN_SALES, cleo: IN_SALES },
      { distribution: { frequencySeconds: RARELY }, newVisitors: { policy: 'month-priority' } },
    );
    await acme.closeChat((await acme.initiate('ben')).id);
    await acme.initiate('cleo');
    const [chat] = await queueUp(acme, 1);
    await run(acme);
    expect(await acme.lastDecision(chat?.id ?? '')).toMatchObject({
      winner: 'cleo',
      decidedBy: 'closed-today',
    });
  });

  test('and the room that its agent had for it to who waits', async () => {
    const acme = await open({ ben: { ...IN_SALES, channels: ['web'] } });
    await acme.channel('mail', 1);
    await acme.hire('ada', { maxLoad: 1 });
    const [queued] = await queueUp(acme, 1);
    const waiting = await acme.start('mail');
    expect(waiting.state).toBe('waiting');
    await run(acme);
    expect(await acme.holders([queued ?? waiting, waiting])).toEqual(['ben', 'ada']);
  });

  test('once, also when two runs are asked for in the same moment', async () => {
    const acme = await open({ ben: { ...IN_SALES, maxLoad: null } });
    const chats = await queueUp(acme, 10);
    const answers = await Promise.all([1, 2, 3].map(() => acme.ask('runJob')));
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    for (const { status } of answers) expect([200, 429]).toContain(status);
    for (const { id } of chats) expect((await acme.chat(id)).assignments).toHaveLength(2);
    expect(await acme.agent('ben')).toMatchObject({ load: 10, openChats: 10 });
  });
});

describe('a run in which nobody is available for a chat', () => {
  test.each<[string, AgentGiven, string]>([
    ['is offline', { ...IN_SALES, status: 'offline' }, 'nobody-online'],
    ['is full', { ...IN_SALES, maxLoad: 0 }, 'all-full'],
    ['is inactive', { ...IN_SALES, active: false }, 'nobody-works-channel'],
    ['works with no channel', { ...IN_SALES, channels: [] }, 'nobody-works-channel'],
    ['has left the group', {}, 'empty-group'],
  ])(
    'leaves it with its agent when the member %s; it was its one decision, and the reason is kept',
    async (_, card, outcome) => {
      const acme = await open({ ben: card });
      const chats = await queueUp(acme, 2);
      expect(await run(acme)).toEqual(counts({ read: 2, notDistributed: 2, because: { [outcome]: 2 } }));
      expect(await acme.queue()).toEqual([]);
      for (const chat of chats) {
        expect(await acme.chat(chat.id)).toEqual({ ...chat, version: chat.version + 2 });
        expect(await acme.decisions(chat.id)).toMatchObject([
          { trigger: 'distribution', outcome, winner: null },
        ]);
      }
      const failed = (await acme.events()).filter(event => event['detail-type'] === 'ChatTransferFailed');
      expect(failed.map(({ detail }) => [detail.chatId, detail.agentId])).toEqual(
        idsOf(chats).map(id => [id, 'ada']),
      );
      expect(await run(acme)).toEqual(counts({}));
    },
  );

  test('lets a bot’s chat go on waiting in its group, for the member who comes online', async () => {
    const acme = await open({ ben: { ...IN_SALES, status: 'offline' }, eve: { groups: ['support'] } });
    const { id } = await acme.startWithBot();
    await acme.transfer(id, SALES, { as: acme.as.bot });
    await run(acme);
    expect(await acme.chat(id)).toMatchObject({ state: 'waiting', groupId: 'sales', transfer: null });
    await world.advance(10);
    expect((await acme.chat(id)).state).toBe('waiting');
    await acme.setStatus('ben', 'online');
    expect(await acme.chat(id)).toMatchObject({ agentId: 'ben', assignments: [{ method: 'automatic' }] });
  });

  test('gives out the chats behind it all the same', async () => {
    const acme = await open({ ben: IN_SALES, eve: { groups: ['support'], status: 'rest' } });
    const [nobodys] = await queueUp(acme, 1, { groupId: 'support' });
    const [bens] = await queueUp(acme, 1);
    expect(await run(acme)).toEqual(
      counts({ read: 2, distributed: 1, notDistributed: 1, because: { 'nobody-online': 1 } }),
    );
    expect(await acme.holders([nobodys, bens].flatMap(chat => chat ?? []))).toEqual(['ada', 'ben']);
  });
});

describe('a run takes', () => {
  const two = { distribution: { frequencySeconds: RARELY, quantity: 2 } };

  test('exactly the quantity, oldest first over all groups, and the next one goes on there', async () => {
    const acme = await open({ ben: { groups: ['sales', 'support'], maxLoad: null } }, two);
    const chats = [];
    for (const groupId of ['sales', 'support', 'support', 'sales', 'support'])
      chats.push(...(await queueUp(acme, 1, { groupId })));
    const left = [];
    for (let runs = 0; runs < 3; runs += 1) {
      await run(acme);
      left.push(await idsIn(acme));
    }
    const ids = idsOf(chats);
    expect(left).toEqual([ids.slice(2), ids.slice(4), []]);
    expect(await acme.job()).toMatchObject({ queued: 0, lastRun: { read: 1, distributed: 1 } });
  });

  test('no held chat, which keeps its place and uses up nothing of the quantity', async () => {
    const acme = await open({ ben: { ...IN_SALES, maxLoad: null } }, two);
    const [held, ...others] = await queueUp(acme, 4);
    const heldId = held?.id ?? '';
    await acme.hold(heldId);
    const before = (await acme.queue())[0];
    expect(await run(acme)).toEqual(counts({ read: 3, distributed: 2, held: 1 }));
    expect(await idsIn(acme)).toEqual([heldId, others[2]?.id]);
    expect((await acme.queue())[0]).toEqual(before);
    expect(await acme.chat(heldId)).toMatchObject({ state: 'held', agentId: 'ada' });
    await acme.resume(heldId);
    await queueUp(acme, 1);
    expect(await run(acme)).toEqual(counts({ read: 2, distributed: 2 }));
    expect(await acme.holders([{ id: heldId }])).toEqual(['ben']);
    expect(await acme.queue()).toHaveLength(1);
  });

  test('closed chats off the queue, which use up nothing of the quantity either', async () => {
    const acme = await open({ ben: { ...IN_SALES, maxLoad: null } }, two);
    const chats = await queueUp(acme, 4);
    for (const { id } of chats.slice(0, 2)) await acme.closeChat(id);
    await acme.hold(chats[3]?.id ?? '');
    await acme.closeChat(chats[3]?.id ?? '');
    expect(await run(acme)).toEqual(counts({ read: 4, distributed: 1, purged: 3 }));
    expect(await run(acme)).toEqual(counts({}));
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0, heldChats: 0 });
  });
});

test('a chat queued for a group that was removed is searched in the team, which its record says', async () => {
  const acme = await open({ ben: IN_SALES, eve: { groups: ['support'], status: 'offline' } });
  const [chat] = await queueUp(acme, 1);
  const bots = await acme.startWithBot();
  await acme.transfer(bots.id, SALES, { as: acme.as.bot });
  await acme.must('deleteGroup', { params: SALES });
  await acme.setStatus('ben', 'offline');
  await acme.setStatus('eve', 'online');
  await acme.replaceCard('eve', { groups: ['support'], maxLoad: 1 });
  expect(await idsIn(acme)).toEqual([chat?.id, bots.id]);
  expect(await run(acme)).toEqual(
    counts({ read: 2, distributed: 1, notDistributed: 1, because: { 'all-full': 1 } }),
  );
  expect(await acme.chat(chat?.id ?? '')).toMatchObject({ agentId: 'eve', groupId: null });
  expect(await acme.chat(bots.id)).toMatchObject({ state: 'waiting', groupId: null });
  for (const id of [chat?.id ?? '', bots.id]) {
    const [decision] = await acme.decisions(id);
    expect(decision).toMatchObject({ trigger: 'distribution', reading: 'whole-team' });
    expect(decision?.steps.map(({ name }) => name)).toContain('group-removed');
  }
  // In the team's scope it is anybody's.
  await acme.setStatus('ben', 'online');
  expect(await acme.holders([bots])).toEqual(['ben']);
});
