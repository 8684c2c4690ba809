import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
import { agent } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  afterOthers,
  cancelledBy,
  conflict,
  type Fault,
  inProgress,
  isClaim,
  isTransaction,
  joinsTheLine,
  type Matches,
  makesAnOffer,
  throttled,
  timedOutAfter,
  timedOutBefore,
  writesOfferees,
} from '../support/faults.ts';
import { expectConsistent } from '../support/in-order.ts';
import { violationsOnceSettled } from '../support/invariants.ts';
import { openWorld, type Reply, team, type World, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const whileAtWork: Fault = async () => {
  throw new TransactionConflictException({ message: 'at work', $metadata: {} });
};

/** A verb as its caller sees it: what it writes, and what it answers when all goes well. */
type Verb = {
  readonly writes: Matches;
  readonly set: (world: World) => Promise<unknown>;
  readonly run: (world: World) => Promise<Reply>;
  readonly done: { readonly status: number; readonly state: string };
};

const theChat = async (world: World): Promise<ChatId> => {
  const [stored] = (await world.standing()).chats;
  return stored?.chat.id as ChatId;
};

const FOR_ALL = { newVisitors: { policy: 'all', onNobody: null } } as const;
const offered = async (world: World) => {
  await world.put({ agents: team(2), settings: FOR_ALL });
  await world.start();
};

const VERBS: Readonly<Record<string, Verb>> = {
  'a start that is claimed': {
    writes: isClaim,
    set: world => world.put({ agents: team(2) }),
    run: world => world.start(),
    done: { status: 201, state: 'open' },
  },
  'a start that joins the line': {
    writes: joinsTheLine,
    set: world => world.put({ agents: team(2, { maxLoad: 0 }) }),
    run: world => world.start(),
    done: { status: 201, state: 'waiting' },
  },
  'a close': {
    writes: isTransaction,
    set: async world => {
      await world.put({ agents: team(1) });
      await world.start();
    },
    run: async world => world.close(await theChat(world)),
    done: { status: 200, state: 'closed' },
  },
  'a close of a waiting chat': {
    writes: isTransaction,
    set: world => world.put({ waiting: waitingLine(world, 1) }),
    run: async world => world.close(await theChat(world)),
    done: { status: 200, state: 'closed' },
  },
  'an accept': {
    writes: isTransaction,
    set: world => world.put({ agents: [agent({ id: 'ada', maxLoad: 0 })], waiting: waitingLine(world, 1) }),
    run: async world => world.accept(await theChat(world), 'ada'),
    done: { status: 200, state: 'open' },
  },
  'a start that is offered': {
    writes: makesAnOffer,
    set: world => world.put({ agents: team(2), settings: FOR_ALL }),
    run: world => world.start(),
    done: { status: 201, state: 'offered' },
  },
  'an accept of an offered chat': {
    writes: isTransaction,
    set: offered,
    run: async world => world.accept(await theChat(world), 'agent-0001'),
    done: { status: 200, state: 'open' },
  },
  'a close of an offered chat': {
    writes: isTransaction,
    set: offered,
    run: async world => world.close(await theChat(world)),
    done: { status: 200, state: 'closed' },
  },
};

const PASSING: Readonly<Record<string, Fault>> = {
  'a conflict': conflict,
  'a transaction in progress': inProgress,
  'a throttle': throttled,
  'a throttle as a reason': cancelledBy('ThrottlingError'),
  'a lost request': timedOutBefore,
  'a lost answer': timedOutAfter,
};

const BY_VERB = Object.entries(VERBS);
const PAIRS = BY_VERB.flatMap(([name, verb]) =>
  Object.entries(PASSING).map(([fault, meets]) => [name, fault, verb, meets] as const),
);

describe('a fault that passes', () => {
  test.each(PAIRS)('%s survives %s, done once', async (_name, _fault, { writes, set, run, done }, meets) => {
    const world = await openWorld(engine);
    await set(world);
    world.door.next(writes, meets);
    const { status, body } = await run(world);
    expect(world.door.isThrough()).toBe(true);
    expect({ status, state: body.chat.state }).toEqual(done);
    const { standing } = await expectConsistent(world);
    expect(standing.chats).toHaveLength(1);
    expect(standing.chats[0]?.chat.state).toBe(done.state);
  });
});

describe('a fault that stays', () => {
  const STAYING: readonly (readonly [string, Fault, number, string])[] = [
    ['throttles', throttled, 429, 'busy'],
    ['throttles as reasons', cancelledBy('ProvisionedThroughputExceeded'), 429, 'busy'],
    ['requests that are lost', timedOutBefore, 503, 'unavailable'],
    ['conflicts', conflict, 429, 'busy'],
  ];
  const PAIRED = BY_VERB.flatMap(([name, verb]) => STAYING.map(row => [name, row[0], verb, row] as const));

  test.each(PAIRED)(
    '%s under %s changes nothing and says so',
    async (_name, _fault, verb, [, meets, status, code]) => {
      const world = await openWorld(engine);
      await verb.set(world);
      const before = await world.standing();
      world.door.always(isTransaction, meets);
      const reply = await verb.run(world);
      expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
      // Whom an offer would have gone to means nothing without the offer.
      expect({ ...(await world.standing()), offerees: before.offerees }).toEqual(before);
    },
  );

  test.each([
    ['has no capacity', throttled],
    ['is at work on it', whileAtWork],
  ])('a request that is refused because the table %s gives its Idempotency-Key back', async (_, fault) => {
    const world = await openWorld(engine);
    await world.put({ agents: team(1) });
    const { chat } = (await world.start()).body;
    world.door.next(({ name }) => /^(Get|BatchGet|Query)$/.test(name), fault);
    expect((await world.hold(chat.id, 'operator', 'k')).body.code).toBe('busy');
    expect((await world.hold(chat.id, 'operator', 'k')).body.chat.state).toBe('held');
  });

  test('so does one that is refused before anything is read', async () => {
    const world = await openWorld(engine);
    const request = {
      as: { agent: 'agent-0000' },
      params: { agentId: 'agent-0001' },
      body: { channelId: 'web' },
      headers: { 'idempotency-key': 'k' },
    };
    expect((await world.call('initiateChat', request)).body.code).toBe('forbidden');
    expect((await world.call('initiateChat', request)).body.code).toBe('forbidden');
  });

  test('a claim that keeps conflicting lets the chat join the line', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(1) });
    world.door.next(isClaim, ...(Array(6).fill(conflict) as Fault[]));
    const { status } = await world.start();
    expect(status).toBe(201);
    expect(violationsOnceSettled(await world.standing())).toEqual([]);
  });

  test.each([
    ['conflicts', conflict],
    ['throttles', throttled],
  ])('a claim that was carried out, its answer lost, and then only %s: still one chat', async (_, fault) => {
    const world = await openWorld(engine);
    await world.put({ agents: team(2) });
    world.door.next(isClaim, timedOutAfter, ...(Array(5).fill(fault) as Fault[]));
    const { status } = await world.start();
    const { standing } = await expectConsistent(world);
    expect(standing.chats).toHaveLength(1);
    // "Nothing was changed" would be a lie.
    expect(status).not.toBe(429);
  });
});

describe('writing down whom an offer goes to', () => {
  const openOffering = async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(90), settings: FOR_ALL });
    return world;
  };

  test('is done again for what the table left over', async () => {
    const world = await openOffering();
    const left = new Set<unknown>();
    const takesOneOnly: Fault = (_, call) => {
      const [[name, requests]] = Object.entries(call.input.RequestItems as object) as [[string, unknown[]]];
      for (const request of requests.slice(1)) left.add(request);
      const RequestItems = { [name]: requests.slice(0, 1) };
      const UnprocessedItems = { [name]: requests.slice(1) };
      return world.table.client
        .send(new BatchWriteCommand({ RequestItems } as never))
        .then(() => (requests.length > 1 ? { UnprocessedItems } : {}));
    };
    world.door.next(writesOfferees, takesOneOnly, takesOneOnly);
    expect((await world.start()).body.chat.state).toBe('offered');
    expect([world.door.isThrough(), left.size > 1]).toEqual([true, true]);
    await expectConsistent(world);
  });

  test.each([
    ['keeps leaving over', async (_: unknown, call: Parameters<Fault>[1]) => leaves(call), 429, 'busy'],
    ['throttles', throttled, 429, 'busy'],
    ['cannot be reached', timedOutBefore, 503, 'unavailable'],
  ] as const)('changes nothing where the table %s, and says so', async (_, fault, status, code) => {
    const world = await openOffering();
    world.door.always(writesOfferees, fault);
    const reply = await world.start();
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
    const { standing } = await expectConsistent(world);
    expect(standing.chats).toEqual([]);
  });

  const leaves = ({ input }: Parameters<Fault>[1]) => ({ UnprocessedItems: input.RequestItems });
});

describe('giving out the line', () => {
  const set = async (given: Partial<{ agents: number; waiting: number }> = {}) => {
    const world = await openWorld(engine);
    const { agents = 3, waiting = 9 } = given;
    await world.put({ agents: team(agents, { maxLoad: 3 }), waiting: waitingLine(world, waiting) });
    return world;
  };

  test.each(Object.entries(PASSING))('survives %s, each chat given once', async (_, fault) => {
    const world = await set();
    world.door.next(isClaim, fault);
    expect(await world.search()).toEqual({ outcome: 'done', settled: 9 });
    await expectConsistent(world);
  });

  test.each(Object.entries(PASSING))('survives %s at every second write', async (_, fault) => {
    const world = await set({ agents: 20, waiting: 60 });
    let count = 0;
    world.door.always(call => isClaim(call) && ++count % 2 === 1, fault);
    expect(await world.search()).toEqual({ outcome: 'done', settled: 60 });
    const { standing } = await expectConsistent(world);
    expect(standing.places).toEqual([]);
  });

  test('recognises as done what was closed again before the lost answer was followed up', async () => {
    const world = await set({ agents: 1, waiting: 1 });
    world.door.next(isClaim, async (carryOut, call) => {
      await carryOut();
      await world.close(await theChat(world));
      return timedOutBefore(carryOut, call);
    });
    expect((await world.search()).settled).toBe(1);
    const { standing } = await expectConsistent(world);
    expect(standing.chats[0]?.chat.state).toBe('closed');
  });

  test('goes on with the other agents when one went offline in between', async () => {
    const world = await set();
    world.door.next(
      isClaim,
      afterOthers(() => world.setStatus('agent-0001', 'offline')),
    );
    expect((await world.search()).settled).toBe(6);
    const { standing } = await expectConsistent(world);
    expect(standing.places).toHaveLength(3);
  });

  test('goes on with the other chats when one was closed in between', async () => {
    const world = await set();
    world.door.next(
      isClaim,
      afterOthers(async () => world.close(await theOldest(world), 'operator')),
    );
    expect((await world.search()).settled).toBe(8);
    await expectConsistent(world);
  });
});

const theOldest = async (world: World) => {
  const places = (await world.standing()).places.map(place => place.chatId).sort();
  return places[0] as ChatId;
};
