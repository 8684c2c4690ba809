import { fromEpochMilliseconds, toZonedDateTimeISO } from 'temporal-polyfill/fns/Instant';
import { toZonedDateTime as startOfDate, subtractDays } from 'temporal-polyfill/fns/PlainDate';
import { toZonedDateTime, create as wallTime } from 'temporal-polyfill/fns/PlainDateTime';
import { toPlainDate } from 'temporal-polyfill/fns/ZonedDateTime';
import type { Instant } from './brands.ts';

/**
 * Between moments and what the clocks on the wall show in a time zone. The only place that knows a library for it:
 * the functions behind the standard Temporal, which Node 24 does not have yet.
 */
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The first moment of the local calendar day that contains `at`, or of the day so many days before it. */
export function startOfDay(at: Instant, timeZone: string, daysBack = 0): Instant {
  const date = subtractDays(toPlainDate(zoned(at, timeZone)), daysBack);
  return startOfDate(date, timeZone).epochMilliseconds as Instant;
}

/** The local calendar day that contains `at`, counted from 1970-01-01. */
export function localDayOf(at: Instant, timeZone: string): number {
  const { year, month, day } = zoned(at, timeZone);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/**
 * The moment at which the clocks on the wall show so many minutes since 1970-01-01T00:00. As Temporal's
 * "compatible": what they show twice means the first time, what they jump over is moved on by the jump.
 */
export function instantOf(wallMinutes: number, timeZone: string): Instant {
  const shown = new Date(wallMinutes * MINUTE_MS);
  const time = wallTime(
    shown.getUTCFullYear(),
    shown.getUTCMonth() + 1,
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
  );
  return toZonedDateTime(time, timeZone).epochMilliseconds as Instant;
}

function zoned(at: Instant, timeZone: string) {
  return toZonedDateTimeISO(fromEpochMilliseconds(at), timeZone);
}
