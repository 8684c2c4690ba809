import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { visitorChatView } from '../../functions/schemas.ts';
import { openWorld, type World } from '../support/http.ts';
import { crowd } from './crowd.ts';

/** A chat that is shown to several agents, with no owner and no load, until one accepts. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ALL = { newVisitors: { policy: 'all' } };
const SMART = { newVisitors: { policy: 'smart' } };
const GROUP = { newVisitors: { policy: 'group' } };

describe('an offer', () => {
  test('under `all` goes to every active agent who works with the channel, whatever status or load', async () => {
    const acme = await world.project({
      channels: { web: 1, mail: 1 },
      agents: {
        online: {},
        busy: { status: 'busy' },
        rest: { status: 'rest' },
        offline: { status: 'offline' },
        full: { maxLoad: 0 },
        'on-mail': { channels: ['mail'] },
        inactive: { active: false },
      },
      settings: ALL,
    });
    const chat = await acme.start();
    expect(chat).toMatchObject({
      state: 'offered',
      agentId: null,
      weight: null,
      waitingSince: null,
      assignments: [],
      groupId: null,
      offeredTo: { scope: 'team', groupId: null, agentIds: ['busy', 'full', 'offline', 'online', 'rest'] },
      version: 2,
    });
    expect(await acme.chat(chat.id)).toEqual(chat);
    expect(await acme.chats({ state: 'offered' })).toEqual([chat]);
    expect(await acme.agent('online')).toMatchObject({ load: 0, openChats: 0 });
    expect(await acme.decisions(chat.id)).toMatchObject([
      {
        trigger: 'start',
        policy: 'all',
        outcome: 'offered',
        offeredBecause: null,
        winner: null,
        decidedBy: 'offer',
        steps: [
          { name: 'scope', in: 7, out: 7 },
          {
            name: 'offer',
            in: 7,
            out: 5,
            excluded: [
              { agentId: 'inactive', why: 'inactive' },
              { agentId: 'on-mail', why: 'other-channel' },
            ],
          },
        ],
      },
    ]);
  });

  test.each([
    ['nobody is online', { status: 'rest' }, 'nobody-online'],
    ['all are full', { maxLoad: 0 }, 'all-full'],
  ] as const)('under `smart` goes to the team when %s, and says why', async (_, card, offeredBecause) => {
    const acme = await world.project({ agents: { ada: card, ben: card }, settings: SMART });
    const chat = await acme.start();
    expect(chat.offeredTo).toEqual({ scope: 'team', groupId: null, agentIds: ['ada', 'ben'] });
    expect(await acme.lastDecision(chat.id)).toMatchObject({ outcome: 'offered', offeredBecause });
  });

  test('under `smart` is not made while somebody is available', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 1 } }, settings: SMART });
    expect(await acme.start()).toMatchObject({ state: 'open', agentId: 'ada', offeredTo: null });
    expect((await acme.start()).state).toBe('offered');
  });

  test('under `group` goes to that group and never beyond it, though others have room', async () => {
    const acme = await world.project({
      groups: { main: 1, other: 2 },
      primary: 'main',
      agents: {
        ada: { groups: ['main'], status: 'busy' },
        ben: { groups: ['main', 'other'], status: 'offline' },
        cleo: { groups: ['other'] },
        dan: {},
      },
      settings: GROUP,
    });
    const chat = await acme.start();
    expect(chat).toMatchObject({
      state: 'offered',
      groupId: 'main',
      offeredTo: { scope: 'group', groupId: 'main', agentIds: ['ada', 'ben'] },
    });
    expect(await acme.chats({ groupId: 'main' })).toEqual([chat]);
    expect((await acme.accept('cleo', chat.id)).body).toMatchObject({ status: 403, code: 'not-offered' });
    expect((await acme.accept('dan', chat.id)).body).toMatchObject({ code: 'not-offered' });
    expect((await acme.accept('ben', chat.id)).status).toBe(200);
  });

  test('is not made to nobody: the chat waits, and says that nobody works with the channel', async () => {
    const acme = await world.project({ agents: { ada: { channels: [] } }, settings: ALL });
    const chat = await acme.start();
    expect(chat).toMatchObject({ state: 'waiting', offeredTo: null });
    expect(await acme.lastDecision(chat.id)).toMatchObject({ outcome: 'nobody-works-channel' });
    await acme.replaceCard('ada', {});
    expect(await acme.chat(chat.id)).toMatchObject({ state: 'offered', offeredTo: { agentIds: ['ada'] } });
  });

  test('is made to 300 agents as to two, and one of them has it', async () => {
    const acme = await world.project({ settings: ALL });
    const ids = await crowd(acme, 300);
    const chat = await acme.start();
    expect(chat.offeredTo?.agentIds).toEqual(ids);
    expect((await acme.chat(chat.id)).offeredTo?.agentIds).toEqual(ids);
    expect((await acme.accept('agent-0299', chat.id)).status).toBe(200);
    expect((await acme.accept('agent-0000', chat.id)).body).toMatchObject({ code: 'already-taken' });
  });

  test('stays one when somebody becomes available, settings change or time goes by', async () => {
    const acme = await world.project({
      agents: { ada: { status: 'offline' }, ben: { status: 'busy' } },
      settings: SMART,
    });
    const chat = await acme.start();
    await acme.setStatus('ada', 'online');
    await acme.hire('cleo');
    await acme.settings({ newVisitors: { policy: 'queue-position' } });
    await world.advance(3_600);
    expect(await acme.chat(chat.id)).toEqual(chat);
    expect(await acme.agent('ada')).toMatchObject({ load: 0 });
  });

  test('is what its visitor gets back, without a word of whom it was offered to', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} }, settings: ALL });
    const first = await acme.visit();
    expect(first).toMatchObject({ status: 201, chat: { state: 'offered', agent: null, waitingSince: null } });
    expect(first.chat).not.toHaveProperty('position');
    const as = acme.visitor(first.token);
    const read = await acme.must('readChat', { as, params: { chatId: first.chat.id } });
    expect(visitorChatView.parse(read.body)).toEqual(first.chat);
    for (const word of ['ada', 'ben', 'offeredTo', 'all', 'agentId']) expect(read.text).not.toContain(word);
    expect(await acme.visit(first.token)).toEqual({ ...first, status: 200 });
    expect(await acme.chats()).toHaveLength(1);
  });

  test('closed by its visitor or an operator charges nobody and can no longer be accepted', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: ALL });
    const { chat, token } = await acme.visit();
    const other = await acme.start();
    const params = { chatId: chat.id };
    expect((await acme.ask('closeChat', { as: await acme.as.agent('ada'), params })).body).toMatchObject({
      code: 'not-your-chat',
    });
    await acme.must('closeChat', { as: acme.visitor(token), params });
    await acme.closeChat(other.id);
    expect(await acme.chat(chat.id)).toMatchObject({
      state: 'closed',
      closedAs: 'closed-by-visitor',
      agentId: null,
      offeredTo: null,
      version: 3,
    });
    expect((await acme.accept('ada', chat.id)).body).toMatchObject({ code: 'state-forbids' });
    expect(await acme.agent('ada')).toMatchObject({ load: 0, openChats: 0, lastClosedAt: null });
    expect((await acme.chat((await acme.visit(token)).chat.id)).returning).toBe(false);
  });

  test('keeps its channel in use', async () => {
    const acme = await world.project({ agents: { ada: {} }, settings: ALL });
    await acme.start();
    const { body } = await acme.ask('deleteChannel', { params: { channelId: 'web' } });
    expect(body).toMatchObject({ code: 'channel-in-use', detail: expect.stringContaining('offered') });
  });

  test('is told on the event bus: created, offered, and then assigned, each with the version it made', async () => {
    const acme = await world.project({ agents: { ada: { status: 'offline' } }, settings: ALL });
    const { id } = await acme.start();
    await acme.accept('ada', id);
    const events = (await acme.events()).filter(({ detail }) => detail.chatId === id);
    expect(events.map(event => [event['detail-type'], event.detail.eventId])).toEqual([
      ['ChatCreated', `${id}#1`],
      ['ChatOffered', `${id}#2`],
      ['ChatAssigned', `${id}#3`],
    ]);
    expect(events[1]?.detail).toMatchObject({ state: 'offered', groupId: null, agents: 1, versionBefore: 1 });
    expect(events[2]?.detail).toMatchObject({ agentId: 'ada', method: 'accepted', versionAfter: 3 });
  });
});
