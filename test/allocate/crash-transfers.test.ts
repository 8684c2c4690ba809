import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
import { crashEverywhere, inState } from '../support/crash.ts';
import { agent, LINE_1 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { decisionsAbout, type Standing } from '../support/standing.ts';
import { type Reply, type World, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const EVERY_30_S = { distribution: { frequencySeconds: 30, quantity: 0 } };
/** Ada has room for one; Bo and Cy are line 1. */
const ADA = agent({ id: 'ada', maxLoad: 1 });
const BO = agent({ id: 'bo', groups: [LINE_1], maxLoad: 1 });
const CY = agent({ id: 'cy', groups: [LINE_1], maxLoad: 1, lastClosed: '15:00' });

const ids = new Map<World, ChatId>();
const theChat = (world: World) => ids.get(world) as ChatId;
const answers: Reply[] = [];
/** What is asked is asked with the same key again, or without one. */
const KEYS = [
  ['with its key', 'the-same-key'],
  ['without a key', undefined],
] as const;

/** Ada's chat from a contact card, beside the others of the team. */
async function adasChat(world: World, others: Parameters<World['put']>[0] = {}): Promise<void> {
  await world.put({
    groups: [LINE_1],
    settings: EVERY_30_S,
    ...others,
    agents: [ADA, ...(others.agents ?? [])],
  });
  const started = await world.call('initiateChat', {
    params: { agentId: 'ada' },
    body: { channelId: 'web' },
  });
  ids.set(world, started.body.chat.id);
}

async function botsChat(world: World, others: Parameters<World['put']>[0] = {}): Promise<void> {
  await world.put({ groups: [LINE_1], agents: [], ...others });
  ids.set(world, (await world.start({ withBot: true })).body.chat.id);
}

const queuedOne = async (world: World) => {
  await world.job('start');
  expect((await world.transfer(theChat(world), { groupId: 'line-1' })).status).toBe(202);
};
const openChats = ({ agents }: Standing) => agents.map(one => `${one.id} ${one.openChats}`).sort();
const methods = ({ chats }: Standing) => chats.flatMap(({ chat }) => chat.assignments.map(one => one.method));
const triggers = (standing: Standing) =>
  standing.chats.flatMap(({ chat }) => decisionsAbout(standing, chat.id).map(({ trigger }) => trigger));

describe('a process that stops after any call leaves no chat between two agents, and recovers:', () => {
  test.each(KEYS)(
    'a hold, repeated %s: held once, and the room goes to the one who waits',
    async (_, key) => {
      const calls = await crashEverywhere(engine, {
        repeat: true,
        set: async world => {
          await adasChat(world);
          await world.put({ waiting: waitingLine(world, 1) });
        },
        run: world => world.hold(theChat(world), 'operator', key),
        expected: standing => {
          expect(standing.agents[0]).toMatchObject({ load: 1, openChats: 1, heldChats: 1 });
          expect(inState(standing, 'held')[0]?.chat.version).toBe(3);
          expect(standing.places).toEqual([]);
        },
      });
      expect(calls).toBeGreaterThan(6);
    },
  );

  test.each(KEYS)('a resume, repeated %s: the agent has it back once, whatever its room', async (_, key) => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await adasChat(world);
        await world.hold(theChat(world));
        await world.start();
      },
      run: world => world.resume(theChat(world), 'operator', key),
      expected: standing => {
        expect(standing.agents[0]).toMatchObject({ load: 2, openChats: 2, heldChats: 0, vacancy: -1 });
        expect(
          inState(standing, 'open')
            .map(({ chat }) => chat.version)
            .sort(),
        ).toEqual([2, 4]);
      },
    });
    expect(calls).toBeGreaterThan(2);
  });

  test.each(KEYS)('a resume of a queued chat, repeated %s: a run decides about it', async (_, key) => {
    await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await adasChat(world, { agents: [BO] });
        await queuedOne(world);
        await world.hold(theChat(world));
        // The runs of this minute come and pass it over.
        await world.passMinute();
      },
      run: world => world.resume(theChat(world), 'operator', key),
      expected: standing => {
        const { state } = standing.chats[0]?.chat ?? {};
        expect(state).toBe('open');
        expect(standing.queue).toEqual([]);
        expect(openChats(standing)).toEqual(['ada 0', 'bo 1']);
      },
    });
  });

  test.each(KEYS)('a transfer to an agent, repeated %s: released once, charged once', async (_, key) => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await adasChat(world, { agents: [{ ...BO, channels: [] }] });
        await world.put({ waiting: waitingLine(world, 1) });
      },
      run: async world => answers.push(await world.transfer(theChat(world), { agentId: 'bo' }, { key })),
      expected: standing => {
        expect(openChats(standing)).toEqual(['ada 1', 'bo 1']);
        expect(methods(standing).sort()).toEqual(['agent-initiated', 'automatic', 'transfer']);
        expect(answers.at(-1)).toMatchObject({ status: 200 });
      },
    });
    expect(calls).toBeGreaterThan(8);
  });

  test.each(KEYS)('a transfer to a group, repeated %s: one of the group has it', async (_, key) => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: world => adasChat(world, { agents: [BO, CY] }),
      run: world => world.transfer(theChat(world), { groupId: 'line-1' }, { key }),
      expected: standing => {
        expect(openChats(standing).filter(one => one.endsWith('1'))).toHaveLength(1);
        expect(standing.agents.find(one => one.id === 'ada')?.openChats).toBe(0);
        expect(new Set(triggers(standing))).toEqual(new Set(['transfer']));
        if (key === undefined) return;
        expect(openChats(standing)).toEqual(['ada 0', 'bo 1', 'cy 0']);
        expect(methods(standing)).toEqual(['agent-initiated', 'transfer']);
      },
    });
    expect(calls).toBeGreaterThan(6);
  });

  test.each(KEYS)('a transfer to a group where nobody is there, repeated %s: it stays', async (_, key) => {
    await crashEverywhere(engine, {
      repeat: true,
      set: world => adasChat(world, { agents: [{ ...BO, status: 'offline' }] }),
      run: async world => answers.push(await world.transfer(theChat(world), { groupId: 'line-1' }, { key })),
      expected: standing => {
        expect(openChats(standing)).toEqual(['ada 1', 'bo 0']);
        expect(standing.chats[0]?.chat).toMatchObject({ state: 'open', transfer: null });
        expect(standing.chats[0]?.chat.transferFailedAt).not.toBeNull();
        expect(answers.at(-1)).toMatchObject({ status: 409, body: { code: 'no-agent-available' } });
      },
    });
  });

  test.each(KEYS)(
    'a bot’s transfer where nobody is there, repeated %s: it waits in the group',
    async (_, key) => {
      const calls = await crashEverywhere(engine, {
        repeat: true,
        set: world => botsChat(world, { agents: [{ ...BO, status: 'offline' }] }),
        run: world => world.transfer(theChat(world), { groupId: 'line-1' }, { as: 'bot', key }),
        expected: standing => {
          expect(standing.places).toMatchObject([{ asked: 'line-1', handedOver: true }]);
          expect(standing.chats[0]?.chat.state).toBe('waiting');
        },
      });
      expect(calls).toBeGreaterThan(6);
    },
  );

  test.each(KEYS)('a bot’s transfer to a group that is there, repeated %s: one has it', async (_, key) => {
    await crashEverywhere(engine, {
      repeat: true,
      set: world => botsChat(world, { agents: [BO, CY] }),
      run: world => world.transfer(theChat(world), { groupId: 'line-1' }, { as: 'bot', key }),
      expected: standing => {
        expect(openChats(standing)).toEqual(['bo 1', 'cy 0']);
        expect(methods(standing)).toEqual(['transfer']);
      },
    });
  });
});

describe('a process that stops after any call loses nothing that is queued, and queues nothing twice:', () => {
  test.each(KEYS)('a transfer while the job is on, repeated %s: one decision, by a run', async (_, key) => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await adasChat(world, { agents: [BO, CY] });
        await world.job('start');
      },
      run: world => world.transfer(theChat(world), { groupId: 'line-1' }, { key }),
      expected: standing => {
        expect(standing.queue).toEqual([]);
        expect(standing.agents.find(one => one.id === 'ada')?.openChats).toBe(0);
        if (key === undefined) return;
        expect(openChats(standing)).toEqual(['ada 0', 'bo 1', 'cy 0']);
        expect(methods(standing)).toEqual(['agent-initiated', 'distributed-by-operator']);
        expect(triggers(standing)).toEqual(['distribution']);
      },
    });
    expect(calls).toBeGreaterThan(5);
  });

  test.each(KEYS)('a second transfer of a queued chat, repeated %s: the place it has', async (_, key) => {
    await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await adasChat(world, { agents: [BO] });
        await queuedOne(world);
        // No run does anything then.
        await world.put({ settings: { automaticAllocation: false } });
      },
      run: world => world.transfer(theChat(world), { groupId: 'line-1' }, { key, reason: 'again' }),
      expected: standing => {
        expect(standing.queue).toHaveLength(1);
        const [{ createdOn, reason } = { createdOn: 0, reason: null }] = standing.queue;
        const { version = 0, createdAt } = standing.chats[0]?.chat ?? {};
        expect(createdOn).toBe(createdAt);
        if (version > 3) expect(reason).toBe('again');
      },
    });
  });

  test.each(KEYS)('a close of a queued chat, repeated %s: closed, and purged by a run', async (_, key) => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await adasChat(world);
        await queuedOne(world);
      },
      run: world => world.close(theChat(world), 'operator', key),
      expected: standing => {
        expect(inState(standing, 'closed')).toHaveLength(1);
        expect(standing.queue).toEqual([]);
        expect(openChats(standing)).toEqual(['ada 0']);
      },
    });
    expect(calls).toBeGreaterThan(4);
  });
});

describe('a process that stops after any call begins a chat from a contact card once:', () => {
  const begin = (world: World, body: object, key?: string) =>
    world.call('initiateChat', {
      params: { agentId: 'ada' },
      body: { channelId: 'web', ...body },
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });

  test('of a new visitor, repeated with its key', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: world => world.put({ agents: [{ ...ADA, status: 'offline', maxLoad: 0, vacancy: 0 }] }),
      run: async world => answers.push(await begin(world, {}, 'the-same-key')),
      expected: standing => {
        expect(openChats(standing)).toEqual(['ada 1']);
        expect(methods(standing)).toEqual(['agent-initiated']);
        expect(answers.at(-1)?.body.chat.id).toBe(standing.chats[0]?.chat.id);
      },
    });
    expect(calls).toBeGreaterThan(3);
  });

  test.each(KEYS)('of a visitor who was here before, repeated %s', async (_, key) => {
    await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await adasChat(world);
        await world.close(theChat(world));
      },
      run: async world => {
        const visitorId = (await world.standing()).chats[0]?.chat.visitorId;
        return begin(world, { visitorId }, key);
      },
      expected: standing => {
        expect(standing.chats).toHaveLength(2);
        expect(openChats(standing)).toEqual(['ada 1']);
      },
    });
  });

  test('with a bot, repeated with its key', async () => {
    await crashEverywhere(engine, {
      repeat: true,
      set: world => world.put({ agents: [ADA] }),
      run: world => world.start({ withBot: true, key: 'the-same-key', message: 'hello' }),
      expected: standing => expect(standing.chats.map(({ chat }) => chat.state)).toEqual(['bot']),
    });
  });
});
