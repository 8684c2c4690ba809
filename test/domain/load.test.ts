import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Agent } from '../../domain/agent.ts';
import { closeOf } from '../../domain/closes.ts';
import { ineligible } from '../../domain/eligibility.ts';
import { burdened, charged, chargedTogether, released, relieved, taken, without } from '../../domain/load.ts';
import { agent, at, chatId, demand, NOW } from '../support/domain.ts';

/** A chat of that charge, created at 15:00. */
const ending = (id: string, weight: number, createdAt = at('15:00')) => ({
  id: chatId(id),
  state: 'open' as const,
  weight,
  createdAt,
});

describe('an agent that is charged', () => {
  test('has one open chat more and that much less room', () => {
    const before = agent({ maxLoad: 5, load: 1, chatIds: ['chat_1'], version: 4 });
    expect(charged(before, 2)).toEqual({ ...before, openChats: 2, vacancy: 2, version: 5 });
  });

  test('stays without limit', () => {
    expect(charged(agent({ maxLoad: null }), 7).vacancy).toBeNull();
  });

  test('with several chats in one write has each of them, and its row changes once', () => {
    const before = agent({ maxLoad: 9, load: 1, chatIds: ['chat_1'], version: 4 });
    expect(chargedTogether(before, [2, 1, 3])).toEqual({ ...before, openChats: 4, vacancy: 2, version: 5 });
  });
});

describe('an agent that took a chat by hand', () => {
  test.each([
    { so: 'within its limit', maxLoad: 5, load: 1, weight: 2, vacancy: 2 },
    { so: 'up to its limit', maxLoad: 5, load: 3, weight: 2, vacancy: 0 },
    // The load is added all the same; nothing automatic comes until it fits again.
    { so: 'past its limit', maxLoad: 5, load: 4, weight: 3, vacancy: -2 },
    { so: 'with a limit of 0', maxLoad: 0, load: 0, weight: 1, vacancy: -1 },
    { so: 'without limit', maxLoad: null, load: 4, weight: 3, vacancy: null },
  ])('$so', ({ maxLoad, load, weight, vacancy }) => {
    const before = agent({ maxLoad, load, chatIds: ['chat_1'], version: 4 });
    const after = taken(before, chatId('chat_2'), weight);
    expect(after).toEqual({
      ...before,
      load: load + weight,
      vacancy,
      openChats: 2,
      chatIds: ['chat_1', 'chat_2'],
      version: 5,
    });
  });

  test('past its limit gets nothing automatic until it fits again', () => {
    const over = taken(agent({ maxLoad: 2, load: 2, chatIds: ['chat_1'] }), chatId('chat_2'), 1);
    const full = released(over, ending('chat_2', 1), NOW);
    const free = released(full, ending('chat_1', 2), NOW);
    expect([over, full, free].map(one => one.vacancy)).toEqual([-1, 0, 2]);
    expect([over, full, free].map(one => ineligible(one, demand()))).toEqual(['no-room', 'no-room', null]);
  });
});

describe('an agent that is released', () => {
  test('has exactly the charge back, the chat off its list and the close on its record', () => {
    const before = agent({
      maxLoad: 9,
      load: 5,
      chatIds: ['chat_1', 'chat_2'],
      lastClosed: '15:00',
      version: 4,
    });
    expect(released(before, ending('chat_1', 3, at('14:40')), at('15:05'))).toEqual({
      ...before,
      load: 2,
      vacancy: 7,
      openChats: 1,
      chatIds: ['chat_2'],
      lastClosedAt: at('15:05'),
      recentCloses: [closeOf(at('14:40'), at('15:05'))],
      version: 5,
    });
  });

  test('keeps the closes before it, oldest first', () => {
    const chats = ['chat_1', 'chat_2', 'chat_3'];
    const closes = chats.reduce(
      (one, id, i) => released(one, ending(id, 1, at(`1${i}:00`)), at(`1${i + 1}:30`)),
      agent({ load: 3, chatIds: chats }),
    ).recentCloses;
    expect(closes).toEqual([
      closeOf(at('10:00'), at('11:30')),
      closeOf(at('11:00'), at('12:30')),
      closeOf(at('12:00'), at('13:30')),
    ]);
  });

  test('has the close counted whatever the limit and the status are by then', () => {
    const gone = agent({ status: 'offline', maxLoad: 0, load: 1, chatIds: ['chat_1'] });
    const after = released(gone, ending('chat_1', 1), NOW);
    expect(after).toMatchObject({ lastClosedAt: NOW, recentCloses: [closeOf(at('15:00'), NOW)], vacancy: 0 });
  });

  test('has that much more room also when its limit was changed in between', () => {
    const before = agent({ maxLoad: 2, load: 5, chatIds: ['chat_1'] });
    expect(released(before, ending('chat_1', 5), NOW)).toMatchObject({ load: 0, vacancy: 2, openChats: 0 });
  });
});

describe('an agent that puts a chat on hold', () => {
  const before = agent({ maxLoad: 5, load: 5, chatIds: ['chat_1', 'chat_2'], version: 4 });
  const relief = relieved(before, ending('chat_1', 3));

  test('has its room back at once, the chat still its own', () => {
    expect(relief).toEqual({ ...before, load: 2, vacancy: 3, openChats: 1, heldChats: 1, version: 5 });
  });

  test('has exactly that charged again when it takes it back, whatever the room', () => {
    const full = taken(relief, chatId('chat_3'), 3);
    expect(burdened(full, ending('chat_1', 3))).toEqual({
      ...full,
      load: 8,
      vacancy: -3,
      openChats: 3,
      heldChats: 0,
      version: 7,
    });
  });

  test('has no load released when the held one closes', () => {
    const closed = released(relief, { ...ending('chat_1', 3), state: 'held' }, NOW);
    expect(closed).toMatchObject({
      load: 2,
      openChats: 1,
      heldChats: 0,
      chatIds: ['chat_2'],
      lastClosedAt: NOW,
    });
  });
});

test('a chat that leaves its agent for another counts as no close', () => {
  const before = agent({
    maxLoad: 5,
    load: 4,
    chatIds: ['chat_1', 'chat_2'],
    lastClosed: '15:00',
    version: 4,
  });
  expect(without(before, ending('chat_1', 3))).toEqual({
    ...before,
    load: 1,
    vacancy: 4,
    openChats: 1,
    chatIds: ['chat_2'],
    version: 5,
  });
});

/** "load and open-chat count of every agent equal the sum and the count over its chats, always." */
describe('whatever an agent takes and gives back', () => {
  type Take = typeof taken;
  type Release = typeof released;
  const moves = fc.array(
    fc.record({ weight: fc.integer({ min: 1, max: 4 }), gives: fc.boolean(), which: fc.nat() }),
  );

  /** Each move takes a chat of some weight or gives back one of those it has, and the books are checked after it. */
  const booksBalance = (take: Take, release: Release, run?: fc.Parameters<unknown>) =>
    fc.assert(
      fc.property(moves, fc.option(fc.nat(8)), (list, maxLoad) => {
        let one: Agent = agent({ maxLoad });
        let chats: { id: string; weight: number }[] = [];
        for (const [i, { weight, gives, which }] of list.entries()) {
          const chat = gives ? chats[which % chats.length] : undefined;
          if (chat === undefined) {
            one = take(one, chatId(`chat_${i}`), weight);
            chats = [...chats, { id: `chat_${i}`, weight }];
          } else {
            one = release(one, ending(chat.id, chat.weight), NOW);
            chats = chats.filter(other => other !== chat);
          }
          const load = chats.reduce((sum, other) => sum + other.weight, 0);
          expect(one).toMatchObject({ load, openChats: chats.length, chatIds: chats.map(other => other.id) });
          expect(one.vacancy).toBe(maxLoad === null ? null : maxLoad - load);
          expect(one.version).toBe(i + 2);
        }
      }),
      run,
    );

  test('its load, count and list are those of its chats after every step', () => {
    booksBalance(taken, released);
  });

  test.each<[string, Take, Release]>([
    ['a chat charged as the lightest', (one, id) => taken(one, id, 1), released],
    [
      'a release of one unit too few',
      taken,
      (one, chat, now) => released(one, { ...chat, weight: chat.weight - 1 }, now),
    ],
    [
      'a release that keeps the count',
      taken,
      (one, ...to) => ({ ...released(one, ...to), openChats: one.openChats }),
    ],
  ])('%s would be noticed', (_, take, release) => {
    expect(() => booksBalance(take, release, { seed: 1 })).toThrow('Property failed');
  });
});
