import type { Instant } from './brands.ts';
import { startOfDay } from './local-time.ts';

/**
 * The counters of the policy month-priority (seed 002, "Alternative Chat Distribution flow"). Closes are counted by
 * the quarter-hour: in every time zone a day begins on one, so that the days of any zone can be summed at any time,
 * and neither a summer-time change nor another zone for the project makes a count wrong.
 */
export const QUARTER_MS = 900_000;

/** Both in quarter-hours since the epoch. */
export type Close = { readonly createdQuarter: number; readonly closedQuarter: number };

/** So many are kept singly, in the agent's own row; then they are folded into a row of their own. */
export const RECENT_CLOSES_MAX = 24;

/** How many closes by quarter-hour, of those that were folded. */
export type PastCloses = {
  /** By the quarter in which the chat was closed. */
  readonly closed: ReadonlyMap<number, number>;
  /** By the quarter in which the chat was created, as long as that can still be today. */
  readonly created: ReadonlyMap<number, number>;
};

export const NO_PAST: PastCloses = { closed: new Map(), created: new Map() };

export type Tally = {
  /** Closed among the chats created on the present local day. */
  readonly closedToday: number;
  /** Closed on the present local day or one of the 29 before it. */
  readonly closedIn30Days: number;
};

/**
 * A local day began at most 50 hours ago: a summer-time change adds one, at the Troll station two, and a zone that
 * moves to the other side of the date line lives a whole date twice.
 */
const CREATED_QUARTERS_KEPT = 50 * 4;

/** Thirty local days, one of them as long as that. */
const CLOSED_QUARTERS_KEPT = 32 * 24 * 4;

export function closeOf(createdAt: Instant, closedAt: Instant): Close {
  return { createdQuarter: quarterOf(createdAt), closedQuarter: quarterOf(closedAt) };
}

/** From which quarters on a tally counts: the present local day, and the 29 before it. */
export type TallyDays = { readonly today: number; readonly firstOf30Days: number };

export function tallyDays(now: Instant, timeZone: string): TallyDays {
  return {
    today: quarterOf(startOfDay(now, timeZone)),
    firstOf30Days: quarterOf(startOfDay(now, timeZone, 29)),
  };
}

export function tallyOf(recent: readonly Close[], past: PastCloses, now: Instant, timeZone: string): Tally {
  return tallyIn(tallyDays(now, timeZone), recent, past);
}

/** As `tallyOf`, for many agents at one moment: the arithmetic of the zone is done once. */
export function tallyIn(
  { today, firstOf30Days }: TallyDays,
  recent: readonly Close[],
  past: PastCloses,
): Tally {
  return {
    closedToday:
      recent.filter(close => close.createdQuarter >= today).length + countSince(today, past.created),
    closedIn30Days:
      recent.filter(close => close.closedQuarter >= firstOf30Days).length +
      countSince(firstOf30Days, past.closed),
  };
}

/** The past with the recent closes added and with what no day can ask for any more forgotten. */
export function fold(past: PastCloses, recent: readonly Close[], now: Instant): PastCloses {
  const closed = recent.map(close => close.closedQuarter);
  const created = recent.map(close => close.createdQuarter);
  return {
    closed: added(past.closed, closed, quarterOf(now) - CLOSED_QUARTERS_KEPT),
    created: added(past.created, created, quarterOf(now) - CREATED_QUARTERS_KEPT),
  };
}

function quarterOf(at: Instant): number {
  return Math.floor(at / QUARTER_MS);
}

function countSince(first: number, counts: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [quarter, count] of counts) if (quarter >= first) sum += count;
  return sum;
}

function added(
  counts: ReadonlyMap<number, number>,
  quarters: readonly number[],
  first: number,
): ReadonlyMap<number, number> {
  const kept = new Map([...counts].filter(([quarter]) => quarter >= first));
  for (const quarter of quarters) if (quarter >= first) kept.set(quarter, (kept.get(quarter) ?? 0) + 1);
  return kept;
}
