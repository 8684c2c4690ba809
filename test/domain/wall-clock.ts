import type { Instant } from '../../domain/brands.ts';
import { DAYS, type Hours, type Schedule } from '../../domain/schedule.ts';

/**
 * What clocks on a wall show, said a second time for the properties to compare with: by asking Intl moment by
 * moment, with nothing of the domain's arithmetic and nothing of its library.
 */
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Of every kind: none, whole, half and quarter hours, both hemispheres, changes at midnight, by 30 minutes, by two hours. */
export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'America/Havana',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
];

/** Changes of these clocks in 2026: forward, back, at midnight, by half an hour, by two. */
export const CHANGES = [
  { timeZone: 'Europe/Berlin', change: '2026-03-29T01:00Z' },
  { timeZone: 'Europe/Berlin', change: '2026-10-25T01:00Z' },
  { timeZone: 'America/New_York', change: '2026-03-08T07:00Z' },
  { timeZone: 'America/New_York', change: '2026-11-01T06:00Z' },
  { timeZone: 'America/Santiago', change: '2026-04-05T03:00Z' },
  { timeZone: 'America/Santiago', change: '2026-09-06T04:00Z' },
  { timeZone: 'America/Havana', change: '2026-03-08T05:00Z' },
  { timeZone: 'America/Havana', change: '2026-11-01T05:00Z' },
  { timeZone: 'Africa/Cairo', change: '2026-04-23T22:00Z' },
  { timeZone: 'Africa/Cairo', change: '2026-10-29T21:00Z' },
  { timeZone: 'Asia/Beirut', change: '2026-03-28T22:00Z' },
  { timeZone: 'Asia/Beirut', change: '2026-10-24T21:00Z' },
  { timeZone: 'Australia/Lord_Howe', change: '2026-04-04T15:00Z' },
  { timeZone: 'Australia/Lord_Howe', change: '2026-10-03T15:30Z' },
  { timeZone: 'Antarctica/Troll', change: '2026-03-29T01:00Z' },
  { timeZone: 'Antarctica/Troll', change: '2026-10-25T01:00Z' },
  { timeZone: 'Pacific/Chatham', change: '2026-04-04T14:00Z' },
  { timeZone: 'Pacific/Chatham', change: '2026-09-26T14:00Z' },
];

export function moment(iso: string): Instant {
  return Date.parse(iso) as Instant;
}

/** What the clocks show, as if it were UTC. */
function shownAt(at: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(at);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .filter(part => part.type !== 'literal')
    .map(part => Number(part.value));
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The local calendar day, counted from 1970-01-01. */
export function dayAt(at: number, timeZone: string): number {
  return Math.floor(shownAt(at, timeZone) / DAY_MS);
}

export function changesWithin(hours: number, at: number, timeZone: string): boolean {
  const offsets = new Set<number>();
  for (let hour = -hours; hour <= hours; hour += 1) {
    const then = at + hour * HOUR_MS;
    offsets.add(shownAt(then, timeZone) - Math.floor(then / 1_000) * 1_000);
  }
  return offsets.size > 1;
}

/**
 * When the clocks show this: the first time; where they jump over it, moved on by the jump. Tried by the quarter of
 * an hour, because every offset of these zones is a multiple of it.
 */
function whenShown(shown: number, timeZone: string): number {
  for (let at = shown - 15 * HOUR_MS; at <= shown + 15 * HOUR_MS; at += HOUR_MS / 4) {
    if (shownAt(at, timeZone) === shown) return at;
  }
  const before = shown - 16 * HOUR_MS;
  return shown - (shownAt(before, timeZone) - before);
}

/** Right on every day, for hours that do not overlap: each day's hours as moments. */
export function isMeantWithin({ timeZone, hours }: Schedule, at: Instant): boolean {
  const today = dayAt(at, timeZone);
  return [-2, -1, 0, 1].some(offset =>
    hours.some(({ days, from, to }) => {
      const day = today + offset;
      if (!days.some(name => DAYS.indexOf(name) === (day + 3) % 7)) return false;
      const shown = (clock: string) => day * DAY_MS + Date.parse(`1970-01-01T${clock}Z`);
      const end = to < from ? shown(to) + DAY_MS : shown(to);
      return whenShown(shown(from), timeZone) <= at && at < whenShown(end, timeZone);
    }),
  );
}

/** By what is on the wall at this moment alone: right on every day whose clocks do not change. */
export function isShownWithin({ timeZone, hours }: Schedule, at: Instant): boolean {
  const day = dayAt(at, timeZone);
  const time = new Date(shownAt(at, timeZone)).toISOString().slice(11, 16);
  const on = (own: Hours, dayShown: number) =>
    own.days.some(name => DAYS.indexOf(name) === (dayShown + 3) % 7);
  return hours.some(own =>
    own.from < own.to
      ? on(own, day) && own.from <= time && time < own.to
      : own.from > own.to && ((on(own, day) && own.from <= time) || (on(own, day - 1) && time < own.to)),
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}
