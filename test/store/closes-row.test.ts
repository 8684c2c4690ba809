import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Close, type PastCloses, RECENT_CLOSES_MAX } from '../../domain/closes.ts';
import { packCloses, packPast, unpackCloses, unpackPast } from '../../functions/store/closes-row.ts';

/** Quarter-hours since the epoch, in November 2026. */
const NOW_QUARTER = 1_994_000;

const quarter = fc.integer({ min: NOW_QUARTER - 3_000, max: NOW_QUARTER });

const close: fc.Arbitrary<Close> = fc
  .tuple(quarter, fc.oneof(fc.nat(300), fc.nat(10_000)))
  .map(([closedQuarter, age]) => ({ closedQuarter, createdQuarter: closedQuarter - age }));

const counts = fc
  .array(fc.tuple(quarter, fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 100_000 }))))
  .map(entries => new Map(entries));

const past: fc.Arbitrary<PastCloses> = fc.record({ closed: counts, created: counts });

describe('recent closes', () => {
  test('come back as they were, in order, but for an age of days that was cut', () => {
    fc.assert(
      fc.property(fc.array(close, { maxLength: RECENT_CLOSES_MAX }), closes => {
        expect(unpackCloses(packCloses(closes))).toEqual(
          closes.map(({ createdQuarter, closedQuarter }) => ({
            closedQuarter,
            createdQuarter: Math.max(createdQuarter, closedQuarter - 255),
          })),
        );
      }),
    );
  });

  test('are the same bytes when they are packed again', () => {
    fc.assert(
      fc.property(fc.array(close), closes => {
        const bytes = packCloses(closes);
        expect(packCloses(unpackCloses(bytes))).toEqual(bytes);
      }),
    );
  });

  test('take four bytes each, wherever in a buffer they lie', () => {
    const closes = [{ createdQuarter: NOW_QUARTER - 3, closedQuarter: NOW_QUARTER }];
    const bytes = packCloses(closes);
    expect(bytes.length).toBe(4);
    expect(unpackCloses(new Uint8Array([9, 9, 9, ...bytes, 9]).subarray(3, 7))).toEqual(closes);
  });

  test('that break off are refused', () => {
    expect(() => unpackCloses(new Uint8Array(7))).toThrow(RangeError);
  });
});

describe('past closes', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(past, given => {
        expect(unpackPast(packPast(given))).toEqual(given);
      }),
    );
  });

  test.each<{ name: string; closed: [number, number][]; bytes: number }>([
    { name: 'nothing', closed: [], bytes: 4 },
    { name: 'a count above 255', closed: [[NOW_QUARTER, 100_000]], bytes: 4 + 4 + 3 },
    // 30 days of eight hours, 0 to 14 closes in each quarter.
    { name: "a busy agent's month", closed: everyQuarter(32, count => count % 15), bytes: 1_200 },
    // Three bytes for each: the dearest a working day can be.
    {
      name: 'a month of closes in every other quarter',
      closed: everyQuarter(32, count => count % 2),
      bytes: 1_500,
    },
    // No person does that; the row still holds it.
    {
      name: 'a thousand closes in every quarter there is',
      closed: everyQuarter(96, () => 1_000),
      bytes: 6_000,
    },
  ])('of $name take at most $bytes bytes', ({ closed, bytes }) => {
    const given = { closed: new Map(closed), created: new Map<number, number>() };
    const packed = packPast(given);
    expect(packed.length).toBeLessThanOrEqual(bytes);
    expect(unpackPast(packed)).toEqual(given);
  });

  test('that break off or go on are refused', () => {
    fc.assert(
      fc.property(past, fc.nat(), (given, cut) => {
        const bytes = packPast(given);
        expect(() => unpackPast(bytes.subarray(0, cut % bytes.length))).toThrow(RangeError);
        expect(() => unpackPast(Uint8Array.from([...bytes, cut % 256]))).toThrow(RangeError);
      }),
    );
  });

  test('of any bytes at all are counts or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        const read = readOrRefused(bytes);
        if (read === null) return;
        for (const count of [...read.closed.values(), ...read.created.values()])
          expect(count).toBeGreaterThan(0);
      }),
    );
  });
});

/** Thirty days of so many quarters in a row; those with a count of 0 have no entry. */
function everyQuarter(quartersPerDay: number, countOf: (i: number) => number): [number, number][] {
  return Array.from({ length: 30 * quartersPerDay }, (_, i): [number, number] => [
    NOW_QUARTER - 96 * Math.floor(i / quartersPerDay) - (i % quartersPerDay),
    countOf(i),
  ]).filter(([, count]) => count > 0);
}

function readOrRefused(bytes: Uint8Array): PastCloses | null {
  try {
    return unpackPast(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return null;
  }
}
