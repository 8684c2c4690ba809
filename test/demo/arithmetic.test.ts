import { describe, expect, test } from '@jest/globals';
import { agenda } from '../../local/demo/agenda.ts';
import { percentile } from '../../local/demo/percentile.ts';
import { duration, timeOfDay } from '../../local/demo/time.ts';

describe('a percentile is a value that occurred', () => {
  test.each([
    [[], 50, null],
    [[7], 95, 7],
    [[3, 1, 2], 50, 2],
    // An even number of values: the lower of the middle two.
    [[1, 2, 3, 4], 50, 2],
    [Array.from({ length: 100 }, (_, index) => index + 1), 95, 95],
    [[1, 2, 3], 100, 3],
  ])('%j at %i', (values, percent, expected) => {
    expect(percentile(values, percent)).toBe(expected);
  });
});

test('an agenda gives what is due first, and in one second what was put in first', () => {
  const due = agenda<string>();
  for (const [second, item] of [
    [5, 'b'],
    [1, 'a'],
    [5, 'c'],
    [9, 'd'],
    [5, 'e'],
  ] as const)
    due.add(second, item);
  expect(due.next()).toEqual({ second: 1, order: 1, item: 'a' });
  due.add(5, 'f');
  const rest = [due.next(), due.next(), due.next(), due.next(), due.next(), due.next()];
  expect(rest.map(entry => entry?.item)).toEqual(['b', 'c', 'e', 'f', 'd', undefined]);
});

test.each([
  [0, '00:00:00'],
  [25_271, '07:01:11'],
  // The last shift runs past midnight.
  [86_405.9, '00:00:05'],
])('second %d of the day reads %s', (second, text) => {
  expect(timeOfDay(second)).toBe(text);
});

test.each([
  [0, '0 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [3_900, '1 h 5 min'],
])('%d seconds read %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
