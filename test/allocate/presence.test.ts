import { afterAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { beginLease } from '../../functions/store/presence.ts';
import { agent, agentId } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, type Call, conflict, isTransaction, throttled } from '../support/faults.ts';
import { expectConsistent, expectInOrder } from '../support/in-order.ts';
import { ACME, openWorld, type World, waitingLine } from '../support/world.ts';

/** The end of an agent's presence is checked in the write itself: a heartbeat or a status set in that moment wins. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const MINUTE_MS = 60_000;

async function open(given: Parameters<typeof agent>[0] = {}) {
  const world = await openWorld(engine);
  await world.put({ agents: [agent({ id: 'ada', ...given })] });
  return world;
}

const beat = (world: World) => world.call('heartbeat', { params: { agentId: 'ada' }, as: { agent: 'ada' } });

async function pass(world: World, minutes: number) {
  for (let minute = 0; minute < minutes; minute += 1) {
    world.clock.now = (world.clock.now + MINUTE_MS) as Instant;
    await world.minute();
  }
}

async function statusOf(world: World) {
  const [ada] = (await world.standing()).agents;
  return `${ada?.status} ${ada?.statusReason}`;
}

describe('in the moment an agent’s presence ends', () => {
  test.each([
    ['nothing happens', async () => {}, 'offline lost-connection'],
    ['its heartbeat comes', (world: World) => beat(world), 'online set-by-agent'],
    ['it is set to rest', (world: World) => world.setStatus('ada', 'rest'), 'offline lost-connection'],
    ['it is set offline', (world: World) => world.setStatus('ada', 'offline'), 'offline set-by-operator'],
    ['it gets a chat', (world: World) => world.start(), 'offline lost-connection'],
  ] as const)('%s', async (_, meanwhile, expected) => {
    const world = await open();
    await beat(world);
    await pass(world, 1);
    world.door.next(
      isTransaction,
      afterOthers(async () => meanwhile(world)),
    );
    await pass(world, 1);
    expect(world.door.isThrough()).toBe(true);
    expect(await statusOf(world)).toBe(expected);
    await expectConsistent(world);
  });

  test.each([
    ['the write conflicts', conflict],
    ['the table has no capacity', throttled],
  ])('%s, and it ends all the same', async (_, fault) => {
    const world = await open();
    await beat(world);
    world.door.next(isTransaction, fault);
    await pass(world, 3);
    expect(await statusOf(world)).toBe('offline lost-connection');
    await expectConsistent(world);
  });
});

test('whoever comes back at twice the same moment is back once, and has what waits', async () => {
  const world = await open();
  await world.put({ waiting: waitingLine(world, 1, 'web') });
  await world.setStatus('ada', 'rest');
  await world.setStatus('ada', 'online');
  await beat(world);
  await pass(world, 3);
  expect(await statusOf(world)).toBe('offline lost-connection');
  await Promise.all([beat(world), beat(world), beat(world)]);
  expect(await statusOf(world)).toBe('online set-by-operator');
  await world.passMinute();
  await expectInOrder(world);
});

test('the process dies after any call of a heartbeat that brings an agent back, and the next one does', async () => {
  for (let calls = 0; calls < 20; calls += 1) {
    const world = await open();
    await beat(world);
    await pass(world, 3);
    world.door.dieAfter(calls);
    await beat(world).catch(() => {});
    const died = world.door.hasDied();
    await world.door.mend();
    await expectConsistent(world, { calls });
    await beat(world);
    expect({ calls, status: await statusOf(world) }).toEqual({ calls, status: 'online set-by-agent' });
    if (!died) return;
  }
  throw new Error('the heartbeat was not done after 20 calls');
});

test('the process dies after any call of the setting of a status, and whoever is online is watched', async () => {
  for (let calls = 0; calls < 20; calls += 1) {
    const world = await open({ status: 'offline' });
    await beat(world);
    await pass(world, 1);
    world.door.dieAfter(calls);
    await world.setStatus('ada', 'online').catch(() => {});
    const died = world.door.hasDied();
    await world.door.mend();
    await pass(world, 4);
    expect({ calls, online: (await statusOf(world)).startsWith('online') }).toEqual({ calls, online: false });
    if (!died) return;
  }
  throw new Error('the status was not set after 20 calls');
});

test('a heartbeat is one write, and moves nothing in the sweep’s list after the first', async () => {
  const world = await open();
  await beat(world);
  const before = (await world.standing()).sweeps;
  world.clock.now = (world.clock.now + 20_000) as Instant;
  const from = world.door.calls.length;
  await beat(world);
  expect(world.door.calls.slice(from).map(({ name }) => name)).toEqual(['Get', 'Update']);
  expect((await world.standing()).sweeps).toEqual(before);
});

test('an agent whose lease begins anew in the moment the old one ends is watched', async () => {
  const world = await open({ status: 'offline' });
  await beat(world);
  world.clock.now = (world.clock.now + MINUTE_MS) as Instant;
  const readsPresence = ({ name, input }: Call) =>
    name === 'Get' && String(Object(input).Key?.pk).endsWith('#PRESENCE');
  // Somebody is setting it online: the lease is written, the status is not yet.
  const now = world.clock.now;
  const lookAt = (now + 10_000) as Instant;
  world.door.next(
    readsPresence,
    afterOthers(() => beginLease(world.table, ACME, agentId('ada'), { now, lookAt })),
  );
  await world.minute();
  expect(world.door.isThrough()).toBe(true);
  await world.put({ agents: [agent({ id: 'ada' })] });
  await pass(world, 5);
  expect(await statusOf(world)).toBe('offline lost-connection');
});
