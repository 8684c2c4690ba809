import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queuedAnswer, transferAnswer } from '../../functions/schemas.ts';
import { openWorld, type Project, type World } from '../support/http.ts';
import type { AgentGiven } from './project.ts';

/** Seed 002, "To transfer a chat to a group of agents", with the job off: decided at once. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const SALES = { groupId: 'sales' };
const IN_SALES = { groups: ['sales'] };

/** Ada, who is in no group, gets the chats that go to group `sales`. */
function open(agents: Readonly<Record<string, AgentGiven>>, settings: object = {}) {
  return world.project({
    channels: { web: 1, mail: 1 },
    groups: { sales: 5, support: 1 },
    agents: { ada: { maxLoad: null, status: 'busy' }, ...agents },
    settings: { ...settings },
  });
}

/** The agent has closed a chat a while ago; it has fewer than others if it is called earlier. */
async function serve(acme: Project, agentId: string) {
  await acme.closeChat((await acme.initiate(agentId)).id);
}

describe('the chat goes to nobody when the only member', () => {
  test.each<[string, AgentGiven, string, string | null]>([
    ['is inactive', { active: false }, 'nobody-works-channel', 'inactive'],
    ['works with another channel', { channels: ['mail'] }, 'nobody-works-channel', 'other-channel'],
    ['is busy', { status: 'busy' }, 'nobody-online', 'not-online'],
    ['rests', { status: 'rest' }, 'nobody-online', 'not-online'],
    ['is offline', { status: 'offline' }, 'nobody-online', 'not-online'],
    ['is full', { maxLoad: 0 }, 'all-full', 'no-room'],
    // Ben is available, and in another group: then the one asked for has no member.
    ['is in another group', { groups: ['support'] }, 'empty-group', null],
  ])('%s: it stays where it is, and the decision says why', async (_, card, outcome, why) => {
    const acme = await open({ ben: { ...IN_SALES, ...card } });
    const chat = await acme.initiate('ada');
    const team = await acme.team();
    const { status, body } = await acme.transfer(chat.id, SALES, { as: await acme.as.agent('ada') });
    expect([status, body]).toMatchObject([
      409,
      { code: 'no-agent-available', detail: expect.stringContaining('stays where it is') },
    ]);
    expect(await acme.chat(chat.id)).toEqual({ ...chat, version: chat.version + 1 });
    expect(await acme.team()).toEqual(team);
    const excluded = why === null ? [] : [{ agentId: 'ben', why }];
    expect(await acme.decisions(chat.id)).toMatchObject([
      { trigger: 'transfer', policy: 'group', reading: 'whole-group', outcome, winner: null },
    ]);
    expect((await acme.lastDecision(chat.id))?.steps.flatMap(step => step.excluded)).toEqual(excluded);
    const failed = (await acme.events()).filter(event => event['detail-type'] === 'ChatTransferFailed');
    expect(failed.map(({ detail }) => detail)).toMatchObject([
      { chatId: chat.id, agentId: 'ada', versionAfter: chat.version + 1 },
    ]);
  });

  test('has the chat already: who has it is no candidate', async () => {
    const acme = await open({ ben: IN_SALES });
    const chat = await acme.initiate('ben');
    expect((await acme.transfer(chat.id, SALES)).body).toMatchObject({ code: 'no-agent-available' });
    expect((await acme.lastDecision(chat.id))?.steps.at(-1)).toMatchObject({
      name: 'eligibility',
      excluded: [{ agentId: 'ben', why: 'current-agent' }],
    });
    await acme.hire('cleo', { ...IN_SALES, maxLoad: 1 });
    expect((await acme.transfer(chat.id, SALES)).body).toMatchObject({ chat: { agentId: 'cleo' } });
  });

  test('could take it and automatic allocation is off', async () => {
    const acme = await open({ ben: IN_SALES }, { automaticAllocation: false });
    const chat = await acme.initiate('ada');
    expect((await acme.transfer(chat.id, SALES)).body).toMatchObject({ code: 'no-agent-available' });
    expect(await acme.lastDecision(chat.id)).toMatchObject({ outcome: 'automatic-off' });
    expect(await acme.chat(chat.id)).toMatchObject({ agentId: 'ada', transfer: null });
  });

  test('is not there yet; with the same key the next try finds somebody, as no refusal is kept', async () => {
    const acme = await open({ ben: { ...IN_SALES, status: 'rest' } });
    const { id } = await acme.initiate('ada');
    expect((await acme.transfer(id, SALES, { key: 'k' })).status).toBe(409);
    await acme.setStatus('ben', 'online');
    const done = await acme.transfer(id, SALES, { key: 'k' });
    expect(done.body).toMatchObject({ outcome: 'transferred', chat: { agentId: 'ben' } });
    expect((await acme.transfer(id, SALES, { key: 'k' })).text).toBe(done.text);
    expect((await acme.decisions(id)).map(({ outcome }) => outcome)).toEqual(['nobody-online', 'assigned']);
  });
});

describe('among the available members the chat goes to', () => {
  test('the one with the fewest open chats, of equals the one who closed longest ago, first of all who never did', async () => {
    const acme = await open({ ben: IN_SALES, cleo: IN_SALES, dan: IN_SALES, eve: { groups: ['support'] } });
    await serve(acme, 'cleo');
    await world.advance(60);
    await serve(acme, 'ben');
    const transferred: (readonly [string | null, string | undefined])[] = [];
    for (let chats = 0; chats < 5; chats += 1) {
      const { id } = await acme.initiate('ada');
      const { body } = await acme.transfer(id, SALES);
      const { chat } = transferAnswer.parse(body);
      transferred.push([chat.agentId, (await acme.lastDecision(id))?.decidedBy]);
    }
    expect(transferred).toEqual([
      ['dan', 'last-close'],
      ['cleo', 'last-close'],
      ['ben', 'open-chats'],
      ['dan', 'last-close'],
      ['cleo', 'last-close'],
    ]);
    expect(await acme.agent('eve')).toMatchObject({ openChats: 0 });
  });

  // Whatever the rule for visitors ranks by: share, member order, queue position, or nothing.
  test.each(['queue-position', 'least-sessions', 'member-order', 'reception-weight', 'all', 'smart'])(
    'the same one under policy %s for new visitors',
    async policy => {
      const acme = await open(
        {
          ben: { ...IN_SALES, memberOrder: 1, receptionWeight: 100 },
          cleo: { ...IN_SALES, memberOrder: 2, receptionWeight: 0 },
        },
        { newVisitors: { policy }, returningVisitors: { policy: 'original-agent' } },
      );
      await acme.initiate('ben');
      const { id } = await acme.initiate('ada');
      expect((await acme.transfer(id, SALES)).body).toMatchObject({ chat: { agentId: 'cleo' } });
      expect(await acme.lastDecision(id)).toMatchObject({ policy: 'group', decidedBy: 'open-chats' });
    },
  );

  test('the one who closed the fewest chats created today, where month-priority is the rule', async () => {
    const acme = await open(
      { ben: IN_SALES, cleo: IN_SALES, eve: { groups: ['support'] } },
      { newVisitors: { policy: 'month-priority' } },
    );
    await serve(acme, 'ben');
    await serve(acme, 'ben');
    await serve(acme, 'cleo');
    // By the ranking of a transfer it would be Ben's: he has fewer open chats.
    await acme.initiate('cleo');
    const { id } = await acme.initiate('ada');
    expect((await acme.transfer(id, SALES)).body).toMatchObject({ chat: { agentId: 'cleo' } });
    expect(await acme.lastDecision(id)).toMatchObject({
      policy: 'month-priority',
      decidedBy: 'closed-today',
      considered: [
        { agentId: 'cleo', closedToday: 1 },
        { agentId: 'ben', closedToday: 2 },
      ],
    });
  });
});

describe('a chat that goes to a group', () => {
  test('leaves one agent and is charged to the other by the present weight; who waits gets the room', async () => {
    const acme = await open({ ben: { ...IN_SALES, channels: ['web'], maxLoad: 2 } });
    await acme.hire('ada', { maxLoad: 2 });
    const chats = [await acme.initiate('ada'), await acme.initiate('ada'), await acme.start('mail')] as const;
    expect(await acme.holders(chats)).toEqual(['ada', 'ada', null]);
    await acme.channel('web', 2);
    expect((await acme.transfer(chats[0].id, SALES)).body).toMatchObject({ chat: { weight: 2 } });
    expect(await acme.holders(chats)).toEqual(['ben', 'ada', 'ada']);
    expect(await acme.agent('ada')).toMatchObject({ load: 2, openChats: 2, vacancy: 0 });
    expect(await acme.agent('ben')).toMatchObject({ load: 2, openChats: 1, vacancy: 0 });
  });

  test('is kept with its reason and the decision that gave it out, and belongs to that group', async () => {
    const acme = await open({ ben: IN_SALES });
    const chat = await acme.initiate('ada');
    const { body } = await acme.transfer(chat.id, SALES, { reason: 'wants to buy' });
    const { chat: after, outcome } = transferAnswer.parse(body);
    expect(outcome).toBe('transferred');
    const decision = await acme.lastDecision(chat.id);
    expect(after).toMatchObject({
      state: 'open',
      groupId: 'sales',
      transfer: null,
      version: chat.version + 1,
    });
    expect(after.assignments.slice(1)).toEqual([
      {
        agentId: 'ben',
        method: 'transfer',
        at: after.assignedAt,
        reason: 'wants to buy',
        forced: false,
        decisionId: decision?.id,
        createdOn: null,
      },
    ]);
    expect(decision).toMatchObject({ trigger: 'transfer', outcome: 'assigned', winner: 'ben' });
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0 });
    expect(await acme.agent('ben')).toMatchObject({ load: 1, openChats: 1 });
    expect(await acme.chats({ groupId: 'sales' })).toEqual([after]);
  });

  test('at the same time as others is given out with them: each agent’s room is used up and not passed', async () => {
    const acme = await open({ ben: { ...IN_SALES, maxLoad: 2 }, cleo: { ...IN_SALES, maxLoad: 1 } });
    const chats = await Promise.all(Array.from({ length: 5 }, () => acme.initiate('ada')));
    const answers = await Promise.all(chats.map(({ id }) => acme.transfer(id, SALES)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 409, 409]);
    const loads = (await acme.team()).map(({ id, load, openChats }) => [id, load, openChats]);
    expect(loads).toEqual([
      ['ada', 2, 2],
      ['ben', 2, 2],
      ['cleo', 1, 1],
    ]);
  });

  test.each(['held', 'closed', 'waiting'])('is none that is %s', async state => {
    const acme = await open({ ben: { ...IN_SALES, status: 'busy' } });
    const { id } = state === 'waiting' ? await acme.start() : await acme.initiate('ada');
    if (state === 'held') await acme.hold(id);
    if (state === 'closed') await acme.closeChat(id);
    const before = await acme.chat(id);
    expect((await acme.transfer(id, SALES)).body).toMatchObject({
      status: 409,
      code: 'state-forbids',
      detail: expect.stringContaining(`this one is ${state}`),
    });
    expect(await acme.chat(id)).toEqual(before);
  });
});

describe('a bot’s chat', () => {
  const asBot = (acme: Project) => ({ as: acme.as.bot, reason: 'asks for a person' });

  test('goes to whoever of the group is available', async () => {
    const acme = await open({ ben: IN_SALES });
    const { id } = await acme.startWithBot();
    const { status, body } = await acme.transfer(id, SALES, asBot(acme));
    expect([status, body]).toMatchObject([200, { outcome: 'transferred' }]);
    const { assignments } = await acme.chat(id);
    expect(assignments).toMatchObject([{ agentId: 'ben', method: 'transfer', reason: 'asks for a person' }]);
  });

  test('waits in the group when nobody is, and goes to a member who comes online, not to others', async () => {
    const acme = await open({ ben: { ...IN_SALES, status: 'offline' }, eve: { groups: ['support'] } });
    const { chat: started, token } = await acme.visit(undefined, { channelId: 'web', startWith: 'bot' });
    const { status, body } = await acme.transfer(started.id, SALES, asBot(acme));
    const { chat, outcome } = queuedAnswer.parse(body);
    expect([status, outcome]).toEqual([202, 'waiting']);
    expect(chat).toMatchObject({ state: 'waiting', groupId: 'sales', agentId: null, transfer: null });
    expect((await acme.visit(token)).chat).toMatchObject({ state: 'waiting', position: 1 });
    expect(await acme.decisions(chat.id)).toMatchObject([{ trigger: 'transfer', outcome: 'nobody-online' }]);
    await acme.hire('fay');
    await world.advance(60);
    // Others have room, and serve who may come to them.
    expect((await acme.start()).agentId).toBe('eve');
    expect((await acme.chat(chat.id)).state).toBe('waiting');
    await acme.setStatus('ben', 'online');
    expect(await acme.chat(chat.id)).toMatchObject({ state: 'open', agentId: 'ben', groupId: 'sales' });
    expect(await acme.lastDecision(chat.id)).toMatchObject({ policy: 'group', outcome: 'assigned' });
    const types = (await acme.events())
      .filter(({ detail }) => detail.chatId === chat.id)
      .map(event => event['detail-type']);
    expect(types).toEqual(['ChatCreated', 'ChatWaiting', 'ChatAssigned']);
  });

  test('that waits in a group goes on in the team when the group is removed, which its record says', async () => {
    const acme = await open({ ben: { ...IN_SALES, status: 'offline' }, eve: { groups: ['support'] } });
    const { id } = await acme.startWithBot();
    await acme.transfer(id, SALES, asBot(acme));
    await acme.must('deleteGroup', { params: SALES });
    expect(await acme.chat(id)).toMatchObject({ state: 'open', agentId: 'eve', groupId: null });
    const outcomes = (await acme.decisions(id)).map(({ trigger, outcome }) => [trigger, outcome]);
    expect(outcomes).toEqual([
      ['transfer', 'nobody-online'],
      ['search', 'unknown-group'],
      ['search', 'assigned'],
    ]);
  });
});
