import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queuedAnswer } from '../../functions/schemas.ts';
import { openWorld, type Project, type World } from '../support/http.ts';

/** Seed 002, "How chats get into the queue": with the job on, a transfer to a group is queued, and its order is known. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const SALES = { groupId: 'sales' };
const SUPPORT = { groupId: 'support' };

/** The job is on and runs at midnight only: what is queued stays so. Ben of `sales` has room for it. */
async function open() {
  const acme = await world.project({
    groups: { sales: 1, support: 2 },
    agents: { ada: { maxLoad: null, status: 'busy' }, ben: { groups: ['sales'] }, cleo: { status: 'busy' } },
    settings: { distribution: { frequencySeconds: 86_400 } },
  });
  await acme.job('start');
  return acme;
}

/** So many chats of Ada's, each queued at a time of its own. */
async function queueUp(acme: Project, count: number, to = SALES): Promise<string[]> {
  const ids: string[] = [];
  for (let queued = 0; queued < count; queued += 1) {
    const { id } = await acme.initiate('ada');
    ids.push(id);
    await world.advance(1);
    expect((await acme.transfer(id, to)).status).toBe(202);
  }
  return ids;
}

const idsIn = async (acme: Project) => (await acme.queue()).map(({ chatId }) => chatId);

describe('a transfer to a group while the job is on', () => {
  test('is queued: the chat stays its agent’s, charged as before, though somebody could take it', async () => {
    const acme = await open();
    const chat = await acme.initiate('ada');
    const { status, body } = await acme.transfer(chat.id, SALES, { reason: 'wants to buy' });
    const { chat: queued, outcome } = queuedAnswer.parse(body);
    expect([status, outcome]).toEqual([202, 'queued']);
    const createdOn = queued.transfer?.createdOn ?? '';
    const transfer = { groupId: 'sales', reason: 'wants to buy', isBotTransfer: false, createdOn };
    expect(queued).toEqual({ ...chat, transfer, version: chat.version + 1 });
    expect(await acme.chat(chat.id)).toEqual(queued);
    expect(await acme.queue()).toEqual([{ chatId: chat.id, ...transfer, held: false }]);
    expect(await acme.job()).toMatchObject({ running: true, queued: 1, lastRun: null });
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1 });
    expect(await acme.agent('ben')).toMatchObject({ load: 0, openChats: 0 });
    expect(await acme.decisions(chat.id)).toEqual([]);
  });

  test('by a bot leaves the chat with the bot, and is marked as a bot’s', async () => {
    const acme = await open();
    const { id } = await acme.startWithBot();
    const { body } = await acme.transfer(id, SALES, { as: acme.as.bot });
    expect(body).toMatchObject({
      outcome: 'queued',
      chat: { state: 'bot', agentId: null, transfer: { groupId: 'sales', isBotTransfer: true } },
    });
    expect(await acme.queue()).toMatchObject([{ chatId: id, isBotTransfer: true, reason: null }]);
    const read = await acme.must('readChat', { as: acme.as.bot, params: { chatId: id } });
    expect(read.body).toMatchObject({ state: 'bot' });
  });

  test('of a bot’s chat by an operator is no bot’s transfer', async () => {
    const acme = await open();
    const { id } = await acme.startWithBot();
    await acme.transfer(id, SALES);
    expect(await acme.queue()).toMatchObject([{ chatId: id, isBotTransfer: false }]);
  });

  test.each(['held', 'waiting', 'closed'])(
    'is refused for a chat that is %s, and nothing is queued',
    async state => {
      const acme = await open();
      await acme.setStatus('ben', 'busy');
      const { id } = state === 'waiting' ? await acme.start() : await acme.initiate('ada');
      if (state === 'held') await acme.hold(id);
      if (state === 'closed') await acme.closeChat(id);
      expect((await acme.transfer(id, SALES)).body).toMatchObject({ status: 409, code: 'state-forbids' });
      expect(await acme.queue()).toEqual([]);
    },
  );

  test('repeated with its key is one transfer: it does not come back when it was taken off the queue', async () => {
    const acme = await open();
    const { id } = await acme.initiate('ada');
    const first = await acme.transfer(id, SALES, { key: 'k' });
    await acme.transfer(id, { agentId: 'cleo' });
    expect((await acme.transfer(id, SALES, { key: 'k' })).text).toBe(first.text);
    expect(await acme.queue()).toEqual([]);
  });

  test('is told on the event bus, each with the group and the version it made', async () => {
    const acme = await open();
    const { id } = await acme.initiate('ada');
    await acme.transfer(id, SALES);
    await acme.transfer(id, SUPPORT, { reason: 'not ours' });
    const events = (await acme.events()).filter(({ detail }) => detail.chatId === id);
    expect(events.map(event => [event['detail-type'], event.detail.eventId])).toEqual([
      ['ChatCreated', `${id}#1`],
      ['ChatAssigned', `${id}#2`],
      ['ChatTransferQueued', `${id}#3`],
      ['ChatTransferQueued', `${id}#4`],
    ]);
    expect(events.slice(2).map(({ detail }) => detail)).toMatchObject([
      { groupId: 'sales', reason: null, isBotTransfer: false },
      { groupId: 'support', reason: 'not ours' },
    ]);
  });

  test.each([
    ['with the same reason', {}],
    ['with another reason', { reason: 'in a hurry' }],
  ])(
    'to the same group again, %s, is told too if it makes a version: no change is without its event',
    async (_, given) => {
      const acme = await open();
      const { id } = await acme.initiate('ada');
      await acme.transfer(id, SALES);
      await acme.transfer(id, SALES, given);
      const { version } = await acme.chat(id);
      const told = (await acme.events()).filter(({ detail }) => detail.chatId === id);
      const versions = told.map(({ detail }) => detail.versionAfter);
      expect(versions).toEqual(Array.from({ length: version }, (_, index) => index + 1));
    },
  );

  test('is told with the time at which it came, also where the chat keeps its place', async () => {
    const acme = await open();
    const { id } = await acme.initiate('ada');
    await acme.transfer(id, SALES);
    await world.advance(60);
    await acme.hold(id);
    await acme.resume(id);
    await acme.transfer(id, SALES, { reason: 'in a hurry' });
    const told = (await acme.events()).filter(({ detail }) => detail.chatId === id);
    expect(told.at(-1)?.['detail-type']).toBe('ChatTransferQueued');
    const times = told.map(({ detail }) => String(detail.at));
    expect(times).toEqual([...times].sort());
  });
});

describe('the queue', () => {
  test('is in the order of createdOn over all groups, oldest first, page by page too', async () => {
    const acme = await open();
    const ids: string[] = [];
    for (const to of [SALES, SUPPORT, SUPPORT, SALES, SUPPORT]) ids.push(...(await queueUp(acme, 1, to)));
    const queue = await acme.queue();
    expect(queue.map(({ chatId }) => chatId)).toEqual(ids);
    expect(queue.map(({ groupId }) => groupId)).toEqual(['sales', 'support', 'support', 'sales', 'support']);
    const created = queue.map(({ createdOn }) => createdOn);
    expect(created).toEqual([...new Set(created)].sort());
    const paged = await acme.all('listQueue', { limit: '2' });
    expect(paged).toEqual(queue);
  });

  test('keeps the place of a chat that goes to the same group again, with the new reason', async () => {
    const acme = await open();
    const ids = await queueUp(acme, 3);
    const [before] = await acme.queue();
    await world.advance(1);
    await acme.transfer(ids[0] ?? '', SALES, { reason: 'in a hurry' });
    expect(await idsIn(acme)).toEqual(ids);
    expect((await acme.queue())[0]).toEqual({ ...before, reason: 'in a hurry' });
  });

  test('lets a chat that goes to another group start anew behind the others, also when it comes back', async () => {
    const acme = await open();
    const [first = '', second = '', third = ''] = await queueUp(acme, 3);
    await world.advance(1);
    await acme.transfer(first, SUPPORT);
    expect(await idsIn(acme)).toEqual([second, third, first]);
    expect((await acme.queue())[2]).toMatchObject({ groupId: 'support' });
    await world.advance(1);
    await acme.transfer(second, SUPPORT);
    await world.advance(1);
    await acme.transfer(first, SALES);
    expect(await idsIn(acme)).toEqual([third, second, first]);
    expect(await acme.job()).toMatchObject({ queued: 3 });
  });

  test('shows a chat that is held in its place, and that it is, until it is resumed', async () => {
    const acme = await open();
    const ids = await queueUp(acme, 3);
    const held = async () => (await acme.queue()).map(one => one.held);
    await acme.hold(ids[1] ?? '');
    expect(await idsIn(acme)).toEqual(ids);
    expect(await held()).toEqual([false, true, false]);
    expect((await acme.chat(ids[1] ?? '')).transfer).toMatchObject({ groupId: 'sales' });
    expect((await acme.job()).queued).toBe(3);
    await acme.resume(ids[1] ?? '');
    expect(await held()).toEqual([false, false, false]);
    expect(await idsIn(acme)).toEqual(ids);
  });

  test('is left by a chat that goes to an agent directly', async () => {
    const acme = await open();
    const [first = '', second = ''] = await queueUp(acme, 2);
    expect((await acme.transfer(first, { agentId: 'cleo' })).body).toMatchObject({
      outcome: 'transferred',
      chat: { agentId: 'cleo', transfer: null },
    });
    expect(await idsIn(acme)).toEqual([second]);
  });

  test('is not left by a direct transfer that is refused, or that changes nothing', async () => {
    const acme = await open();
    const ids = await queueUp(acme, 1);
    await acme.replaceCard('cleo', { maxLoad: 0 });
    expect((await acme.transfer(ids[0] ?? '', { agentId: 'cleo' })).body).toMatchObject({ code: 'no-room' });
    expect((await acme.transfer(ids[0] ?? '', { agentId: 'ada' })).body).toMatchObject({
      outcome: 'already-there',
    });
    expect(await idsIn(acme)).toEqual(ids);
  });

  test('does not show a chat that is closed, nor does the chat say that it is queued', async () => {
    const acme = await open();
    const [first = '', second = ''] = await queueUp(acme, 2);
    expect((await acme.closeChat(first)).transfer).toBeNull();
    expect(await idsIn(acme)).toEqual([second]);
    expect((await acme.job()).queued).toBe(1);
  });

  test('is each project’s own', async () => {
    const [acme, other] = [await open(), await open()];
    const ids = await queueUp(acme, 1);
    expect(await other.queue()).toEqual([]);
    expect(await idsIn(acme)).toEqual(ids);
    expect(await other.job('stop')).toMatchObject({ running: false });
    expect(await acme.job()).toMatchObject({ running: true });
  });
});
