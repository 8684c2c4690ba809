import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../domain/brands.ts';
import { DAYS, type Hours, isWithinHours, nextEdge, type Schedule } from '../../domain/schedule.ts';
import {
  CHANGES,
  changesWithin,
  DAY_MS,
  isMeantWithin,
  isShownWithin,
  MINUTE_MS,
  moment,
  ZONES,
} from './wall-clock.ts';

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '59'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);

const anyHours: fc.Arbitrary<Hours> = fc.record({
  days: fc.subarray([...DAYS]),
  from: clock,
  to: fc.oneof({ weight: 5, arbitrary: clock }, fc.constant('24:00')),
});

type Given = { readonly given: Schedule; readonly at: Instant };

/** In 2015 to 2035, on a whole minute. */
const anyMoment = fc
  .integer({ min: Date.UTC(2015) / MINUTE_MS, max: Date.UTC(2036) / MINUTE_MS })
  .map(minutes => (minutes * MINUTE_MS) as Instant);

function atAnyTime(all: fc.Arbitrary<readonly Hours[]>): fc.Arbitrary<Given> {
  return fc
    .tuple(fc.constantFrom(...ZONES), all, anyMoment)
    .map(([timeZone, some, at]) => ({ given: { timeZone, hours: some }, at }));
}

/** Within two days of a change of the schedule's clocks, where everything is surprising. */
function nearChange(all: fc.Arbitrary<readonly Hours[]>): fc.Arbitrary<Given> {
  const minutes = fc.integer({ min: -48 * 60, max: 48 * 60 });
  return fc.tuple(fc.constantFrom(...CHANGES), all, minutes).map(([{ timeZone, change }, some, offset]) => ({
    given: { timeZone, hours: some },
    at: (moment(change) + offset * MINUTE_MS) as Instant,
  }));
}

const several = fc.array(anyHours, { maxLength: 4 });
const single = anyHours.map(one => [one]);

describe('any schedule', () => {
  test('is what the clocks on the wall show, where they do not change', () => {
    fc.assert(
      fc.property(atAnyTime(several), ({ given, at }) => {
        fc.pre(!changesWithin(30, at, given.timeZone));
        expect(isWithinHours(given, at)).toBe(isShownWithin(given, at));
      }),
      { numRuns: 500 },
    );
  });

  test('is its hours as moments, where the clocks change', () => {
    fc.assert(
      fc.property(nearChange(single), ({ given, at }) => {
        expect(isWithinHours(given, at)).toBe(isMeantWithin(given, at));
      }),
      { numRuns: 500 },
    );
  });

  test('changes at its next edge and not before', () => {
    fc.assert(
      fc.property(fc.oneof(atAnyTime(several), nearChange(several)), ({ given, at }) => {
        const within = isWithinHours(given, at);
        const edge = nextEdge(given, at);
        const end = edge ?? at + 10 * DAY_MS;
        for (let then = at; then < end; then = (then + 17 * MINUTE_MS) as Instant) {
          expect(isWithinHours(given, then)).toBe(within);
        }
        expect(isWithinHours(given, (end - 1) as Instant)).toBe(within);
        if (edge !== null) expect(isWithinHours(given, edge)).toBe(!within);
      }),
      { numRuns: 200 },
    );
  });

  test('is the same for ever when it has no next edge', () => {
    fc.assert(
      fc.property(atAnyTime(several), anyMoment, ({ given, at }, other) => {
        fc.pre(nextEdge(given, at) === null);
        expect(isWithinHours(given, other)).toBe(isWithinHours(given, at));
        expect(nextEdge(given, other)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});
