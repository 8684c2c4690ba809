import { describe, expect, test } from '@jest/globals';
import { isGiven } from '../../local/demo/recount/held-by.ts';
import { loadDiffers } from '../../local/demo/recount/load-differs.ts';
import { lost } from '../../local/demo/recount/lost.ts';
import { overLimit } from '../../local/demo/recount/over-limit.ts';
import { unexplained } from '../../local/demo/recount/unexplained.ts';
import { agent, chat } from './standing.ts';

/** Each check is shown to be able to fail: what is planted is found, and named. */
describe('over limit', () => {
  const first = chat({ id: 'a', agentId: 'elm', assignedAt: 10, closedAt: 50 });

  test('a second chat on an agent with room for one is found', () => {
    const planted = chat({ id: 'b', agentId: 'elm', assignedAt: 49 });
    expect(overLimit([first, planted], [agent()])).toEqual([
      { chatId: 'b', agentId: 'elm', load: 2, maxLoad: 1 },
    ]);
  });

  test('weights count, not chats', () => {
    const heavy = chat({ id: 'b', agentId: 'elm', assignedAt: 20, weight: 2 });
    expect(overLimit([first, heavy], [agent({ maxLoad: 2 })])).toHaveLength(1);
    expect(overLimit([first, heavy], [agent({ maxLoad: 3 })])).toEqual([]);
  });

  test('two chats given in the same millisecond are added up', () => {
    const twin = chat({ id: 'b', agentId: 'elm', assignedAt: 10 });
    expect(overLimit([first, twin], [agent()])).toHaveLength(1);
  });

  test.each([
    ['a slot freed in the same millisecond', chat({ id: 'b', agentId: 'elm', assignedAt: 50 }), agent()],
    ['another agent', chat({ id: 'b', agentId: 'oak', assignedAt: 20 }), agent()],
    ['no limit', chat({ id: 'b', agentId: 'elm', assignedAt: 20 }), agent({ maxLoad: null })],
    // A forced claim may pass the limit; it says so.
    ['a forced claim', chat({ id: 'b', agentId: 'elm', assignedAt: 20, forced: true }), agent()],
  ])('%s is not over the limit', (_, other, elm) => {
    expect(overLimit([first, other], [elm])).toEqual([]);
  });
});

describe('lost', () => {
  const waiting = chat({ id: 'a' });

  test.each([
    ['started and not listed', ['a', 'b'], [waiting], { chatId: 'b', why: 'not-listed' }],
    ['listed and never started', [], [waiting], { chatId: 'a', why: 'never-started' }],
    ["open and nobody's", ['a'], [chat({ id: 'a', state: 'open' })], { chatId: 'a', why: 'nobodys' }],
    ['closed at no time', ['a'], [chat({ id: 'a', state: 'closed' })], { chatId: 'a', why: 'nobodys' }],
  ] as const)('a chat that is %s is found', (_, started, listed, planted) => {
    expect(lost(started, listed)).toEqual([planted]);
  });

  test('waiting, open and closed chats are all accounted for', () => {
    const open = chat({ id: 'b', agentId: 'elm', assignedAt: 1 });
    const gaveUp = chat({ id: 'c', closedAt: 2 });
    expect(lost(['a', 'b', 'c'], [waiting, open, gaveUp])).toEqual([]);
  });
});

describe('loads that differ', () => {
  const open = chat({ id: 'a', agentId: 'elm', assignedAt: 1, weight: 2 });
  const closed = chat({ id: 'b', agentId: 'elm', assignedAt: 1, closedAt: 2 });

  test('the sum and the count over the open chats is what an agent must say', () => {
    expect(loadDiffers([open, closed], [agent({ load: 2, openChats: 1 })])).toEqual([]);
  });

  test.each([
    ['a load never released', { load: 3, openChats: 1 }],
    ['a load never charged', { load: 0, openChats: 1 }],
    ['a wrong count', { load: 2, openChats: 2 }],
  ])('%s is found', (_, says) => {
    const counted = { load: 2, openChats: 1 };
    expect(loadDiffers([open, closed], [agent(says)])).toEqual([{ agentId: 'elm', says, counted }]);
  });
});

test('a chat whose record does not name its agent is without a reason', () => {
  const given = [chat({ id: 'a', agentId: 'elm', assignedAt: 1 })].filter(isGiven);
  const decision = { trigger: 'start', outcome: 'assigned', winner: 'elm', decidedBy: 'agent-id', steps: [] };
  expect(unexplained(given, new Map([['a', [decision]]]))).toEqual([]);
  expect(unexplained(given, new Map([['a', [{ ...decision, winner: 'oak' }]]]))).toEqual(['a']);
  expect(unexplained(given, new Map())).toEqual(['a']);
});
