import { afterAll, describe, expect, test } from '@jest/globals';
import type { AgentId, ChatId } from '../../domain/brands.ts';
import type { Settings } from '../../domain/settings.ts';
import { agent, channel, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, type Fault, isTransaction, makesAnOffer, puts, throttled } from '../support/faults.ts';
import { expectInOrder } from '../support/in-order.ts';
import { decisionsAbout } from '../support/standing.ts';
import { openWorld, team, type World, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const FOR_ALL = { newVisitors: { policy: 'all', onNobody: null } } as const;
const SMART = { newVisitors: { policy: 'smart', onNobody: null } } as const;
const BY_GROUP = { newVisitors: { policy: 'group', onNobody: null } } as const;
const idAt = (index: number) => `agent-${String(index).padStart(4, '0')}`;

/** A chat that is offered to so many agents. */
async function openOffer(count: number, settings: Partial<Settings> = FOR_ALL) {
  const world = await openWorld(engine);
  await world.put({ agents: team(count, { maxLoad: 1 }), settings });
  const { body } = await world.start();
  expect(body.chat.state).toBe('offered');
  return { world, chatId: body.chat.id };
}

/** A chat that is offered to the two of line 1, who are away; Cy of line 2 is free. */
async function openGroupOffer() {
  const world = await openWorld(engine);
  const away = { groups: [LINE_1], status: 'offline' as const };
  await world.put({
    settings: BY_GROUP,
    primary: LINE_1,
    groups: [LINE_1, LINE_2],
    agents: [
      agent({ id: 'ada', ...away }),
      agent({ id: 'bo', ...away }),
      agent({ id: 'cy', groups: [LINE_2] }),
    ],
  });
  const { body } = await world.start();
  expect(body.chat.state).toBe('offered');
  return { world, chatId: body.chat.id };
}

const chatOf = async (world: World, id: ChatId) =>
  (await world.standing()).chats.find(({ chat }) => chat.id === id)?.chat;
const outcomesOf = async (world: World, id: ChatId) =>
  decisionsAbout(await world.standing(), id).map(({ outcome }) => outcome);
const onWriting: Parameters<World['door']['next']>[0] = isTransaction;

describe('an offered chat', () => {
  test.each([2, 12])(
    'that %i accept at once has exactly one winner; the others are told who was faster',
    async count => {
      const { world, chatId } = await openOffer(count);
      const replies = await Promise.all(
        Array.from({ length: count }, (_, index) => world.accept(chatId, idAt(index))),
      );
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
      const lost = replies.filter(({ status }) => status !== 200);
      expect(new Set(lost.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
        new Set(['409 already-taken']),
      );
      const { standing } = await expectInOrder(world);
      expect(standing.agents.filter(one => one.openChats > 0)).toHaveLength(1);
      expect(standing.chats[0]?.chat.assignments).toMatchObject([{ method: 'accepted', decisionId: null }]);
      // What the losers are told is the name, and nothing else about the chat.
      const { chat: _, ...told } = lost[0]?.body ?? { chat: undefined };
      expect(Object.keys(told).sort()).toEqual(['code', 'detail', 'instance', 'status', 'title', 'type']);
    },
  );

  test('accepted twice by the same agent is its own, once', async () => {
    const { world, chatId } = await openOffer(3);
    const both = await Promise.all([world.accept(chatId, idAt(1)), world.accept(chatId, idAt(1))]);
    expect(both.map(({ body }) => body.outcome).sort()).toEqual(['accepted', 'already-yours']);
    await expectInOrder(world);
  });

  test('may be accepted above the limit, unless the project says otherwise', async () => {
    const { world, chatId } = await openOffer(2);
    await world.switchTo({ ...FOR_ALL, acceptWithinLimit: true });
    const { body } = await world.start();
    expect((await world.accept(chatId, idAt(0))).status).toBe(200);
    expect((await world.accept(body.chat.id, idAt(0))).body.code).toBe('no-room');
    await world.switchTo(FOR_ALL);
    expect((await world.accept(body.chat.id, idAt(0))).status).toBe(200);
    const { standing } = await expectInOrder(world);
    expect(standing.agents[0]).toMatchObject({ load: 2, vacancy: -1 });
  });

  test('is not for those who join the team, or the group, later', async () => {
    const { world, chatId } = await openGroupOffer();
    await world.edit('cy', { groups: ['line-1'] });
    expect((await world.accept(chatId, 'cy')).body.code).toBe('not-offered');
    expect((await world.accept(chatId, 'bo')).status).toBe(200);
    await expectInOrder(world);
  });

  test('stays an offer when somebody becomes available, or the policy changes', async () => {
    const { world, chatId } = await openGroupOffer();
    await world.setStatus('ada', 'online');
    await world.switchTo({});
    await world.passMinute();
    expect((await chatOf(world, chatId))?.state).toBe('offered');
    await expectInOrder(world);
  });

  test('says why it was offered: nobody online is not the same as all full', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(2, { maxLoad: 0 }), settings: SMART });
    const full = await world.start();
    for (const one of team(2)) await world.setStatus(one.id, 'busy');
    const away = await world.start();
    const standing = await world.standing();
    const why = [full, away].map(({ body }) => decisionsAbout(standing, body.chat.id)[0]?.offeredBecause);
    expect(why).toEqual(['all-full', 'nobody-online']);
  });

  test('by a group never goes beyond it', async () => {
    const { world, chatId } = await openGroupOffer();
    const chat = await chatOf(world, chatId);
    const { offerees } = await world.standing();
    expect(chat).toMatchObject({
      state: 'offered',
      groupId: 'line-1',
      offer: { groupId: 'line-1', agents: 2 },
    });
    expect([...offerees.values()]).toEqual([['ada', 'bo']]);
    expect((await world.accept(chatId, 'cy')).body.code).toBe('not-offered');
  });

  test('by a group that was asked for goes to that one', async () => {
    const { world } = await openGroupOffer();
    await world.setStatus('cy', 'offline');
    const { body } = await world.start({ groupId: 'line-2' });
    expect(await chatOf(world, body.chat.id)).toMatchObject({
      state: 'offered',
      groupId: 'line-2',
      asked: 'line-2',
    });
    await expectInOrder(world);
  });

  test('closed by its visitor is nobody’s', async () => {
    const { world, chatId } = await openOffer(2);
    expect((await world.close(chatId)).status).toBe(200);
    expect((await world.accept(chatId, idAt(0))).body.code).toBe('state-forbids');
    const { standing } = await expectInOrder(world);
    expect(standing.offers).toEqual([]);
  });
});

describe('of an accept and what happens in the same moment', () => {
  /** Runs the other just before the accept is written, and the other way round. */
  const ORDERS = ['the other first', 'the accept first', 'both at once'] as const;
  async function race(
    world: World,
    order: (typeof ORDERS)[number],
    accept: () => Promise<unknown>,
    other: () => Promise<unknown>,
  ) {
    if (order === 'both at once') return Promise.all([accept(), other()]);
    const [outer, inner] = order === 'the other first' ? [accept, other] : [other, accept];
    world.door.next(onWriting, afterOthers(inner));
    await outer();
    expect(world.door.isThrough()).toBe(true);
    return [];
  }

  test.each(ORDERS)('and a close (%s) one stands, and nothing is charged for the other', async order => {
    const { world, chatId } = await openOffer(2);
    await race(
      world,
      order,
      () => world.accept(chatId, idAt(0)),
      () => world.close(chatId),
    );
    const { standing } = await expectInOrder(world);
    // A close that comes after the accept closes the chat in its agent's hands.
    expect(standing.chats[0]?.chat.state).toBe('closed');
    expect(standing.agents.map(one => one.load)).toEqual([0, 0]);
  });

  test.each(ORDERS)('and the agent’s deactivation (%s): no inactive agent gets it', async order => {
    const { world, chatId } = await openOffer(2);
    await race(
      world,
      order,
      () => world.accept(chatId, idAt(0)),
      () => world.edit(idAt(0), { active: false }),
    );
    const { standing } = await expectInOrder(world);
    const [one] = standing.agents;
    expect(one?.active).toBe(false);
    const isTaken = standing.chats[0]?.chat.state === 'open';
    // It may have been faster than its own deactivation: then the chat is there to be closed or moved.
    if (order === 'the other first') expect(isTaken).toBe(false);
    if (order === 'the accept first') expect(isTaken).toBe(true);
    expect(one?.openChats).toBe(isTaken ? 1 : 0);
  });

  test.each(ORDERS)('and the agent’s leaving of the group (%s)', async order => {
    const { world, chatId } = await openGroupOffer();
    await race(
      world,
      order,
      () => world.accept(chatId, 'ada'),
      () => world.edit('ada', { groups: ['line-2'] }),
    );
    const { standing } = await expectInOrder(world);
    const isTaken = standing.chats[0]?.chat.state === 'open';
    if (order === 'the other first') expect(isTaken).toBe(false);
    if (order === 'the accept first') expect(isTaken).toBe(true);
    expect(standing.agents.find(one => one.id === 'ada')?.groups).toEqual(['line-2']);
  });

  test.each(ORDERS)('and the deactivation of everybody else it went to (%s)', async order => {
    const { world, chatId } = await openOffer(3);
    const others = { agentIds: [idAt(1), idAt(2)], set: { active: false } };
    await race(
      world,
      order,
      () => world.accept(chatId, idAt(0)),
      () => world.call('editAgents', { body: others }),
    );
    const { standing } = await expectInOrder(world);
    expect(standing.chats[0]?.chat).toMatchObject({ state: 'open', agentId: idAt(0) });
  });
});

describe('an offer that nobody is left to accept', () => {
  test.each<[string, (world: World) => Promise<unknown>]>([
    [
      'deactivated one by one',
      async world => {
        for (const id of ['ada', 'bo']) await world.edit(id, { active: false });
      },
    ],
    [
      'deactivated together',
      world => world.call('editAgents', { body: { agentIds: ['ada', 'bo'], set: { active: false } } }),
    ],
    [
      'moved to another group',
      async world => {
        // Line 1 may not be emptied while it is needed.
        await world.switchTo({});
        await world.call('editAgents', { body: { agentIds: ['ada', 'bo'], set: { groups: ['line-2'] } } });
      },
    ],
    [
      'removed',
      async world => {
        await world.switchTo({});
        for (const agentId of ['ada', 'bo']) await world.call('deleteAgent', { params: { agentId } });
      },
    ],
    [
      'replaced',
      async world => {
        const body = { name: 'New', active: false, groups: ['line-1'] };
        for (const agentId of ['ada', 'bo']) await world.call('replaceAgent', { params: { agentId }, body });
      },
    ],
    [
      'in a group that was removed',
      async world => {
        await world.switchTo({});
        await world.call('deleteGroup', { params: { groupId: 'line-1' } });
      },
    ],
  ])('because they were %s goes back to waiting at once, and is given out by the rule', async (_, remove) => {
    const { world, chatId } = await openGroupOffer();
    await remove(world);
    const { standing } = await expectInOrder(world);
    const chat = standing.chats[0]?.chat;
    expect(standing.offers).toEqual([]);
    // Under policy group nobody of line 1 is left; under the default Cy takes it.
    const isByGroup = standing.project?.settings.newVisitors.policy === 'group';
    expect(chat).toMatchObject(
      isByGroup ? { state: 'waiting', groupId: 'line-1' } : { state: 'open', agentId: 'cy' },
    );
    expect(decisionsAbout(standing, chatId).map(({ outcome }) => outcome)).toEqual([
      'offered',
      isByGroup ? 'nobody-works-channel' : 'assigned',
    ]);
  });

  test('waits again in the place of its age, in front of younger ones', async () => {
    const world = await openWorld(engine);
    await world.put({
      agents: team(2, { channels: ['mail'] }),
      channels: [channel('mail')],
      settings: FOR_ALL,
    });
    const offered = await world.start({ channelId: 'mail' });
    const younger = await world.start();
    await world.call('editAgents', { body: { agentIds: 'all', set: { active: false } } });
    const { standing } = await expectInOrder(world);
    expect(standing.places.map(place => place.chatId).sort()).toEqual([
      offered.body.chat.id,
      younger.body.chat.id,
    ]);
    await world.switchTo({});
    await world.edit(idAt(0), { active: true, channels: ['web', 'mail'], maxLoad: 1 });
    expect((await chatOf(world, offered.body.chat.id))?.state).toBe('open');
    await expectInOrder(world);
  });

  test('is offered anew to whoever there is now', async () => {
    const { world, chatId } = await openOffer(2);
    await world.put({ agents: [agent({ id: 'new' })] });
    await world.call('editAgents', { body: { agentIds: [idAt(0), idAt(1)], set: { active: false } } });
    const { standing } = await expectInOrder(world);
    const chat = standing.chats[0]?.chat;
    expect(chat?.state === 'offered' && standing.offerees.get(chat.offer.id)).toEqual(['new' as AgentId]);
    expect(await outcomesOf(world, chatId)).toEqual(['offered', 'offered']);
    expect((await world.accept(chatId, 'new')).status).toBe(200);
    await expectInOrder(world);
  });

  test('is found by the minute’s sweep, where the process that took the last one away died', async () => {
    const { world } = await openOffer(1);
    const ends: Fault = throttled;
    world.door.always(puts(/#LINE\|/), ends);
    await world.edit(idAt(0), { active: false });
    expect((await world.standing()).offers).toHaveLength(1);
    await world.door.mend();
    await world.minute();
    const { standing } = await expectInOrder(world);
    expect(standing.places).toHaveLength(1);
  });

  test('because the last one was deactivated while it was being made is found by the minute’s sweep', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(1), settings: FOR_ALL });
    world.door.next(
      makesAnOffer,
      afterOthers(() => world.edit(idAt(0), { active: false })),
    );
    expect((await world.start()).body.chat.state).toBe('offered');
    await world.minute();
    const { standing } = await expectInOrder(world);
    expect(standing.chats[0]?.chat.state).toBe('waiting');
  });

  test('is left alone as long as one is left', async () => {
    const { world, chatId } = await openOffer(40);
    const most = team(39).map(one => one.id);
    await world.call('editAgents', { body: { agentIds: most, set: { active: false } } });
    await world.passMinute();
    expect((await chatOf(world, chatId))?.state).toBe('offered');
    expect((await world.accept(chatId, idAt(39))).status).toBe(200);
    await expectInOrder(world);
  });
});

describe('waiting chats', () => {
  test('are offered, all of them, when the rule says so from now on', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(3, { status: 'offline' }), waiting: waitingLine(world, 50) });
    await world.search();
    expect((await world.standing()).offers).toEqual([]);
    await world.switchTo(SMART);
    const { standing } = await expectInOrder(world);
    expect(standing.offers).toHaveLength(50);
    expect(standing.places).toEqual([]);
  });

  test('that are offered and closed at the same moment are one or the other', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(2), settings: FOR_ALL, waiting: waitingLine(world, 3) });
    const [first] = (await world.standing()).places;
    world.door.next(
      makesAnOffer,
      afterOthers(() => world.close(first?.chatId as ChatId)),
    );
    await world.search();
    const { standing } = await expectInOrder(world);
    expect(standing.chats.map(({ chat }) => chat.state).sort()).toEqual(['closed', 'offered', 'offered']);
  });

  test('wait where nobody is there to be offered them, with the reason', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(2, { active: false }), settings: FOR_ALL });
    const { body } = await world.start();
    expect(await outcomesOf(world, body.chat.id)).toEqual(['nobody-works-channel']);
    await world.edit(idAt(1), { active: true });
    expect(await outcomesOf(world, body.chat.id)).toEqual(['nobody-works-channel', 'offered']);
    await expectInOrder(world);
  });
});
