import type { Schedule } from './project.ts';

/** What clocks on a wall show, asked of Intl moment by moment: independent of the domain's arithmetic. */

export const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;

export const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** `09:00-17:30` of one zone, on every day unless said otherwise. */
export function hours(
  timeZone: string,
  clock: string,
  days: readonly (typeof EVERY_DAY)[number][] = EVERY_DAY,
): NonNullable<Schedule> {
  const [from = '', to = ''] = clock.split('-');
  return { timeZone, hours: [{ days: [...days], from, to }] };
}

/** From so many minutes before `now` until so many after it, in UTC on every day. */
export function around(now: number, before: number, after: number): NonNullable<Schedule> {
  const clock = (at: number) => new Date(at).toISOString().slice(11, 16);
  return hours('UTC', `${clock(now - before * MINUTE_MS)}-${clock(now + after * MINUTE_MS)}`);
}

/** The minute that a moment falls into, so many minutes on. */
export function minute(at: number, on = 0): number {
  return (Math.floor(at / MINUTE_MS) + on) * MINUTE_MS;
}

/** As `fri 22:00`. */
function shown(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.format(at).toLowerCase();
}

/** When the clocks next show this after a moment: `fri 22:00`, or `22:00` of whatever day. By the quarter of an hour. */
export function next(after: number, timeZone: string, wanted: string): number {
  for (let at = Math.floor(after / QUARTER_MS + 1) * QUARTER_MS; at < after + 9 * DAY_MS; at += QUARTER_MS) {
    if (shown(at, timeZone).endsWith(wanted)) return at;
  }
  throw new Error(`the clocks of ${timeZone} never show ${wanted}`);
}

/** When the clocks next go forward, or back. */
export function nextChange(after: number, timeZone: string, way: 'forward' | 'back'): number {
  const step = way === 'forward' ? HOUR_MS : -HOUR_MS;
  for (let day = Math.floor(after / DAY_MS + 1) * DAY_MS; day < after + 400 * DAY_MS; day += DAY_MS) {
    if (offset(day + DAY_MS, timeZone) - offset(day, timeZone) !== step) continue;
    for (let at = day; at <= day + DAY_MS; at += QUARTER_MS)
      if (offset(at, timeZone) !== offset(day, timeZone)) return at;
  }
  throw new Error(`the clocks of ${timeZone} never go ${way}`);
}

function offset(at: number, timeZone: string): number {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return Date.parse(`${text.format(at).replace(' ', 'T')}Z`) - at;
}
