import { afterAll, describe, expect, test } from '@jest/globals';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  afterOthers,
  both,
  isClaim,
  isOfACommand,
  isTransaction,
  sentTwice,
  throttled,
  timedOutBefore,
} from '../support/faults.ts';
import { expectConsistent } from '../support/in-order.ts';
import { openWorld, type Reply, team } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

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
    await expectConsistent(world);
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
    const { standing } = await expectConsistent(world);
    expect(standing.agents.map(one => one.openChats)).toEqual([1, 1]);
  });

  test('two starts of one visitor make one chat', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(3) });
    const first = await world.start();
    await world.close(first.body.chat.id);
    const visitor = first.body.visitorToken;
    const replies = await Promise.all([1, 2, 3].map(() => world.start({ visitor })));
    expect(new Set(replies.map(reply => reply.body.chat.id)).size).toBe(1);
    expect((await expectConsistent(world)).standing.chats).toHaveLength(2);
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
    expect((await expectConsistent(world)).standing.chats).toHaveLength(1);
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
    expect((await expectConsistent(world)).standing.chats).toHaveLength(1);
  });
});
