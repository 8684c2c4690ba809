import { afterAll, describe, expect, test } from '@jest/globals';
import { agent, group, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  afterOthers,
  isTransaction,
  putsAnAgent,
  savesAnAgent,
  sentTwice,
  timedOutAfter,
  timedOutBefore,
} from '../support/faults.ts';
import { violationsOnceSettled } from '../support/invariants.ts';
import { openWorld, type Reply, type World } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

describe('an operator’s change whose answer was lost', () => {
  const member = agent({ id: 'ada' });
  const card = { name: 'Ada', maxLoad: 3 };
  const etag = { 'if-match': '"1"' };

  test('is an agent’s card: it is saved once, and not called stale', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [member] });
    world.door.next(isTransaction, timedOutAfter);
    const { status } = await world.call('replaceAgent', {
      params: { agentId: 'ada' },
      body: card,
      headers: etag,
    });
    expect(status).toBe(200);
    expect((await world.standing()).agents[0]).toMatchObject({ maxLoad: 3, cardVersion: 2 });
  });

  test('is a new agent: it was added', async () => {
    const world = await openWorld(engine);
    world.door.next(isTransaction, timedOutAfter);
    const { status } = await world.call('replaceAgent', { params: { agentId: 'ada' }, body: card });
    expect(status).toBe(201);
  });

  test('is a removed agent: it is gone, and not called unknown', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [member] });
    world.door.next(isTransaction, timedOutAfter);
    expect((await world.call('deleteAgent', { params: { agentId: 'ada' } })).status).toBe(204);
  });

  test('is a channel, sent again by the SDK: it is saved, and not called stale', async () => {
    const world = await openWorld(engine);
    world.door.next(({ name }) => name === 'Put', sentTwice);
    const body = { name: 'Web', weight: 3 };
    const reply = await world.call('replaceChannel', { params: { channelId: 'web' }, body, headers: etag });
    expect([reply.status, world.door.isThrough()]).toEqual([200, true]);
  });

  test.each([
    ['the settings', { acceptWithinLimit: true }],
    ['the settings that need a group', { newVisitors: { policy: 'group' } }],
  ])('is %s: they are saved, and not called stale', async (_, body) => {
    const world = await openWorld(engine);
    await world.put({ groups: [LINE_1], primary: LINE_1, agents: [agent({ id: 'ada', groups: [LINE_1] })] });
    world.door.next(isTransaction, timedOutAfter);
    const { status } = await world.call('replaceSettings', { body, headers: etag });
    expect([status, world.door.isThrough()]).toEqual([200, true]);
    expect((await world.standing()).project).toMatchObject({ settingsVersion: 2, settings: body });
    expect(violationsOnceSettled(await world.standing())).toEqual([]);
  });

  test('is a status, sent again by the SDK: it is set', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [member] });
    world.door.next(savesAnAgent, sentTwice);
    expect((await world.setStatus('ada', 'rest')).status).toBe(200);
    expect((await world.standing()).agents[0]?.status).toBe('rest');
  });

  test('is a group that another operator changed instead: it is not called saved', async () => {
    const world = await openWorld(engine);
    await world.put({ groups: [LINE_1] });
    const change = (queuePosition: number) => ({
      params: { groupId: LINE_1.id },
      body: { name: 'line-1', queuePosition },
      headers: etag,
    });
    world.door.next(isTransaction, async (carryOut, call) => {
      await world.call('replaceGroup', change(8));
      return timedOutBefore(carryOut, call);
    });
    expect((await world.call('replaceGroup', change(5))).status).toBe(412);
    expect((await world.standing()).groups[0]?.queuePosition).toBe(8);
  });
});

describe('a group’s change on its way to its members', () => {
  const groups = [group('line-1', 5), LINE_2];
  const change = (world: World, groupId: string, queuePosition: number) =>
    world.call('replaceGroup', { params: { groupId }, body: { name: groupId, queuePosition } });

  test('reaches a member whose card names the group twice', async () => {
    const world = await openWorld(engine);
    await world.put({ groups });
    const card = { name: 'Ada', groups: ['line-1', 'line-1'] };
    expect((await world.call('replaceAgent', { params: { agentId: 'ada' }, body: card })).status).toBe(201);
    expect((await change(world, 'line-1', 7)).status).toBe(200);
    expect(violationsOnceSettled(await world.standing())).toEqual([]);
  });

  test('and that of another group of the same member, at once: the member shows both', async () => {
    const world = await openWorld(engine);
    await world.put({ groups, agents: [agent({ id: 'ada', groups })] });
    // Line 2 goes behind; just before that reaches Ada, line 1 goes to the front, and is done.
    world.door.next(
      putsAnAgent,
      afterOthers(() => change(world, 'line-1', 2)),
    );
    await change(world, 'line-2', 9);
    expect(world.door.isThrough()).toBe(true);
    await world.recover();
    expect(violationsOnceSettled(await world.standing())).toEqual([]);
  });

  test('survives a claim of the same member in between', async () => {
    const world = await openWorld(engine);
    await world.put({ groups, agents: [agent({ id: 'ada', groups })] });
    world.door.next(
      putsAnAgent,
      afterOthers(() => world.start()),
    );
    expect((await change(world, 'line-2', 9)).status).toBe(200);
    expect(world.door.isThrough()).toBe(true);
    expect(violationsOnceSettled(await world.standing())).toEqual([]);
  });

  test('does not reach an agent that joins while it is removed: joining is refused', async () => {
    const world = await openWorld(engine);
    await world.put({ groups, agents: [agent({ id: 'ada' })] });
    const card = { name: 'Ada', groups: ['line-1'] };
    let during: Reply | undefined;
    world.door.next(
      ({ name }) => name === 'Delete',
      afterOthers(async () => {
        during = await world.call('replaceAgent', { params: { agentId: 'ada' }, body: card });
      }),
    );
    expect((await world.call('deleteGroup', { params: { groupId: 'line-1' } })).status).toBe(204);
    expect(during?.body.code).toBe('group-being-removed');
    expect(violationsOnceSettled(await world.standing())).toEqual([]);
  });
});
