import type { Instant } from './brands.ts';
import { instantOf, localDayOf } from './local-time.ts';

/** In ISO order: an agent's week begins on Monday. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** 'HH:MM' on the clocks of the schedule's zone. `to` may be '24:00', or before `from`: then it is the next day's. */
export type Hours = { readonly days: readonly Day[]; readonly from: string; readonly to: string };

export type Schedule = { readonly timeZone: string; readonly hours: readonly Hours[] };

/** From `from` on, until just before `to`. */
type Stretch<T extends number> = { readonly from: T; readonly to: T };

const DAY_MINUTES = 1_440;

/**
 * A stretch may belong to another local date than the moment it contains: to the day before when it runs past
 * midnight, to the one before that when a date is skipped, to the next when clocks go back over midnight.
 */
const MARGIN_DAYS = 2;

/** Nearly every edge is near. The far look is longer than two weeks: an edge may be swallowed by a summer-time change. */
const AHEAD_DAYS = [4, 16];

export function isWithinHours(schedule: Schedule, at: Instant): boolean {
  const today = localDayOf(at, schedule.timeZone);
  return stretches(schedule, today, today + MARGIN_DAYS).some(({ from, to }) => from <= at && at < to);
}

/** The first moment after `after` at which `isWithinHours` changes; null when it never does. */
export function nextEdge(schedule: Schedule, after: Instant): Instant | null {
  const today = localDayOf(after, schedule.timeZone);
  for (const aheadDays of AHEAD_DAYS) {
    const lastDay = today + aheadDays;
    const edge = stretches(schedule, today, lastDay)
      .flatMap(({ from, to }) => [from, to])
      .find(moment => moment > after);
    // On the last day a stretch may only seem to end, because the look ahead does.
    if (edge !== undefined && edge < instantOf(lastDay * DAY_MINUTES, schedule.timeZone)) return edge;
  }
  return null;
}

/**
 * The stretches of the local days around these, in order and apart from each other. They are joined on the wall
 * first, so that hours which meet or overlap there stay one stretch whatever the clocks do; and once more as
 * moments, because a jump of the clocks can close the gap between two.
 */
function stretches(schedule: Schedule, firstDay: number, lastDay: number): readonly Stretch<Instant>[] {
  return joined(
    joined(onTheWall(schedule.hours, firstDay - MARGIN_DAYS, lastDay)).map(({ from, to }) => ({
      from: instantOf(from, schedule.timeZone),
      to: instantOf(to, schedule.timeZone),
    })),
  );
}

/** In minutes since 1970-01-01T00:00 as the clocks on the wall show them. */
function onTheWall(hours: readonly Hours[], firstDay: number, lastDay: number): Stretch<number>[] {
  const found: Stretch<number>[] = [];
  for (let day = firstDay; day <= lastDay; day += 1) {
    for (const { days, from, to } of hours) {
      if (!days.includes(weekdayOf(day))) continue;
      const midnight = (to < from ? day + 1 : day) * DAY_MINUTES;
      found.push({ from: day * DAY_MINUTES + minuteOfDay(from), to: midnight + minuteOfDay(to) });
    }
  }
  return found;
}

/** 1970-01-01 was a Thursday. */
function weekdayOf(day: number): Day {
  return DAYS[(((day + DAYS.indexOf('thu')) % 7) + 7) % 7] as Day;
}

function minuteOfDay(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

/** Sorted, without what is empty, and what meets or overlaps made one. */
function joined<T extends number>(stretches: readonly Stretch<T>[]): Stretch<T>[] {
  const apart: Stretch<T>[] = [];
  for (const next of stretches.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last === undefined || next.from > last.to) apart.push(next);
    else if (next.to > last.to) apart[apart.length - 1] = { from: last.from, to: next.to };
  }
  return apart;
}
