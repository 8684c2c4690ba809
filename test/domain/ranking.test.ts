import { describe, expect, test } from '@jest/globals';
import { POLICIES, POLICY_NAMES, READING_ORDERS, rankingOf } from '../../domain/policies.ts';
import { best, CRITERION_NAMES, comesBefore, criterion, firstInOrder } from '../../domain/ranking.ts';
import { agent, agentId } from '../support/domain.ts';
import { chosenLast } from './deciding.ts';

test.each(POLICY_NAMES)('the ranking of %s is total: it ends with the agent id', policy => {
  expect(rankingOf(policy)).toEqual([...(POLICIES[policy].ranking ?? []), 'agent-id']);
});

test('the default policy ranks in the order of 002, steps 2 to 4', () => {
  expect(rankingOf('queue-position')).toEqual(['queue-position', 'open-chats', 'last-close', 'agent-id']);
});

/** What stops a reading early is what ranking and reading have in common; where that is nothing, all must be read. */
test.each(POLICY_NAMES.filter(name => POLICIES[name].readingOrder !== 'everyone'))(
  'the ranking of %s begins as its reading order does',
  policy => {
    expect(READING_ORDERS[POLICIES[policy].readingOrder][0]).toBe(rankingOf(policy)[0]);
  },
);

test.each(CRITERION_NAMES)('an agent is neither before nor behind itself: %s', name => {
  const one = agent({ tally: { closedToday: 1, closedIn30Days: 2 } });
  expect(criterion(name).compare(one, one, null)).toBe(0);
  expect(comesBefore([name], one, one, chosenLast(one))).toBe(false);
});

test.each(['closed-today', 'closed-in-30-days'] as const)(
  'to rank by %s without having read it is a mistake, not a zero',
  name => {
    const [read, unread] = [agent({ tally: { closedToday: 0, closedIn30Days: 0 } }), agent({ id: 'bo' })];
    expect(() => best(name, [read, unread], null)).toThrow('the tally of bo was not read');
  },
);

describe('the best by one criterion', () => {
  const [ada, bo, cy] = [
    agent({ id: 'ada', openChats: 1 }),
    agent({ id: 'bo', openChats: 0 }),
    agent({ id: 'cy', openChats: 0 }),
  ];

  test('are all that share the best value', () => {
    expect(best('open-chats', [ada, bo, cy], null)).toEqual([bo, cy]);
    expect(best('last-close', [ada, bo, cy], null)).toEqual([ada, bo, cy]);
  });

  test('are nobody among nobody', () => {
    expect(best('open-chats', [], null)).toEqual([]);
  });
});

describe('the first in order', () => {
  const team = [3, 1, 2].map(count => agent({ id: `agent-${count}`, openChats: count }));

  test.each([
    { count: 0, ids: [] },
    { count: 1, ids: ['agent-1'] },
    { count: 2, ids: ['agent-1', 'agent-2'] },
    { count: 9, ids: ['agent-1', 'agent-2', 'agent-3'] },
  ])('$count of three', ({ count, ids }) => {
    const first = firstInOrder(['open-chats'], team, null, count);
    expect(first.map(one => one.id)).toEqual(ids.map(agentId));
  });

  test('keep the order they came in where the criteria say nothing', () => {
    const first = firstInOrder(['last-close'], team, null, 3);
    expect(first.map(one => one.id)).toEqual(['agent-3', 'agent-1', 'agent-2']);
  });
});
