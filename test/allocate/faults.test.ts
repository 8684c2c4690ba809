import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
import { agent, group, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  afterOthers,
  both,
  cancelledBy,
  conflict,
  type Fault,
  inProgress,
  isClaim,
  isOfACommand,
  isTransaction,
  joinsTheLine,
  type Matches,
  savesAnAgent,
  sentTwice,
  throttled,
  timedOutAfter,
  timedOutBefore,
} from '../support/faults.ts';
import {
  openWorld,
  type Reply,
  team,
  violations,
  violationsOnceSettled,
  violationsOnTheWay,
  type World,
  waitingLine,
} from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

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
    run: async world =>
      world.call('acceptChat', { params: { chatId: await theChat(world) }, as: { agent: 'ada' } }),
    done: { status: 200, state: 'open' },
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

async function expectInOrder(world: World) {
  const standing = await world.standing();
  expect(violations(standing)).toEqual([]);
  expect(violationsOnTheWay(await world.history())).toEqual([]);
  return standing;
}

describe('a fault that passes', () => {
  test.each(PAIRS)('%s survives %s, done once', async (_name, _fault, { writes, set, run, done }, meets) => {
    const world = await openWorld(engine);
    await set(world);
    world.door.next(writes, meets);
    const { status, body } = await run(world);
    expect({ status, state: body.chat.state }).toEqual(done);
    const standing = await expectInOrder(world);
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
      expect(await world.standing()).toEqual(before);
    },
  );

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
    const standing = await expectInOrder(world);
    expect(standing.chats).toHaveLength(1);
    // "Nothing was changed" would be a lie.
    expect(status).not.toBe(429);
  });
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
    expect(await world.search()).toEqual({ outcome: 'done', assigned: 9 });
    await expectInOrder(world);
  });

  test.each(Object.entries(PASSING))('survives %s at every second write', async (_, fault) => {
    const world = await set({ agents: 20, waiting: 60 });
    let count = 0;
    world.door.always(call => isClaim(call) && ++count % 2 === 1, fault);
    expect(await world.search()).toEqual({ outcome: 'done', assigned: 60 });
    const standing = await expectInOrder(world);
    expect(standing.places).toEqual([]);
  });

  test('recognises as done what was closed again before the lost answer was followed up', async () => {
    const world = await set({ agents: 1, waiting: 1 });
    world.door.next(isClaim, async (carryOut, call) => {
      await carryOut();
      await world.close(await theChat(world));
      return timedOutBefore(carryOut, call);
    });
    expect((await world.search()).assigned).toBe(1);
    const standing = await expectInOrder(world);
    expect(standing.chats[0]?.chat.state).toBe('closed');
  });

  test('goes on with the other agents when one went offline in between', async () => {
    const world = await set();
    world.door.next(
      isClaim,
      afterOthers(() => world.setStatus('agent-0001', 'offline')),
    );
    expect((await world.search()).assigned).toBe(6);
    const standing = await expectInOrder(world);
    expect(standing.places).toHaveLength(3);
  });

  test('goes on with the other chats when one was closed in between', async () => {
    const world = await set();
    world.door.next(
      isClaim,
      afterOthers(async () => world.close(await theOldest(world), 'operator')),
    );
    expect((await world.search()).assigned).toBe(8);
    await expectInOrder(world);
  });
});

const theOldest = async (world: World) => {
  const places = (await world.standing()).places.map(place => place.chatId).sort();
  return places[0] as ChatId;
};

describe('the races of a start', () => {
  test('the agent goes offline between reading and claim: the chat waits, it is not given to it', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(1) });
    world.door.next(
      isClaim,
      afterOthers(() => world.setStatus('agent-0000', 'offline')),
    );
    const { status, body } = await world.start();
    expect({ status, state: body.chat.state }).toEqual({ status: 201, state: 'waiting' });
    await expectInOrder(world);
  });

  test('another chat takes the agent: the next agent gets this one', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(2, { maxLoad: 1 }) });
    world.door.next(
      isClaim,
      afterOthers(() => world.start()),
    );
    const { body } = await world.start();
    expect(body.chat.state).toBe('open');
    const { agents } = await expectInOrder(world);
    expect(agents.map(one => one.openChats)).toEqual([1, 1]);
  });

  test('two starts of one visitor make one chat', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(3) });
    const first = await world.start();
    await world.close(first.body.chat.id);
    const visitor = first.body.visitorToken;
    const replies = await Promise.all([1, 2, 3].map(() => world.start({ visitor })));
    expect(new Set(replies.map(reply => reply.body.chat.id)).size).toBe(1);
    expect((await expectInOrder(world)).chats).toHaveLength(2);
  });
});

describe('a command under its Idempotency-Key', () => {
  test('is begun though the SDK sent its first write twice, because an answer was lost on the way', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(1) });
    world.door.next(
      both(isOfACommand, ({ name }) => name === 'Put'),
      sentTwice,
    );
    expect((await world.start({ key: 'k' })).status).toBe(201);
  });

  test('delivered twice at once is carried out once; the second is told it is at work, or gets the answer', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(3) });
    const replies = await Promise.all([1, 2, 3].map(() => world.start({ key: 'k' })));
    expect(replies.filter(reply => reply.status === 201 && !reply.replayed)).toHaveLength(1);
    expect(replies.every(reply => reply.status === 201 || reply.body.code === 'in-progress')).toBe(true);
    expect((await expectInOrder(world)).chats).toHaveLength(1);
  });

  test('whose transaction keeps timing out is not forgotten: it stays in progress until its lease is over', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(1) });
    world.door.always(isTransaction, timedOutBefore);
    expect((await world.start({ key: 'k' })).status).toBe(503);
    await world.door.mend();
    expect((await world.start({ key: 'k' })).body.code).toBe('in-progress');
    await world.recover();
    expect((await world.start({ key: 'k' })).status).toBe(201);
    expect((await world.standing()).chats).toHaveLength(1);
  });

  test('that was refused without a change may be tried again at once', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(1) });
    world.door.always(isTransaction, throttled);
    expect((await world.start({ key: 'k' })).body.code).toBe('busy');
    await world.door.mend();
    expect((await world.start({ key: 'k' })).status).toBe(201);
  });

  test('of a run that was taken over writes nothing any more', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(3) });
    let second: Reply | undefined;
    world.door.next(
      isClaim,
      afterOthers(async () => {
        world.clock.now = (world.clock.now + 46_000) as typeof world.clock.now;
        second = await world.start({ key: 'k' });
      }),
    );
    await world.start({ key: 'k' });
    expect(second?.status).toBe(201);
    expect((await expectInOrder(world)).chats).toHaveLength(1);
  });
});

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

  test.each([
    ['a channel', 'replaceChannel', { channelId: 'web' }, { name: 'Web', weight: 3 }],
    ['the settings', 'replaceSettings', {}, { acceptWithinLimit: true }],
  ] as const)(
    'is %s, sent again by the SDK: it is saved, and not called stale',
    async (_, route, params, body) => {
      const world = await openWorld(engine);
      world.door.next(({ name }) => name === 'Put', sentTwice);
      expect((await world.call(route, { params, body, headers: etag })).status).toBe(200);
    },
  );

  test('is a status, sent again by the SDK: it is set', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [member] });
    world.door.next(savesAnAgent, sentTwice);
    expect((await world.setStatus('ada', 'rest')).status).toBe(200);
    expect((await world.standing()).agents[0]?.status).toBe('rest');
  });

  test('is a group that another operator changed instead: it is not called saved', async () => {
    const world = await openWorld(engine);
    await world.put({ groups: [{ ...LINE_1, version: 1, spreading: null }] });
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
  const groups = [group('line-1', 5), LINE_2].map(one => ({ ...one, version: 1, spreading: null }));
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
      savesAnAgent,
      afterOthers(() => change(world, 'line-1', 2)),
    );
    await change(world, 'line-2', 9);
    await world.recover();
    expect(violationsOnceSettled(await world.standing())).toEqual([]);
  });

  test('survives a claim of the same member in between', async () => {
    const world = await openWorld(engine);
    await world.put({ groups, agents: [agent({ id: 'ada', groups })] });
    world.door.next(
      savesAnAgent,
      afterOthers(() => world.start()),
    );
    expect((await change(world, 'line-2', 9)).status).toBe(200);
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
