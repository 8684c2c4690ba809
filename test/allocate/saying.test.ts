import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId, Instant } from '../../domain/brands.ts';
import { messageView, pageOf } from '../../functions/schemas.ts';
import { agent } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, type Matches, puts } from '../support/faults.ts';
import { openWorld, type World } from '../support/world.ts';

/** A start whose visitor has a chat already says its message in that one: once, whatever happens on the way. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const CALLS_MAX = 30;

/** Ada has a visitor's chat, and has answered. */
async function open() {
  const world = await openWorld(engine);
  await world.put({ agents: [agent({ id: 'ada' })] });
  const { body } = await world.start({ message: 'Hello?' });
  const { id } = body.chat;
  await answer(world, id, 'Yes?');
  const sayNew = (key?: string) =>
    world.start({ visitor: body.visitorToken, message: 'New', ...(key !== undefined && { key }) });
  return { world, id, sayNew };
}

const answer = (world: World, chatId: ChatId, text: string) =>
  world.call('postMessage', { params: { chatId }, as: { agent: 'ada' }, body: { text } });

async function texts(world: World, chatId: ChatId) {
  const { body } = await world.call('listMessages', { params: { chatId } });
  return pageOf(messageView)
    .parse(body)
    .items.map(({ text }) => text);
}

const pass = (world: World, ms: number) => {
  world.clock.now = (world.clock.now + ms) as Instant;
};

/** The write of a message, alone or with a kept answer. */
const says: Matches = call =>
  puts(/\|BODY#/)(call) ||
  (call.name === 'Put' && String((call.input.Item as { sk?: unknown }).sk).startsWith('BODY#'));

describe('the message of a start into a chat that goes on', () => {
  test.each([
    ['in the same millisecond', 0, undefined, undefined],
    ['some milliseconds apart', 3, undefined, undefined],
    ['in the same millisecond, with a key each', 0, 'one', 'two'],
    ['some milliseconds apart, with a key each', 3, 'one', 'two'],
  ])('is said once by two clicks %s', async (_, ms, firstKey, secondKey) => {
    const { world, id, sayNew } = await open();
    world.door.next(
      says,
      afterOthers(async () => {
        pass(world, ms);
        await sayNew(firstKey);
        pass(world, ms);
      }),
    );
    const second = await sayNew(secondKey);
    expect(world.door.isThrough()).toBe(true);
    expect(second).toMatchObject({ status: 200, body: { chat: { id } } });
    await answer(world, id, 'Sure.');
    if (secondKey !== undefined) expect(await sayNew(secondKey)).toEqual({ ...second, replayed: true });
    expect(await texts(world, id)).toEqual(['Hello?', 'Yes?', 'New', 'Sure.']);
  });

  test('is said once though the agent was faster than both clicks', async () => {
    const { world, id, sayNew } = await open();
    world.door.next(
      says,
      afterOthers(async () => {
        await answer(world, id, 'Still there?');
        await sayNew();
      }),
    );
    await sayNew();
    expect(await texts(world, id)).toEqual(['Hello?', 'Yes?', 'Still there?', 'New']);
  });

  test('is said once under its key, wherever the process stops, also where the agent answers before it is repeated', async () => {
    for (let calls = 0; calls < CALLS_MAX; calls += 1) {
      const { world, id, sayNew } = await open();
      world.door.dieAfter(calls);
      await sayNew('the-same-key').catch(() => {});
      const died = world.door.hasDied();
      await world.door.mend();
      await answer(world, id, 'Sure.');
      pass(world, 60_000);
      const { status, body } = await sayNew('the-same-key');
      expect({ calls, status, id: body.chat.id }).toEqual({ calls, status: 200, id });
      const said = await texts(world, id);
      expect({ calls, said: said.filter(text => text === 'New') }).toEqual({ calls, said: ['New'] });
      if (!died) return expect(calls).toBeGreaterThan(4);
    }
    throw new Error(`the start was not done after ${CALLS_MAX} calls`);
  });
});
