import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../domain/brands.ts';
import { type Close, closeOf, fold, NO_PAST, QUARTER_MS, tallyOf } from '../../domain/closes.ts';
import { startOfDay } from '../../domain/local-time.ts';
import { DAY_MS, dayAt, HOUR_MS, MINUTE_MS, moment, ZONES } from './wall-clock.ts';

const close = (createdAt: string, closedAt: string) => closeOf(moment(createdAt), moment(closedAt));

describe('a close counts', () => {
  test.each<{ name: string; closes: Close[]; now: string; zone?: string; today: number; in30Days: number }>([
    {
      name: 'today and in the 30 days when it was created and closed today',
      closes: [close('2026-11-18T09:00Z', '2026-11-18T09:20Z')],
      now: '2026-11-18T10:00Z',
      today: 1,
      in30Days: 1,
    },
    {
      // The seed counts among the chats created today, not those closed today.
      name: 'not today when the chat was created yesterday and closed today',
      closes: [close('2026-11-17T23:59Z', '2026-11-18T00:01Z')],
      now: '2026-11-18T10:00Z',
      today: 0,
      in30Days: 1,
    },
    {
      name: 'not today any more once it is midnight',
      closes: [close('2026-11-18T09:00Z', '2026-11-18T09:20Z')],
      now: '2026-11-19T00:00Z',
      today: 0,
      in30Days: 1,
    },
    {
      name: 'on the first of the 30 days, from its midnight on',
      closes: [close('2026-10-20T00:00Z', '2026-10-20T00:00Z')],
      now: '2026-11-18T23:59Z',
      today: 0,
      in30Days: 1,
    },
    {
      name: 'not on the day before the 30 days',
      closes: [close('2026-10-19T23:00Z', '2026-10-19T23:59Z')],
      now: '2026-11-18T00:00Z',
      today: 0,
      in30Days: 0,
    },
    {
      // 23:30Z on the 17th is already the 18th in Berlin.
      name: "by the project's day, not that of UTC",
      closes: [close('2026-11-17T23:30Z', '2026-11-17T23:40Z')],
      now: '2026-11-18T10:00Z',
      zone: 'Europe/Berlin',
      today: 1,
      in30Days: 1,
    },
    {
      // Kathmandu's day begins at 18:15Z: here the quarters are needed.
      name: 'by the quarter of an hour where the day begins on one',
      closes: [
        close('2026-11-17T18:14Z', '2026-11-18T05:00Z'),
        close('2026-11-17T18:15Z', '2026-11-18T05:00Z'),
      ],
      now: '2026-11-18T06:00Z',
      zone: 'Asia/Kathmandu',
      today: 1,
      in30Days: 2,
    },
    {
      // 24 hours and 45 minutes ago, and still today.
      name: 'today for all 25 hours of the day on which summer time ends',
      closes: [
        close('2026-10-24T22:00Z', '2026-10-24T22:30Z'),
        close('2026-10-24T21:59Z', '2026-10-24T22:30Z'),
      ],
      now: '2026-10-25T22:45Z',
      zone: 'Europe/Berlin',
      today: 1,
      in30Days: 2,
    },
    {
      // The day begins at 01:00, which is 22:00Z.
      name: 'today from its first moment on where there is no midnight',
      closes: [
        close('2026-03-28T22:00Z', '2026-03-28T22:10Z'),
        close('2026-03-28T21:45Z', '2026-03-28T22:10Z'),
      ],
      now: '2026-03-29T10:00Z',
      zone: 'Asia/Beirut',
      today: 1,
      in30Days: 2,
    },
  ])('$name', ({ closes, now, zone = 'UTC', today, in30Days }) => {
    const tally = { closedToday: today, closedIn30Days: in30Days };
    expect(tallyOf(closes, NO_PAST, moment(now), zone)).toEqual(tally);
    expect(tallyOf([], fold(NO_PAST, closes, moment(now)), moment(now), zone)).toEqual(tally);
  });
});

test('every day of every zone begins on a quarter of an hour', () => {
  const moments = ['2015-07-01T12:00Z', '2026-03-29T12:00Z', '2026-11-18T12:00Z', '2035-01-01T12:00Z'].map(
    moment,
  );
  const begins = Intl.supportedValuesOf('timeZone').flatMap(zone => moments.map(at => startOfDay(at, zone)));
  expect(begins.filter(at => at % QUARTER_MS !== 0)).toEqual([]);
});

describe('the start of the day', () => {
  test.each([
    { at: '2026-11-18T10:00Z', zone: 'Europe/Berlin', daysBack: 0, start: '2026-11-17T23:00Z' },
    { at: '2026-11-17T23:00Z', zone: 'Europe/Berlin', daysBack: 0, start: '2026-11-17T23:00Z' },
    // Back in summer time, an hour further than 29 times 24 hours.
    { at: '2026-11-18T10:00Z', zone: 'Europe/Berlin', daysBack: 29, start: '2026-10-19T22:00Z' },
    // There is no midnight on this day: it begins at 01:00.
    { at: '2026-03-29T10:00Z', zone: 'Asia/Beirut', daysBack: 0, start: '2026-03-28T22:00Z' },
    { at: '2026-09-07T10:00Z', zone: 'America/Santiago', daysBack: 1, start: '2026-09-06T04:00Z' },
    // Midnight comes twice: the day begins with the first.
    { at: '2026-11-01T12:00Z', zone: 'America/Havana', daysBack: 0, start: '2026-11-01T04:00Z' },
    // The last hour of Saturday comes twice, and both times it is Saturday.
    { at: '2026-04-05T03:30Z', zone: 'America/Santiago', daysBack: 0, start: '2026-04-04T03:00Z' },
  ])('$zone, $daysBack days before $at', ({ at, zone, daysBack, start }) => {
    expect(startOfDay(moment(at), zone, daysBack)).toBe(moment(start));
  });
});

test('a hundred thousand closes in a month are counted, and take no more room than a few', () => {
  const now = moment('2026-11-18T10:00Z');
  const closes = Array.from({ length: 100_000 }, (_, i) => {
    const closedAt = (now - Math.floor((i / 100_000) * 40 * DAY_MS)) as Instant;
    return closeOf((closedAt - HOUR_MS) as Instant, closedAt);
  });
  const past = fold(NO_PAST, closes, now);
  expect(past.closed.size).toBeLessThanOrEqual(32 * 96 + 1);
  expect(past.created.size).toBeLessThanOrEqual(50 * 4 + 1);
  // 29 days and ten hours of 40 days.
  expect(tallyOf([], past, now, 'UTC').closedIn30Days).toBeCloseTo(
    (100_000 * (29 * 24 + 10)) / (40 * 24),
    -2,
  );
});

type Chat = { readonly createdAt: Instant; readonly closedAt: Instant };

/** The seed's two counts, from the chats themselves. */
function recount(chats: readonly Chat[], now: Instant, timeZone: string) {
  const today = dayAt(now, timeZone);
  return {
    closedToday: chats.filter(chat => dayAt(chat.createdAt, timeZone) === today).length,
    closedIn30Days: chats.filter(chat => dayAt(chat.closedAt, timeZone) > today - 30).length,
  };
}

type Step = {
  readonly pauseMinutes: number;
  readonly ageMinutes: number;
  readonly folds: boolean;
  readonly zone: string;
};

/** Minutes, hours and days as often as each other. */
const minutes = (days: number) => fc.oneof(fc.nat(60), fc.nat(30 * 60), fc.nat(days * 24 * 60));

const step: fc.Arbitrary<Step> = fc.record({
  pauseMinutes: minutes(12),
  ageMinutes: minutes(4),
  folds: fc.boolean(),
  zone: fc.constantFrom(...ZONES),
});

/** Before the changes of 2026 in spring or in autumn, so that the steps walk over them. */
const begin = fc
  .tuple(fc.constantFrom('2026-03-01T00:00Z', '2026-09-20T00:00Z'), fc.nat(60 * 24 * 60))
  .map(([iso, offset]) => (moment(iso) + offset * MINUTE_MS) as Instant);

test('folding whenever, and another zone whenever, change no count', () => {
  fc.assert(
    fc.property(begin, fc.array(step, { maxLength: 40 }), (first, steps) => {
      let now = first;
      let recent: Close[] = [];
      let past = NO_PAST;
      const chats: Chat[] = [];
      for (const { pauseMinutes, ageMinutes, folds, zone } of steps) {
        now = (now + pauseMinutes * MINUTE_MS) as Instant;
        const createdAt = (now - ageMinutes * MINUTE_MS) as Instant;
        chats.push({ createdAt, closedAt: now });
        recent.push(closeOf(createdAt, now));
        if (folds) {
          past = fold(past, recent, now);
          recent = [];
        }
        expect(tallyOf(recent, past, now, zone)).toEqual(recount(chats, now, zone));
      }
    }),
    { numRuns: 300 },
  );
});
