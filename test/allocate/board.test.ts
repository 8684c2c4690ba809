import { afterAll, describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import type { ChannelId, Instant } from '../../domain/brands.ts';
import type { OpenChat } from '../../domain/chat.ts';
import { close } from '../../domain/verbs/close.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import type { boardFigures } from '../../functions/schemas.ts';
import { readBoard } from '../../functions/store/board-row.ts';
import { chatRowOf } from '../../functions/store/chat-row.ts';
import { boardKey } from '../../functions/store/keys.ts';
import { agent, assignment, LINE_1, LINE_2, NOW, openChat } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, type Call } from '../support/faults.ts';
import { ACME, openWorld, putRows, type Reply, team, type World, waitingLine } from '../support/world.ts';

/** What the board counts of many chats, and what it costs that many look at it: counts, not times. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const look = (world: World) => world.call('readBoard');
const tenLook = (world: World) => Promise.all(Array.from({ length: 10 }, () => look(world)));
const countsIn = (calls: readonly Call[]) => calls.filter(isSaveOfBoard).length;
const isSaveOfBoard = ({ name, input }: Call) => name === 'Put' && 'figures' in Object(Object(input).Item);
const beginsCount = ({ name, input }: Call) =>
  name === 'Update' && String(Object(input).UpdateExpression).includes('countedUntil');

async function open() {
  const world = await openWorld(engine);
  await world.put({ agents: team(2) });
  await look(world);
  world.clock.now = (world.clock.now + BOUNDS.boardAgeMs) as Instant;
  world.door.calls.length = 0;
  return world;
}

describe('the board', () => {
  test('that ten look at, twice, is counted once', async () => {
    const world = await open();
    await tenLook(world);
    await tenLook(world);
    expect(countsIn(world.door.calls)).toBe(1);
  });

  test('is not counted again by one who read it before it was counted and comes to it after', async () => {
    const world = await open();
    world.door.next(
      beginsCount,
      afterOthers(async () => {
        await look(world);
      }),
    );
    expect((await look(world)).status).toBe(200);
    expect(world.door.isThrough()).toBe(true);
    expect(countsIn(world.door.calls)).toBe(1);
  });
});

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const pass = (world: World, ms: number) => {
  world.clock.now = (world.clock.now + ms) as Instant;
};
const figuresIn = async (world: World) => (await look(world)).body as unknown as z.infer<typeof boardFigures>;

/** So many chats that an agent got at that moment, each after a wait of so long. */
function given(world: World, count: number, agoMs: number, chat: Partial<OpenChat> = {}, waitedMs = 5_000) {
  const assignedAt = (world.clock.now - agoMs) as Instant;
  const createdAt = (assignedAt - waitedMs) as Instant;
  return Array.from({ length: count }, () =>
    openChat({
      id: world.context.newId.chat(createdAt),
      createdAt,
      assignedAt,
      assignments: [assignment({ at: assignedAt })],
      ...chat,
    }),
  );
}

async function openWith(chatsOf: (world: World) => readonly OpenChat[], isOver = (_: OpenChat) => false) {
  const world = await openWorld({ ...engine, openTable: () => engine.openTable({ withStream: false }) });
  const rows = chatsOf(world)
    .map(chat => (isOver(chat) ? close(chat, 'closed-by-agent', chat.assignedAt) : chat))
    .map(chat => chatRowOf({ chat, token: null, firstDecision: null }));
  await putRows(world.table, rows);
  return world;
}

describe('of more waits than are kept', () => {
  test('those that ended last are, whatever became of the chats', async () => {
    const halfAnHour = 30 * MINUTE_MS;
    const world = await openWith(
      own => [
        ...given(own, BOUNDS.boardWaitsMax + 100, halfAnHour),
        ...given(own, 20, 20 * SECOND_MS, {}, 8_000),
      ],
      chat => chat.createdAt < NOW - MINUTE_MS,
    );
    const first = await figuresIn(world);
    expect(first.assignments).toEqual({ lastMinute: 20, lastHour: BOUNDS.boardWaitsMax + 120 });
    pass(world, 3 * SECOND_MS);
    expect(await figuresIn(world)).toEqual({ ...first, at: expect.any(String) });
  });

  test('the others are still counted for a minute and for an hour', async () => {
    const many = 2 * BOUNDS.boardWaitsMax;
    const world = await openWith(own => [
      ...given(own, many / 2, 40 * SECOND_MS),
      ...given(own, many / 2, 20 * SECOND_MS),
    ]);
    const counts: unknown[] = [];
    for (const ms of [0, 3, 21, 21, 60, 3_480].map(seconds => seconds * SECOND_MS)) {
      pass(world, ms);
      counts.push((await figuresIn(world)).assignments);
    }
    expect(counts).toEqual([
      { lastMinute: many, lastHour: many },
      { lastMinute: many, lastHour: many },
      { lastMinute: many / 2, lastHour: many },
      { lastMinute: 0, lastHour: many },
      { lastMinute: 0, lastHour: many },
      { lastMinute: 0, lastHour: 0 },
    ]);
  });
});

test('the board’s row keeps the paces of the lines that most go through, and no more of them', async () => {
  const lines = Array.from({ length: BOUNDS.boardLinesMax + 1 }, (_, index) => ({
    channelId: `web-${index}` as ChannelId,
    turns: index + 3,
  }));
  const world = await openWith(own =>
    lines.flatMap(({ channelId, turns }) =>
      Array.from({ length: turns + 1 }, (_, turn) => turn).flatMap(turn =>
        given(own, 1, 30 * MINUTE_MS - turn * SECOND_MS, { channelId }, 5 * MINUTE_MS),
      ),
    ),
  );
  await look(world);
  const { paces = [] } = (await readBoard(world.table, ACME)) ?? {};
  const busiest = lines.slice(1).toReversed();
  expect(paces.map(({ channelId, turns }) => ({ channelId, turns }))).toEqual(busiest);
});

describe('the time with a bot', () => {
  const toLine1 = async (world: World, { body }: Reply) =>
    (await world.transfer(body.chat.id, { groupId: LINE_1.id }, { as: 'bot' })).body.outcome;

  test('is no wait, and no estimate is made from it', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [agent({ id: 'ada', groups: [LINE_1], maxLoad: null })], groups: [LINE_1] });
    const withBot = () => world.start({ withBot: true, message: 'Hello?' });
    const begun = await Promise.all(Array.from({ length: 5 }, withBot));
    for (const one of begun) {
      pass(world, 10 * MINUTE_MS);
      expect(await toLine1(world, one)).toBe('transferred');
    }
    expect(await figuresIn(world)).toMatchObject({
      assignments: { lastHour: 5 },
      timeToAssign: { p50Seconds: null, p95Seconds: null },
    });
    await world.setStatus('ada', 'rest');
    pass(world, BOUNDS.estimateAgeMs);
    const next = await withBot();
    expect(await toLine1(world, next)).toBe('waiting');
    expect((await glance(world, next)).body).toMatchObject({ state: 'waiting', estimatedWaitSeconds: null });
  });
});

const glance = (world: World, { body }: Reply) =>
  world.call('readChat', { params: { chatId: body.chat.id }, as: { visitor: body.visitorToken } });

describe('a visitor who waits', () => {
  test('is told by how those moved who waited where it waits, wherever they were passed on to', async () => {
    const world = await openWorld(engine);
    await world.put({
      agents: [agent({ id: 'ada', maxLoad: 0, groups: [LINE_1] })],
      groups: [LINE_1, LINE_2],
      primary: LINE_1,
    });
    await world.switchTo({ newVisitors: { policy: 'group', onNobody: 'wait' } });
    const turns = [40, 30, 20, 10].flatMap(minutes => {
      const at = (world.clock.now - minutes * MINUTE_MS) as Instant;
      const assignments = [assignment({ at }), assignment({ at: NOW, method: 'transfer' })];
      const passedOn = { asked: LINE_1.id, groupId: LINE_2.id, assignments };
      return given(world, 1, minutes * MINUTE_MS, passedOn, 15 * MINUTE_MS);
    });
    await world.put({ open: turns });
    const { body } = await world.start();
    expect(body.chat).toMatchObject({ state: 'waiting', position: 1, estimatedWaitSeconds: 600 });
  });

  test('reads the board’s row and the line, neither strongly, and not what the count goes on from', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [agent({ id: 'ada', maxLoad: 0 })] });
    await world.put({ waiting: waitingLine(world, BOUNDS.lineHeadRows + 10) });
    const own = await world.start();
    expect((await glance(world, own)).body).toMatchObject({ position: BOUNDS.lineHeadRows + 11 });
    world.door.calls.length = 0;
    await glance(world, own);
    const [chat, ...rest] = world.door.calls;
    expect(chat).toMatchObject({ name: 'Query' });
    expect(
      new Set(rest.map(({ name, input }) => ({ name, strongly: input.ConsistentRead, key: input.Key }))),
    ).toEqual(
      new Set([
        { name: 'Query', strongly: false, key: undefined },
        { name: 'Get', strongly: false, key: boardKey(ACME) },
      ]),
    );
  });
});
