import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { bankDay, COLUMNS, parseDay } from '../../local/demo/bank-day.ts';

const SHIPPED = readFileSync(new URL('../../local/demo/bank-day.tsv', import.meta.url), 'utf8');
const HEADER = COLUMNS.join('\t');

describe('the shipped day', () => {
  const lines = SHIPPED.trimEnd().split('\n');
  const rows = lines.filter(line => !line.startsWith('#')).slice(1);

  test('acknowledges its source', () => {
    expect(SHIPPED).toContain('Anonymous Bank call-centre data, Technion, by I. Guedj and A. Mandelbaum');
  });

  test('holds only the allowed columns, and in them only numbers, call types and dashes', () => {
    expect(lines.find(line => !line.startsWith('#'))).toBe(HEADER);
    for (const row of rows) expect(row).toMatch(/^\d+\t(PS|PE|NE|NW|IN|TT)\t(\d+|-)\t(\d+|-)\t(\d+|-)$/);
  });

  test('is the whole recorded weekday in order of arrival', () => {
    const calls = bankDay();
    expect(calls).toHaveLength(1_665);
    expect(calls.filter(call => call.patienceSeconds !== null)).toHaveLength(254);
    const arrivals = calls.map(call => call.arrivalSecond);
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
  });

  test('numbers only callers who come again, from 1 on without a gap', () => {
    const callers = bankDay().flatMap(({ caller }) => caller ?? []);
    const distinct = [...new Set(callers)];
    expect(distinct).toEqual(distinct.map((_, index) => index + 1));
    for (const caller of distinct)
      expect(callers.filter(other => other === caller).length).toBeGreaterThan(1);
  });
});

test.each([
  ['another header', 'arrival_second\tname\n', /columns/],
  ['a field too many', `${HEADER}\n1\tPS\t5\t-\t-\tS01`, /line 2 is not a call/],
  ['an unknown type', `${HEADER}\n1\tXX\t5\t-\t-`, /line 2 is not a call/],
  ['served and given up at once', `${HEADER}\n1\tPS\t5\t7\t-`, /either served or given up/],
  ['neither served nor given up', `${HEADER}\n1\tPS\t-\t-\t-`, /either served or given up/],
])('a day with %s is refused', (_, text, message) => {
  expect(() => parseDay(text)).toThrow(message);
});
