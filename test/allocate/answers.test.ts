import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId, Instant } from '../../domain/brands.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import type { Table } from '../../functions/store/client.ts';
import { watchForAnswers } from '../../functions/store/deadlines.ts';
import { firstMessage } from '../../functions/store/messages.ts';
import { agent, LINE_1, NOW, openChat, waitingChat } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  afterOthers,
  conflict,
  failsAs,
  isTransaction,
  type Matches,
  queries,
  throttled,
  timedOutAfter,
} from '../support/faults.ts';
import { expectConsistent, expectInOrder } from '../support/in-order.ts';
import { ACME, openWorld, putRows, team, type World } from '../support/world.ts';

/** What a time-out saw is checked in the write itself: whoever does something in that moment wins. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const MINUTE_MS = 60_000;
const say = (world: World, chatId: ChatId, as: 'operator' | { agent: string }) =>
  world.call('postMessage', { params: { chatId }, as, body: { text: 'well' } });

/** Ada has a chat of a visitor who waits for an answer, or who gives none; both time-outs come after five minutes. */
async function open(lastFrom: 'visitor' | 'agent') {
  const world = await openWorld(engine);
  await world.put({
    agents: [agent({ id: 'ada' }), agent({ id: 'ben', openChats: 0, lastClosed: '15:00' })],
    settings: { changeAgentMinutes: 5, closeAfterLastMessageMinutes: 5 },
  });
  const { body } = await world.start({ message: 'Hello?' });
  const { id } = body.chat;
  if (lastFrom === 'agent') await say(world, id, { agent: 'ada' });
  return { world, id };
}

/** The minute in which the time is up. */
async function timeIsUp(world: World) {
  world.clock.now = (world.clock.now + 5 * MINUTE_MS) as Instant;
  await world.minute();
}

async function chatOf(world: World, id: ChatId) {
  const stored = (await world.standing()).chats.find(({ chat }) => chat.id === id);
  if (stored === undefined) throw new Error('there is no such chat');
  return stored.chat;
}

/** The transaction that moves or closes the chat. */
const acts: Matches = isTransaction;

describe('in the moment the time is up', () => {
  test.each([
    ['moved', 'visitor', { state: 'open', agentId: 'ben' }],
    ['closed', 'agent', { state: 'closed', closedAs: 'no-answer' }],
  ] as const)('nobody does anything, and the chat is %s', async (_, lastFrom, expected) => {
    const { world, id } = await open(lastFrom);
    await timeIsUp(world);
    expect(await chatOf(world, id)).toMatchObject(expected);
    await expectInOrder(world);
  });

  test.each(['visitor', 'agent'] as const)(
    'somebody answers, and the chat stays (last word: %s)',
    async lastFrom => {
      const { world, id } = await open(lastFrom);
      const as = lastFrom === 'visitor' ? { agent: 'ada' } : ('operator' as const);
      world.door.next(
        acts,
        afterOthers(() => say(world, id, as)),
      );
      await timeIsUp(world);
      expect(world.door.isThrough()).toBe(true);
      expect(await chatOf(world, id)).toMatchObject({ state: 'open', agentId: 'ada' });
      await expectInOrder(world);
    },
  );

  test.each(['visitor', 'agent'] as const)('it is put on hold, and stays (last word: %s)', async lastFrom => {
    const { world, id } = await open(lastFrom);
    world.door.next(
      acts,
      afterOthers(() => world.hold(id)),
    );
    await timeIsUp(world);
    expect(await chatOf(world, id)).toMatchObject({ state: 'held', agentId: 'ada' });
    await expectInOrder(world);
  });

  test.each(['visitor', 'agent'] as const)('it is closed, once (last word: %s)', async lastFrom => {
    const { world, id } = await open(lastFrom);
    world.door.next(
      acts,
      afterOthers(() => world.close(id)),
    );
    await timeIsUp(world);
    expect(await chatOf(world, id)).toMatchObject({ state: 'closed', closedAs: 'closed-by-operator' });
    await expectInOrder(world);
  });

  test('the other agent goes offline, and the chat stays', async () => {
    const { world, id } = await open('visitor');
    world.door.next(
      acts,
      afterOthers(() => world.setStatus('ben', 'offline')),
    );
    await timeIsUp(world);
    expect(await chatOf(world, id)).toMatchObject({ state: 'open', agentId: 'ada' });
    expect((await world.standing()).agents.map(({ missedChats }) => missedChats)).toEqual([0, 0]);
    await expectInOrder(world);
  });

  test.each([
    ['the write conflicts', conflict],
    ['the table has no capacity', throttled],
    ['the answer is lost', timedOutAfter],
  ])('%s, and it is done once', async (_, fault) => {
    const { world, id } = await open('visitor');
    world.door.next(acts, fault);
    await timeIsUp(world);
    expect(await chatOf(world, id)).toMatchObject({ state: 'open', agentId: 'ben' });
    const ada = (await world.standing()).agents.find(one => one.id === 'ada');
    expect(ada?.missedChats).toBe(1);
    await expectInOrder(world);
  });

  test('two minutes come at once, and it is done once', async () => {
    const { world, id } = await open('visitor');
    world.clock.now = (world.clock.now + 5 * MINUTE_MS) as Instant;
    await Promise.all([world.minute(), world.minute()]);
    expect((await chatOf(world, id)).assignments).toHaveLength(2);
    await expectInOrder(world);
  });

  test.each(['visitor', 'agent'] as const)(
    'the process dies after any call, and the next minute does it (last word: %s)',
    async lastFrom => {
      for (let calls = 0; calls < 40; calls += 1) {
        const { world, id } = await open(lastFrom);
        world.clock.now = (world.clock.now + 5 * MINUTE_MS) as Instant;
        world.door.dieAfter(calls);
        await world.minute().catch(() => {});
        const died = world.door.hasDied();
        await world.door.mend();
        await expectConsistent(world, { calls });
        await world.passMinute();
        const chat = await chatOf(world, id);
        expect({ calls, moved: chat.assignments.length, state: chat.state }).toEqual(
          lastFrom === 'visitor' ? { calls, moved: 2, state: 'open' } : { calls, moved: 1, state: 'closed' },
        );
        await expectInOrder(world, { calls });
        if (!died) return;
      }
      throw new Error('the minute was not done after 40 calls');
    },
  );
});

test('under member-order the rotation goes on from the agent that the chat was moved to', async () => {
  const world = await openWorld(engine);
  const inOrder = ['ada', 'ben', 'cleo'].map((id, index) => agent({ id, memberOrder: index + 1 }));
  await world.put({
    agents: inOrder,
    settings: { changeAgentMinutes: 5, newVisitors: { policy: 'member-order', onNobody: null } },
  });
  const { body } = await world.start({ message: 'Hello?' });
  await timeIsUp(world);
  expect(await chatOf(world, body.chat.id)).toMatchObject({ agentId: 'ben' });
  const next = await world.start();
  expect(await chatOf(world, next.body.chat.id)).toMatchObject({ agentId: 'cleo' });
  await expectInOrder(world);
});

test('a chat that nobody answers is moved after each of its times, and not a minute later', async () => {
  const world = await openWorld(engine);
  await world.put({
    agents: [agent({ id: 'ada' }), agent({ id: 'ben', lastClosed: '15:00' })],
    settings: { changeAgentMinutes: 1, changeAgentMaxMoves: 3 },
  });
  const { body } = await world.start({ message: 'Hello?' });
  for (let minute = 1; minute <= 3; minute += 1) {
    world.clock.now = (NOW + minute * MINUTE_MS) as Instant;
    world.door.next(queries(/#ROSTER$/), async carryOut => {
      world.clock.now = (world.clock.now + 15) as Instant;
      return carryOut();
    });
    await world.minute();
  }
  const { assignments } = await chatOf(world, body.chat.id);
  expect(assignments.map(({ agentId }) => agentId)).toEqual(['ada', 'ben', 'ada', 'ben']);
});

test('chats that are due together are moved in the order of the ranking, each seeing those before it', async () => {
  const world = await openWorld(engine);
  const settings = { changeAgentMinutes: 5 };
  await world.put({ agents: [agent({ id: 'ada', maxLoad: null })], settings });
  const started = await Promise.all(Array.from({ length: 12 }, () => world.start({ message: 'Hello?' })));
  await world.put({ agents: [agent({ id: 'ben' }), agent({ id: 'cleo' }), agent({ id: 'dan' })] });
  await timeIsUp(world);
  const { standing } = await expectInOrder(world);
  const moved = started.map(({ body }) => standing.chats.find(({ chat }) => chat.id === body.chat.id));
  expect(moved.map(one => one?.chat.assignments.at(-1)?.method)).toEqual(moved.map(() => 'changed-agent'));
  expect(standing.agents.map(({ id, openChats }) => [id, openChats])).toEqual([
    ['ada', 0],
    ['ben', 4],
    ['cleo', 4],
    ['dan', 4],
  ]);
});

test('all that are due at once are handled in that minute, however many of one agent’s', async () => {
  const world = await openWorld(engine);
  await world.put({ agents: team(4, { maxLoad: null }), settings: { closeAfterLastMessageMinutes: 5 } });
  const started = await Promise.all(Array.from({ length: 120 }, () => world.start()));
  await Promise.all(started.map(({ body }) => say(world, body.chat.id, 'operator')));
  await timeIsUp(world);
  const { standing } = await expectInOrder(world);
  expect(standing.chats.filter(({ chat }) => chat.state === 'closed')).toHaveLength(120);
  expect(standing.agents.map(({ load }) => load)).toEqual([0, 0, 0, 0]);
});

test('what does not fit the time of one call goes on in the worker and in the next minutes, and nothing is lost', async () => {
  let elapsedMs = 0;
  // Each look at the time, there is one for each chat, finds a second gone.
  const world = await openWorld(engine, table => ({ ...table, elapsedMs: () => (elapsedMs += 1_000) }));
  await world.put({ agents: team(4, { maxLoad: null }), settings: { closeAfterLastMessageMinutes: 5 } });
  const started = await Promise.all(Array.from({ length: 70 }, () => world.start()));
  await Promise.all(started.map(({ body }) => say(world, body.chat.id, 'operator')));
  const closed = async () =>
    (await world.standing()).chats.filter(({ chat }) => chat.state === 'closed').length;
  const perCall = BOUNDS.timersBudgetMs / 1_000;

  await timeIsUp(world);
  expect(await closed()).toBe(perCall);
  expect(world.queue.filter(({ kind }) => kind === 'run-timers')).toHaveLength(1);
  await world.deliver();
  expect(await closed()).toBe(2 * perCall);
  expect(world.queue).toEqual([]);
  for (let minute = 1; minute <= 2; minute += 1) await world.passMinute();
  expect(await closed()).toBe(70);
  const { standing } = await expectInOrder(world);
  expect(standing.agents.map(({ load }) => load)).toEqual([0, 0, 0, 0]);
});

describe('what is due at the same time', () => {
  /** Each look at the time, there is one for each thing that is due, finds a second gone. */
  const openHasty = () => {
    let elapsedMs = 0;
    return openWorld(engine, table => ({ ...table, elapsedMs: () => (elapsedMs += 1_000) }));
  };

  async function silent(world: World, count: number) {
    const started = await Promise.all(Array.from({ length: count }, () => world.start()));
    await Promise.all(started.map(({ body }) => say(world, body.chat.id, 'operator')));
    return started.map(({ body }) => body.chat.id).sort();
  }

  test('is done for agents first: no schedule waits for the answers of chats', async () => {
    const world = await openHasty();
    const hours = [{ days: ['mon' as const], from: '16:05', to: '23:00' }];
    const nextEdgeAt = (world.clock.now + 5 * MINUTE_MS + 1_000) as Instant;
    const schedule = { timeZone: 'UTC', hours };
    await world.put({
      agents: [...team(4, { maxLoad: null }), agent({ id: 'olga', status: 'offline', schedule, nextEdgeAt })],
      settings: { closeAfterLastMessageMinutes: 5 },
    });
    await silent(world, 70);
    world.clock.now = (world.clock.now + MINUTE_MS) as Instant;
    await timeIsUp(world);
    const { agents, chats } = await world.standing();
    expect(agents.find(({ id }) => id === 'olga')?.status).toBe('online');
    expect(chats.filter(({ chat }) => chat.state === 'open').length).toBeGreaterThan(0);
  });

  test('goes on in the worker also where one of them fails', async () => {
    const world = await openHasty();
    await world.put({ agents: team(4, { maxLoad: null }), settings: { closeAfterLastMessageMinutes: 5 } });
    const [unreadable] = await silent(world, 70);
    world.door.always(
      ({ name, input }) =>
        name === 'Query' && JSON.stringify(Object(input).ExpressionAttributeValues).includes(`${unreadable}`),
      failsAs('ValidationException'),
    );
    await expect(timeIsUp(world)).rejects.toThrow('a part of the minute failed');
    expect(world.queue.filter(({ kind }) => kind === 'run-timers')).toHaveLength(1);
  });

  test('gives the room of a closed chat to the one that waits longest, not to one that is to be moved', async () => {
    const world = await openWorld(engine);
    await world.put({
      agents: [agent({ id: 'ada', maxLoad: 0 }), agent({ id: 'ben', maxLoad: 1 })],
      settings: { changeAgentMinutes: 5, closeAfterLastMessageMinutes: 5 },
    });
    const bens = (await world.start({ message: 'Hello?' })).body.chat;
    await say(world, bens.id, { agent: 'ben' });
    const waiting = (await world.start({ message: 'Hello?' })).body.chat;
    const adas = openChat({
      id: world.context.newId.chat(world.clock.now),
      assignedAt: world.clock.now,
      createdAt: world.clock.now,
    });
    await world.put({
      agents: [agent({ id: 'ada', maxLoad: 0, load: 1, chatIds: [adas.id] })],
      open: [adas],
    });
    await putRows(world.table, unanswered(world, adas.id));
    await timeIsUp(world);
    const states = await Promise.all([bens.id, waiting.id, adas.id].map(id => chatOf(world, id)));
    expect(states).toMatchObject([{ state: 'closed' }, { agentId: 'ben' }, { agentId: 'ada' }]);
  });

  test('is moved though one of them is changed all the time', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [agent({ id: 'ada', maxLoad: null })], settings: { changeAgentMinutes: 5 } });
    const started = await Promise.all(Array.from({ length: 4 }, () => world.start({ message: 'Hello?' })));
    await world.put({ agents: [agent({ id: 'ben', maxLoad: null })] });
    const [busy, ...others] = started.map(({ body }) => body.chat.id).sort();
    world.door.always(
      ({ name, input }) => name === 'TransactWrite' && JSON.stringify(input).includes(`#CHAT#${busy}`),
      conflict,
    );
    await timeIsUp(world);
    for (const id of others) expect(await chatOf(world, id)).toMatchObject({ agentId: 'ben' });
    await world.door.mend();
    expect(await chatOf(world, busy as ChatId)).toMatchObject({ agentId: 'ada' });
  });

  /** The visitor of a chat has written, and the sweep watches it. */
  function unanswered(world: World, chatId: ChatId) {
    const at = world.clock.now;
    const message = { chatId, number: 1, text: 'Hello?', from: 'visitor' as const, agentId: null, at };
    const timeouts = { changeAgentMinutes: 5, changeAgentMaxMoves: 3, closeAfterLastMessageMinutes: 5 };
    const chat = waitingChat({ id: chatId, createdAt: at });
    const writes = [
      firstMessage(world.table, ACME, message),
      ...watchForAnswers(world.table, timeouts, chat),
    ];
    return writes.flatMap(({ Put }) => (Put?.Item === undefined ? [] : [Put.Item]));
  }
});

describe('a chat that is queued for a group when its time is up', () => {
  async function queued(changeAgentMinutes: number) {
    const world = await openWorld(engine);
    await world.put({
      groups: [LINE_1],
      agents: [
        agent({ id: 'ada' }),
        agent({ id: 'ben', lastClosed: '15:00' }),
        agent({ id: 'cleo', groups: [LINE_1], status: 'offline' }),
      ],
      settings: { changeAgentMinutes },
    });
    const { body } = await world.start({ message: 'Hello?' });
    await world.job('start');
    return { world, id: body.chat.id };
  }

  async function pass(world: World, minutes: number) {
    for (let minute = 0; minute < minutes; minute += 1) await world.passMinute();
  }

  test('is moved soon after nobody of the group was there', async () => {
    const { world, id } = await queued(60);
    world.clock.now = (world.clock.now + 60 * MINUTE_MS - 2_000) as Instant;
    await world.transfer(id, { groupId: LINE_1.id });
    await pass(world, 2);
    expect(await chatOf(world, id)).toMatchObject({ agentId: 'ben', transfer: null });
    await expectInOrder(world);
  });

  test('is moved, and stays queued, while the job is stopped', async () => {
    const { world, id } = await queued(5);
    await world.transfer(id, { groupId: LINE_1.id });
    await world.job('stop');
    await pass(world, 2);
    expect(await chatOf(world, id)).toMatchObject({ agentId: 'ada' });
    await pass(world, 6);
    expect(await chatOf(world, id)).toMatchObject({ agentId: 'ben', transfer: { groupId: LINE_1.id } });
    await expectInOrder(world);
  });
});

describe('a time-out that is switched on', () => {
  async function begun(count: number, meter?: (table: Table) => Table) {
    const world = await openWorld(engine, meter);
    await world.put({ agents: team(3, { maxLoad: null }) });
    const started = await Promise.all(Array.from({ length: count }, () => world.start()));
    await Promise.all(started.map(({ body }) => say(world, body.chat.id, 'operator')));
    await world.switchTo({ closeAfterLastMessageMinutes: 5 });
    return world;
  }
  const statesOf = async (world: World) =>
    new Set((await world.standing()).chats.map(({ chat }) => chat.state));

  test('reaches the chats there are, though what was sent for it is lost', async () => {
    const world = await begun(3);
    world.queue.length = 0;
    await expectConsistent(world);
    for (let minute = 0; minute < 8; minute += 1) await world.passMinute();
    expect(await statesOf(world)).toEqual(new Set(['closed']));
    await expectInOrder(world);
  });

  test('reaches all of very many, over several calls', async () => {
    let elapsedMs = 0;
    // Each look at the time finds half of what a call has gone.
    const half = BOUNDS.timersBudgetMs / 2 + 1;
    const world = await begun(3, table => ({
      ...table,
      client: { send: oneRowPages(table) } as never,
      elapsedMs: () => (elapsedMs += half),
    }));
    for (let minute = 0; minute < 12; minute += 1) await world.passMinute();
    expect(await statesOf(world)).toEqual(new Set(['closed']));
    expect((await world.standing()).isWatching).toBe(false);
  });

  /** The lists come in pages of one row. */
  function oneRowPages({ client }: Table) {
    return (command: { input: Record<string, unknown> }) => {
      if (command.input.IndexName === 'lists') command.input.Limit = 1;
      return client.send(command as never);
    };
  }
});
