import { afterAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { armSearches, endOfMinute, searchTimes } from '../../functions/allocate/arm.ts';
import { searchLambda } from '../../functions/queue/search.ts';
import { readArmedUntil, takeLease } from '../../functions/store/search-lease.ts';
import { agent, at, group, NOW } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { type Fault, failsAs, type Matches, readsTheLine } from '../support/faults.ts';
import { violationsOnceSettled } from '../support/invariants.ts';
import { ACME, openWorld, team, type World, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const sends: Matches = ({ name }) => name === 'SendMessages';
const seconds = (count: number) => (NOW + count * 1_000) as Instant;
const searchMessage = { kind: 'search', projectId: ACME, dueAt: NOW };

/** Hands bodies to the worker as the queue does, `m0` first; gives back the ids that failed. */
async function deliver(world: World, ...bodies: readonly (object | string)[]) {
  const Records = bodies.map((body, index) => ({
    messageId: `m${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }));
  const answer = await searchLambda(world.context)({ Records } as never);
  return answer.batchItemFailures.map(failure => failure.itemIdentifier);
}

describe('the search worker', () => {
  const openLine = async (waiting = 2) => {
    const world = await openWorld(engine);
    await world.put({ agents: team(2, { maxLoad: 2 }), waiting: waitingLine(world, waiting) });
    return world;
  };

  test.each<[string, object | string]>([
    ['that is no JSON', 'poison'],
    ['of an unknown kind', { ...searchMessage, kind: 'close-everything' }],
    ['without a kind', { projectId: ACME, dueAt: NOW }],
    ['without a project', { kind: 'search', dueAt: NOW }],
    ['that names no group to spread', { kind: 'spread-group', projectId: ACME, dueAt: NOW }],
    ['without its time', { kind: 'search', projectId: ACME }],
    ['that is nothing', 'null'],
  ])('reports a message %s as failed, and does the others', async (_, poison) => {
    const world = await openLine();
    expect(await deliver(world, poison, searchMessage, poison)).toEqual(['m0', 'm2']);
    expect((await world.standing()).places).toEqual([]);
  });

  test('reports only the message that failed on the table', async () => {
    const world = await openLine();
    world.door.next(readsTheLine, failsAs('AccessDeniedException'));
    expect(await deliver(world, searchMessage, searchMessage)).toEqual(['m0']);
    expect((await world.standing()).places).toEqual([]);
  });

  test('does nothing for a project or a group that is not there', async () => {
    const world = await openLine();
    const elsewhere = { ...searchMessage, projectId: 'elsewhere' };
    const noGroup = { kind: 'spread-group', projectId: ACME, groupId: 'gone', dueAt: NOW };
    expect(await deliver(world, elsewhere, noGroup)).toEqual([]);
  });

  test('delivered twice gives out once', async () => {
    const world = await openLine();
    expect(await deliver(world, searchMessage, searchMessage)).toEqual([]);
    expect(violationsOnceSettled(await world.standing())).toEqual([]);
  });

  test('whose time is up leaves the rest to a new message', async () => {
    const world = await openLine(4);
    let elapsedMs = 0;
    const context = {
      ...world.context,
      table: { ...world.context.table, elapsedMs: () => (elapsedMs += 30_000) },
    };
    const Records = [{ messageId: 'm0', body: JSON.stringify(searchMessage) }];
    expect((await searchLambda(context)({ Records } as never)).batchItemFailures).toEqual([]);
    expect(world.queue).toEqual([searchMessage]);
  });

  test('leaves a line alone that another searches', async () => {
    const world = await openLine(4);
    await takeLease(world.table, ACME, 'another', NOW);
    expect(await deliver(world, searchMessage)).toEqual([]);
    expect((await world.standing()).places).toHaveLength(4);
  });

  test('brings a group’s change to its members', async () => {
    const world = await openWorld(engine);
    const moved = { ...group('line-1', 4), version: 2, spreading: 'position' as const };
    await world.put({ groups: [moved], agents: [agent({ id: 'ada', groups: [group('line-1', 1)] })] });
    const spread = { kind: 'spread-group', projectId: ACME, groupId: 'line-1', dueAt: NOW };
    expect(await deliver(world, spread, spread)).toEqual([]);
    expect(violationsOnceSettled(await world.standing())).toEqual([]);
  });
});

describe('the minute sweep', () => {
  test('asks once, and sends nothing, where nothing waits', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(3) });
    await world.start();
    world.door.calls.length = 0;
    await world.minute();
    expect(world.door.calls.map(call => call.name)).toEqual(['Query']);
    expect(world.queue).toEqual([]);
    expect(world.measured).toEqual([0]);
  });

  test('arms a search at every multiple of 5 seconds to the end of the next minute where chats wait, and each once', async () => {
    const world = await openWorld(engine);
    await world.put({ waiting: waitingLine(world, 3) });
    world.clock.now = seconds(7);
    await world.minute();
    expect(world.queue).toEqual(
      Array.from({ length: 23 }, (_, index) => ({ ...searchMessage, dueAt: seconds(10 + 5 * index) })),
    );
    expect(await readArmedUntil(world.table, ACME)).toBe(seconds(120));
    world.clock.now = seconds(67);
    await world.minute();
    const times = world.queue.map(message => message.dueAt);
    expect(times.at(-1)).toBe(seconds(180));
    expect(new Set(times).size).toBe(times.length);
  });

  test('costs one query more for a project with waiting chats, however many wait', async () => {
    const world = await openWorld(engine);
    await world.put({ waiting: waitingLine(world, 60) });
    await world.minute();
    expect(world.door.calls.filter(call => call.name === 'Query')).toHaveLength(2);
  });

  test('reports how long the oldest chat has waited', async () => {
    const world = await openWorld(engine);
    await world.put({ waiting: waitingLine(world, 2) });
    world.clock.now = seconds(90);
    await world.minute();
    expect(world.measured).toEqual([90]);
  });

  test('sends groups whose change is under way to the worker, and no others', async () => {
    const world = await openWorld(engine);
    const still = group('still', 1);
    const moved = { ...group('moved', 2), version: 2, spreading: 'position' as const };
    const leaving = { ...group('leaving', 3), version: 2, spreading: 'removal' as const };
    await world.put({ groups: [still, moved, leaving] });
    await world.minute();
    expect(world.queue).toEqual([
      { kind: 'spread-group', projectId: ACME, groupId: 'leaving', dueAt: NOW },
      { kind: 'spread-group', projectId: ACME, groupId: 'moved', dueAt: NOW },
    ]);
  });
});

describe('arming', () => {
  test('happens once up to the end of the next minute, by the first chat that begins to wait', async () => {
    const world = await openWorld(engine);
    world.clock.now = seconds(31);
    await world.start();
    // The minute's sweep may come by at any second of the next minute.
    const upTo120 = Array.from({ length: 18 }, (_, index) => 35 + 5 * index);
    expect(world.queue.map(message => message.dueAt)).toEqual(upTo120.map(seconds));
    await world.start();
    await armSearches(world.context, ACME);
    expect(world.queue).toHaveLength(18);
    world.clock.now = seconds(61);
    await armSearches(world.context, ACME);
    expect(world.queue).toHaveLength(18 + 12);
  });

  test('sends first and notes it then: a note that failed arms twice, never not at all', async () => {
    const world = await openWorld(engine);
    const isNoted: Matches = ({ name, input }) =>
      name === 'Update' && /armedUntil/.test(String(input.UpdateExpression));
    world.door.next(isNoted, failsAs('TimeoutError'));
    await expect(armSearches(world.context, ACME)).rejects.toThrow();
    expect(world.queue).not.toEqual([]);
    await armSearches(world.context, ACME);
    expect(new Set(world.queue.map(message => message.dueAt)).size).toBe(world.queue.length / 2);
  });

  test('notes nothing where the queue refused', async () => {
    const world = await openWorld(engine);
    const refused: Fault = failsAs('QueueFull');
    world.door.next(sends, refused);
    await expect(armSearches(world.context, ACME)).rejects.toThrow();
    expect(await readArmedUntil(world.table, ACME)).toBe(0);
  });

  test('a failing search after a start does not fail the start', async () => {
    const world = await openWorld(engine);
    world.door.always(sends, failsAs('QueueFull'));
    const { status, body } = await world.start();
    expect({ status, state: body.chat.state }).toEqual({ status: 201, state: 'waiting' });
  });

  test.each<[number, number, readonly number[]]>([
    [0, 15, [5, 10, 15]],
    [1, 14, [5, 10]],
    // The edge behind belongs to the minute before, the edge ahead to this one.
    [5, 10, [10]],
    [58, 60, [60]],
    [60, 60, []],
  ])('from second %i to %i means %j', (from, until, due) => {
    expect(searchTimes(seconds(from), seconds(until))).toEqual(due.map(seconds));
  });

  test.each([
    ['16:00', 0, '16:01'],
    ['16:00', 59_999, '16:01'],
    ['16:01', 0, '16:02'],
  ])('a minute that began at %s ends, %i ms later, at %s', (begin, ms, end) => {
    expect(endOfMinute((at(begin) + ms) as Instant)).toBe(at(end));
  });
});
