import { afterAll, describe, expect, test } from '@jest/globals';
import { crashEverywhere, inState } from '../support/crash.ts';
import { agent, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { holderOf, putQueued, queuedChats } from '../support/queued.ts';
import { decisionsAbout, type Standing } from '../support/standing.ts';
import { ACME, openWorld, type World } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const every = (frequencySeconds: number, quantity = 0) => ({
  distribution: { frequencySeconds, quantity },
});

/**
 * Of Ada's: four open ones for line 1, one held one in front, one for line 2 where nobody is, one that is closed; and two
 * of a bot, one for each line. Line 1 has room for four of its five.
 */
async function mixedQueue(world: World): Promise<void> {
  const { now } = world.clock;
  const at = (index: number) => ({ since: (now - 1_000 + index) as typeof now });
  const queued = [
    ...queuedChats(world, 1, { state: 'held', ...at(0) }),
    ...queuedChats(world, 1, { state: 'closed', ...at(1) }),
    ...queuedChats(world, 2, at(2)),
    ...queuedChats(world, 1, { groupId: LINE_2.id, ...at(4) }),
    ...queuedChats(world, 1, { state: 'bot', ...at(5) }),
    ...queuedChats(world, 1, { state: 'bot', groupId: LINE_2.id, ...at(6) }),
    ...queuedChats(world, 2, at(7)),
  ];
  await world.put({
    settings: every(30),
    groups: [
      { ...LINE_1, members: 2 },
      { ...LINE_2, members: 1 },
    ],
  });
  await putQueued(world, queued, [
    holderOf('ada', queued, { status: 'offline' }),
    agent({ id: 'bo', groups: [LINE_1], maxLoad: 2 }),
    agent({ id: 'cy', groups: [LINE_1], maxLoad: 2 }),
    agent({ id: 'di', groups: [LINE_2], status: 'busy' }),
  ]);
}

/** Two of Ada's for line 1, which has room for them. */
async function shortQueue(world: World): Promise<void> {
  const queued = queuedChats(world, 2);
  await world.put({ settings: every(30), groups: [{ ...LINE_1, members: 1 }] });
  await putQueued(world, queued, [holderOf('ada', queued), agent({ id: 'bo', groups: [LINE_1] })]);
}

const openChats = ({ agents }: Standing) => agents.map(one => `${one.id} ${one.openChats}`).sort();

/** Each of the six was decided about once, whoever did it; the held one keeps its place, the closed one is gone. */
function decidedOnce(standing: Standing): void {
  expect(openChats(standing)).toEqual(['ada 2', 'bo 2', 'cy 2', 'di 0']);
  expect(standing.queue.map(({ state }) => state)).toEqual(['held']);
  expect(standing.places).toMatchObject([{ asked: 'line-2', handedOver: true }]);
  expect(inState(standing, 'closed')).toHaveLength(1);
  const outcomes = standing.chats.map(({ chat }) =>
    decisionsAbout(standing, chat.id)
      .filter(({ trigger }) => trigger === 'distribution')
      .map(({ outcome }) => outcome)
      .join(),
  );
  expect(outcomes.sort()).toEqual([
    '',
    '',
    'all-full',
    'assigned',
    'assigned',
    'assigned',
    'assigned',
    'nobody-online',
    'nobody-online',
  ]);
}

function bothDecided(standing: Standing): void {
  expect(openChats(standing)).toEqual(['ada 0', 'bo 2']);
  expect(standing.queue).toEqual([]);
}

describe('a process that stops after any call of a run decides about each queued chat once, and loses none:', () => {
  test('a run by hand, repeated', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: mixedQueue,
      run: world => world.job('run'),
      expected: decidedOnce,
    });
    expect(calls).toBeGreaterThan(12);
  });

  test('a run by hand that is asked for with a key, repeated with it', async () => {
    await crashEverywhere(engine, {
      repeat: true,
      set: shortQueue,
      run: world => world.call('runJob', { headers: { 'idempotency-key': 'the-same-key' } }),
      expected: bothDecided,
    });
  });

  test('a run by hand that nobody repeats, while the job is on: the next runs do what it did not', async () => {
    await crashEverywhere(engine, {
      repeat: false,
      // The runs of the present minute are lost as well.
      sweeps: 2,
      set: async world => {
        await shortQueue(world);
        await world.job('start');
        world.queue.length = 0;
      },
      run: world => world.job('run'),
      expected: bothDecided,
    });
  });

  test('a run that came by its message: the message is lost with it, and the next runs do what it did not', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: async world => {
        await mixedQueue(world);
        await world.job('start');
        world.clock.now = (world.clock.now + 30_000) as typeof world.clock.now;
      },
      run: async world => {
        const failed = await world.deliver();
        if (failed > 0) throw new Error('it is handed back');
      },
      expected: decidedOnce,
    });
    expect(calls).toBeGreaterThan(12);
  });

  test('a schedule of the minute that arms the runs: the next minute arms them', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: async world => {
        await world.job('start');
        await shortQueue(world);
      },
      run: world => world.minute(),
      expected: bothDecided,
    });
    expect(calls).toBeGreaterThan(4);
  });
});

describe('a message that is delivered again after the process died with the first delivery', () => {
  test('has the run done that the first did not end, though the next one is an hour away', async () => {
    for (let calls = 1; calls < 16; calls += 1) {
      const world = await openWorld(engine);
      await mixedQueue(world);
      await world.put({ settings: every(3_600) });
      await world.job('start');
      const dueAt = world.clock.now;
      world.queue.splice(0, world.queue.length, { kind: 'run-job', projectId: ACME, dueAt });
      world.door.dieAfter(calls);
      await world.deliver().catch(() => {});
      const died = world.door.hasDied();
      await world.door.mend();
      // SQS shows it again when its time to be hidden is over.
      world.clock.now = (world.clock.now + 60_000) as typeof world.clock.now;
      world.queue.splice(0, world.queue.length, { kind: 'run-job', projectId: ACME, dueAt });
      expect(await world.deliver()).toBe(0);
      await world.recover();
      const standing = await world.standing();
      expect({ calls, queued: standing.queue.map(({ state }) => state) }).toEqual({
        calls,
        queued: ['held'],
      });
      decidedOnce(standing);
      if (!died) return;
    }
  });
});

describe('a process that stops after any call of a start or a stop of the job', () => {
  test('a start, repeated: it is on, its schedule too, and what is queued is decided', async () => {
    const worlds: World[] = [];
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        worlds.push(world);
        await shortQueue(world);
      },
      run: world => world.job('start'),
      expected: standing => {
        expect(worlds.at(-1)?.rule).toEqual({ enabled: true });
        bothDecided(standing);
      },
    });
    expect(calls).toBeGreaterThan(5);
  });

  test('a start that nobody repeats: either nothing has begun, or what is queued is decided', async () => {
    await crashEverywhere(engine, {
      repeat: false,
      set: shortQueue,
      run: world => world.job('start'),
      expected: standing => {
        if (standing.queue.length === 0) bothDecided(standing);
        else expect(standing.queue).toHaveLength(2);
      },
    });
  });

  test('a stop, repeated: it is off, its schedule too, and what is queued stays', async () => {
    const worlds: World[] = [];
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        worlds.push(world);
        await world.job('start');
        await shortQueue(world);
      },
      run: world => world.job('stop'),
      expected: standing => {
        expect(worlds.at(-1)?.rule).toEqual({ enabled: false });
        // Before the stop was written, a run may have come by.
        if (standing.queue.length > 0) expect(standing.queue).toHaveLength(2);
      },
    });
    expect(calls).toBeGreaterThan(3);
  });
});
