import { afterAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { agent } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, conflict, isClaim } from '../support/faults.ts';
import { overtaken, turnsTaken } from '../support/history.ts';
import { expectInOrder } from '../support/in-order.ts';
import type { Standing } from '../support/standing.ts';
import { openWorld, type World, waitingLine } from '../support/world.ts';

/** Seed 001, 2.3 (1): distribution "by the order of customer service", one after the other. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const IN_TURN = { newVisitors: { policy: 'member-order', onNobody: null } } as const;
const idAt = (index: number) => `agent-${String(index).padStart(2, '0')}`;
/** In member order, which is not that of their ids. */
const inOrder = (count: number, given: Parameters<typeof agent>[0] = {}) =>
  Array.from({ length: count }, (_, index) =>
    agent({ id: idAt(count - index), memberOrder: index + 1, ...given }),
  );
const counts = ({ agents }: Standing) => agents.map(one => one.openChats);
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

async function open(team: ReturnType<typeof inOrder>): Promise<World> {
  const world = await openWorld(engine);
  await world.put({ agents: team, settings: IN_TURN });
  return world;
}

describe('the rotation', () => {
  // A team that the first page of the index holds, one that fills it, one that is beyond it.
  test.each([
    [5, 5],
    [30, 30],
    [31, 31],
    [60, 60],
    [31, 62],
  ])(
    'under %i agents and %i concurrent starts gives everybody the next turn, once a round',
    async (size, chats) => {
      const team = inOrder(size);
      const world = await open(team);
      const replies = await Promise.all(times(chats, () => world.start()));
      expect(replies.every(({ body }) => body.chat.state === 'open' || body.chat.state === 'waiting')).toBe(
        true,
      );
      const { standing, history } = await expectInOrder(world);
      expect([...new Set(counts(standing))]).toEqual([chats / size]);
      const { id, memberOrder } = team.at(-1) ?? agent();
      expect(standing.cursor.cursor).toEqual({ agentId: id, memberOrder });
      expect(standing.cursor.version).toBeLessThanOrEqual(chats);
      expect(turnsTaken(history)).toHaveLength(standing.cursor.version);
    },
  );

  test('goes on from where it stood, through starts and a line of more than one transaction', async () => {
    const team = inOrder(7, { maxLoad: 20 });
    const world = await open(team);
    for (let chat = 0; chat < 3; chat += 1) await world.start();
    await world.put({ waiting: waitingLine(world, 50) });
    world.door.calls.length = 0;
    await world.search();
    // Each goes on from where the one before left the turn; none has to be tried twice.
    expect(world.door.calls.filter(isClaim)).toHaveLength(3);
    await world.start();
    const { standing, history } = await expectInOrder(world);
    expect(overtaken(history, standing)).toEqual([]);
    // 54 chats over 7: the first five have one more.
    const byTurn = team.map(({ id }) => standing.agents.find(one => one.id === id)?.openChats);
    expect(byTurn).toEqual([8, 8, 8, 8, 8, 7, 7]);
    expect(standing.cursor.cursor?.agentId).toBe(team[4]?.id);
    // Four single starts, and 50 in transactions of twenty.
    expect(standing.cursor.version).toBe(4 + 3);
  });

  test('passes over who is not there and who is full, and comes back to them', async () => {
    const [one, two, three] = inOrder(3, { maxLoad: 2 });
    if (one === undefined || two === undefined || three === undefined) throw new Error('three');
    const world = await open([one, { ...two, status: 'offline' }, three]);
    const holders: unknown[] = [];
    const start = async () => {
      const { body } = await world.start();
      const { chats } = await world.standing();
      const chat = chats.find(stored => stored.chat.id === body.chat.id)?.chat;
      holders.push(chat?.state === 'open' ? chat.agentId : chat?.state);
      return body.chat.id;
    };
    const first = await start();
    await start();
    await world.setStatus(two.id, 'online');
    await start();
    await start();
    await start();
    expect(holders).toEqual([one.id, three.id, one.id, two.id, three.id]);
    // One and three are full: only two is left, also right after its own turn.
    await start();
    await world.close(first);
    await start();
    expect(holders.slice(5)).toEqual([two.id, one.id]);
    await expectInOrder(world);
  });

  test('does not move with a chat that waits, is forced or is accepted by hand', async () => {
    const world = await open(inOrder(2, { maxLoad: 1 }));
    await world.put({
      settings: { ...IN_TURN, returningVisitors: { policy: 'original-agent', onNobody: null } },
    });
    const first = await world.start();
    await world.close(first.body.chat.id);
    const { cursor } = await world.standing();
    const again = await world.start({ visitor: first.body.visitorToken });
    expect((await world.standing()).cursor).toEqual(cursor);
    expect(again.body.chat.state).toBe('open');
    await world.start();
    const moved = (await world.standing()).cursor;
    expect(moved.version).toBe(cursor.version + 1);
    const late = await world.start();
    expect(late.body.chat.state).toBe('waiting');
    expect((await world.accept(late.body.chat.id, idAt(1))).status).toBe(200);
    expect((await world.standing()).cursor).toEqual(moved);
    await expectInOrder(world);
  });

  test('goes to the next one where the one whose turn it is goes offline in that moment', async () => {
    const team = inOrder(3);
    const world = await open(team);
    world.door.next(
      isClaim,
      afterOthers(() => world.setStatus(team[0]?.id ?? '', 'offline')),
    );
    await world.start();
    const { standing, history } = await expectInOrder(world);
    expect(turnsTaken(history)).toEqual([team[1]?.id]);
    expect(standing.cursor.version).toBe(1);
  });

  test('is at nobody twice in a round where another start takes the turn between reading and claim', async () => {
    const team = inOrder(3);
    const world = await open(team);
    world.door.next(
      isClaim,
      afterOthers(() => world.start()),
    );
    await world.start();
    await world.start();
    const { history } = await expectInOrder(world);
    expect(turnsTaken(history)).toEqual(team.map(({ id }) => id));
  });

  test('stands where it stood when a claim keeps conflicting, and the line takes the turn', async () => {
    const team = inOrder(3);
    const world = await open(team);
    world.door.next(isClaim, ...Array.from({ length: 6 }, () => conflict));
    await world.start();
    const { history } = await expectInOrder(world);
    expect(turnsTaken(history)).toEqual([team[0]?.id]);
  });

  test('keeps everybody within one turn of each other while chats start and close at once', async () => {
    const world = await open(inOrder(8, { maxLoad: 50 }));
    const started: string[] = [];
    for (let wave = 0; wave < 6; wave += 1) {
      const replies = await Promise.all(times(11, () => world.start()));
      started.push(...replies.map(({ body }) => body.chat.id));
      const closing = started.splice(0, 5);
      await Promise.all([
        ...closing.map(id => world.close(id as never)),
        world.start().then(({ body }) => started.push(body.chat.id)),
      ]);
      world.clock.now = (world.clock.now + 1_000) as Instant;
    }
    const { standing } = await expectInOrder(world);
    const turns = standing.agents.map(
      ({ id }) => standing.chats.filter(({ chat }) => chat.assignments[0]?.agentId === id).length,
    );
    expect(standing.chats).toHaveLength(72);
    expect([...new Set(turns)]).toEqual([9]);
  });
});
