import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { transferAnswer, visitorChatView } from '../../functions/schemas.ts';
import { openWorld, type Project, type World } from '../support/http.ts';
import type { AgentGiven } from './project.ts';

/** Seed 002, "Transferring chat to selected agent": if there is a free slot, whatever the channels on the card. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const TO_BEN = { agentId: 'ben' };
const ONLINE_ONLY = { transferRequiresOnline: true };

type Row = {
  readonly when: string;
  readonly ben: AgentGiven;
  /** What Ben has already, in units of load; the chat that comes weighs 2. */
  readonly load?: number;
  readonly settings?: object;
  readonly gives: 'transferred' | 'no-room' | 'agent-inactive' | 'agent-not-online';
};

const RULES: readonly Row[] = [
  { when: 'is online with room', ben: {}, gives: 'transferred' },
  { when: 'has exactly the room', ben: { maxLoad: 3 }, load: 1, gives: 'transferred' },
  // Some room is not room for this one.
  { when: 'has less room than the chat weighs', ben: { maxLoad: 2 }, load: 1, gives: 'no-room' },
  { when: 'is full', ben: { maxLoad: 2 }, load: 2, gives: 'no-room' },
  { when: 'is above the limit', ben: { maxLoad: 1 }, load: 2, gives: 'no-room' },
  { when: 'has limit 0', ben: { maxLoad: 0 }, gives: 'no-room' },
  { when: 'has no limit', ben: { maxLoad: null }, load: 9, gives: 'transferred' },
  // "… regardless of the 'Channels' settings in the Agent card."
  { when: 'works with no channel', ben: { channels: [] }, gives: 'transferred' },
  { when: 'works with another channel', ben: { channels: ['light'] }, gives: 'transferred' },
  { when: 'has no share', ben: { receptionWeight: 0 }, gives: 'transferred' },
  { when: 'is inactive', ben: { active: false }, gives: 'agent-inactive' },
  { when: 'is busy', ben: { status: 'busy' }, gives: 'transferred' },
  { when: 'rests', ben: { status: 'rest' }, gives: 'transferred' },
  { when: 'is offline', ben: { status: 'offline' }, gives: 'transferred' },
  { when: 'is offline and full', ben: { status: 'offline', maxLoad: 0 }, gives: 'no-room' },
  { when: 'is online, as is required', ben: {}, settings: ONLINE_ONLY, gives: 'transferred' },
  {
    when: 'is busy but must be online',
    ben: { status: 'busy' },
    settings: ONLINE_ONLY,
    gives: 'agent-not-online',
  },
  {
    when: 'is offline but must be online',
    ben: { status: 'offline' },
    settings: ONLINE_ONLY,
    gives: 'agent-not-online',
  },
  {
    when: 'gets nothing automatically',
    ben: {},
    settings: { automaticAllocation: false },
    gives: 'transferred',
  },
];

describe('a transfer to an agent', () => {
  test.each(RULES)('who $when: $gives', async ({ ben, load = 0, settings = {}, gives }) => {
    const acme = await world.project({
      channels: { web: 2, light: 1 },
      agents: { ada: {}, ben: { active: true, status: 'offline' } },
      settings: { ...settings },
    });
    for (let units = 0; units < load; units += 1) await acme.initiate('ben', 'light');
    await acme.hire('ben', { status: 'online', ...ben });
    const chat = await acme.initiate('ada');
    const before = [await acme.agent('ada'), await acme.agent('ben')] as const;

    const { status, body } = await acme.transfer(chat.id, TO_BEN);
    const after = [await acme.agent('ada'), await acme.agent('ben')] as const;
    if (gives === 'transferred') {
      expect(transferAnswer.parse(body)).toMatchObject({
        outcome: 'transferred',
        chat: { state: 'open', agentId: 'ben', weight: 2, forced: false },
      });
      expect(after[0]).toMatchObject({ load: 0, openChats: 0 });
      expect(after[1]).toMatchObject({ load: load + 2, openChats: before[1].openChats + 1 });
      return;
    }
    expect([status, body]).toMatchObject([409, { code: gives }]);
    expect(await acme.chat(chat.id)).toEqual(chat);
    expect(after).toEqual(before);
    expect(await acme.decisions(chat.id)).toEqual([]);
  });

  test('who is not there is refused, and changes nothing', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const chat = await acme.start();
    expect((await acme.transfer(chat.id, TO_BEN)).body).toMatchObject({ status: 422, code: 'unknown-agent' });
    expect(await acme.chat(chat.id)).toEqual(chat);
  });

  test('charges what the channel weighs now, and releases what was charged then', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: { maxLoad: 3 }, cleo: { maxLoad: 2 } } });
    const chat = await acme.initiate('ada');
    const other = await acme.initiate('ada');
    await acme.channel('web', 3);
    const refused = await acme.transfer(chat.id, { agentId: 'cleo' });
    expect(refused.body).toMatchObject({ code: 'no-room', detail: expect.stringContaining('weighs 3') });
    expect((await acme.transfer(chat.id, TO_BEN)).body).toMatchObject({ chat: { weight: 3 } });
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1, vacancy: 4 });
    expect(await acme.agent('ben')).toMatchObject({ load: 3, openChats: 1, vacancy: 0 });
    await acme.channel('web', 1);
    expect((await acme.transfer(chat.id, { agentId: 'cleo' })).body).toMatchObject({ chat: { weight: 1 } });
    expect(await acme.agent('ben')).toMatchObject({ load: 0, openChats: 0, vacancy: 3 });
    await acme.closeChat(chat.id);
    await acme.closeChat(other.id);
    for (const { load, openChats } of await acme.team()) expect([load, openChats]).toEqual([0, 0]);
  });

  test.each<[string, AgentGiven]>([
    ['is online', {}],
    ['is full', { maxLoad: 0 }],
    ['is inactive', { active: false }],
  ])('who has the chat already and %s is a no-op with a name', async (_, card) => {
    const acme = await world.project({ agents: { ada: {} }, settings: ONLINE_ONLY });
    const chat = await acme.start();
    await acme.replaceCard('ada', card);
    const ada = await acme.agent('ada');
    const { status, body } = await acme.transfer(chat.id, { agentId: 'ada' }, { reason: 'by mistake' });
    expect([status, body]).toEqual([200, { chat, outcome: 'already-there' }]);
    expect(await acme.chat(chat.id)).toEqual(chat);
    expect(await acme.agent('ada')).toEqual(ada);
  });

  test('serves who waits with the room that it frees', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 }, ben: { status: 'offline' } } });
    const [first, second] = [await acme.start(), await acme.start()];
    await acme.transfer(first.id, TO_BEN);
    expect(await acme.holders([first, second])).toEqual(['ben', 'ada']);
  });

  test('is kept with the assignments: how, when, why, and not forced', async () => {
    const acme = await world.project({
      groups: { main: 1 },
      primary: 'main',
      agents: { ada: { groups: ['main'] } },
    });
    await acme.settings({ newVisitors: { policy: 'group' } });
    const chat = await acme.start();
    expect(chat.groupId).toBe('main');
    await acme.hire('ben', { status: 'busy' });
    await acme.transfer(chat.id, TO_BEN, { as: await acme.as.agent('ada'), reason: ' knows the contract ' });
    const after = await acme.chat(chat.id);
    expect(after).toMatchObject({ groupId: null, transfer: null, version: chat.version + 1 });
    expect(after.assignments).toEqual([
      ...chat.assignments,
      {
        agentId: 'ben',
        method: 'transfer',
        at: after.assignedAt,
        reason: 'knows the contract',
        forced: false,
        decisionId: null,
        createdOn: null,
      },
    ]);
  });

  test('makes it that agent’s in every way: to close, to be counted, to see again, to be read by the visitor', async () => {
    const acme = await world.project({
      agents: { ada: { maxLoad: 1 }, ben: { name: 'Ben B.', status: 'busy' } },
      settings: { returningVisitors: { policy: 'original-agent' } },
    });
    const { chat, token } = await acme.visit();
    await acme.transfer(chat.id, TO_BEN, { as: await acme.as.agent('ada') });
    const [ada, ben] = [await acme.as.agent('ada'), await acme.as.agent('ben')];
    const params = { chatId: chat.id };
    expect((await acme.ask('closeChat', { as: ada, params })).body).toMatchObject({ code: 'not-your-chat' });
    expect((await acme.transfer(chat.id, { agentId: 'ada' }, { as: ada })).body).toMatchObject({
      code: 'not-your-chat',
    });
    const read = await acme.must('readChat', { as: acme.visitor(token), params });
    expect(visitorChatView.parse(read.body).agent).toEqual({ name: 'Ben B.' });
    await acme.must('closeChat', { as: ben, params });
    expect((await acme.agent('ada')).lastClosedAt).toBeNull();
    expect((await acme.agent('ben')).lastClosedAt).not.toBeNull();
    const again = await acme.visit(token);
    expect(await acme.chat(again.chat.id)).toMatchObject({ returning: true, agentId: 'ben' });
  });

  test('by its agent to two others at once moves it once; the second is told that it is hers no longer', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {}, cleo: {} } });
    const as = await acme.as.agent('ada');
    for (let round = 0; round < 5; round += 1) {
      const { id } = await acme.initiate('ada');
      const answers = await Promise.all(
        ['ben', 'cleo'].map(agentId => acme.transfer(id, { agentId }, { as })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
      const { agentId, assignments } = await acme.chat(id);
      expect(agentId).toBe(answers[0]?.status === 200 ? 'ben' : 'cleo');
      expect(assignments).toHaveLength(2);
      await acme.closeChat(id);
    }
    for (const { load, openChats } of await acme.team()) expect([load, openChats]).toEqual([0, 0]);
  });

  test('for the last slot of an agent is won by one of several chats', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: { maxLoad: 1 } } });
    const chats = [await acme.initiate('ada'), await acme.initiate('ada'), await acme.initiate('ada')];
    const answers = await Promise.all(chats.map(({ id }) => acme.transfer(id, TO_BEN)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(await acme.agent('ada')).toMatchObject({ load: 2, openChats: 2 });
    expect(await acme.agent('ben')).toMatchObject({ load: 1, openChats: 1 });
  });

  test('repeated with its key is the same transfer, also when the chat has moved on', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} } });
    const { id } = await acme.initiate('ada');
    const first = await acme.transfer(id, TO_BEN, { key: 'k' });
    await acme.transfer(id, { agentId: 'ada' });
    expect((await acme.transfer(id, TO_BEN, { key: 'k' })).text).toBe(first.text);
    expect((await acme.chat(id)).agentId).toBe('ada');
  });
});

/** A chat in a state from which it goes to no agent. */
const ELSEWHERE: Readonly<Record<string, (acme: Project) => Promise<string>>> = {
  waiting: async acme => (await acme.start()).id,
  offered: async acme => {
    await acme.settings({ newVisitors: { policy: 'all' } });
    return (await acme.start()).id;
  },
  held: async acme => {
    const { id } = await acme.initiate('ada');
    await acme.hold(id);
    return id;
  },
  bot: async acme => (await acme.startWithBot()).id,
  closed: async acme => (await acme.closeChat((await acme.initiate('ada')).id)).id,
};

test.each(Object.keys(ELSEWHERE))('a chat that is %s goes to no agent; the refusal says so', async state => {
  const acme = await world.project({ agents: { ada: { status: 'busy' }, ben: { status: 'busy' } } });
  const id = (await ELSEWHERE[state]?.(acme)) ?? '';
  const before = [await acme.chat(id), await acme.team()];
  const { status, body } = await acme.transfer(id, TO_BEN);
  expect(status).toBe(409);
  expect(body).toMatchObject({
    code: 'state-forbids',
    detail: expect.stringContaining(`this one is ${state}`),
  });
  expect([await acme.chat(id), await acme.team()]).toEqual(before);
});

test('a held chat is resumed first, and then goes; the refusal says what to do', async () => {
  const acme = await world.project({ agents: { ada: {}, ben: { status: 'busy' } } });
  const { id } = await acme.start();
  await acme.hold(id);
  expect((await acme.transfer(id, { agentId: 'ada' })).body).toMatchObject({
    code: 'state-forbids',
    detail: expect.stringContaining('Resume it first'),
  });
  await acme.resume(id);
  expect((await acme.transfer(id, TO_BEN)).status).toBe(200);
  expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0, heldChats: 0 });
});

test('on the event bus a transferred chat is assigned anew, with who had it before; a refusal is nothing', async () => {
  const acme = await world.project({ agents: { ada: {}, ben: { maxLoad: 1, status: 'busy' } } });
  const [{ id }, other] = [await acme.start(), await acme.start()];
  await acme.transfer(id, TO_BEN);
  await acme.transfer(other.id, TO_BEN);
  await acme.transfer(id, TO_BEN);
  const events = await acme.events();
  const of = (chatId: string) => events.filter(({ detail }) => detail.chatId === chatId);
  expect(of(id).map(event => event['detail-type'])).toEqual(['ChatCreated', 'ChatAssigned', 'ChatAssigned']);
  expect(of(id)[2]?.detail).toMatchObject({
    agentId: 'ben',
    agentIdBefore: 'ada',
    method: 'transfer',
    versionAfter: 3,
  });
  expect(of(other.id)).toHaveLength(2);
});
