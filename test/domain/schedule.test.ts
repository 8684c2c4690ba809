import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { DAYS, type Day, type Hours, isWithinHours, nextEdge, type Schedule } from '../../domain/schedule.ts';
import { moment } from './wall-clock.ts';

const EVERY_DAY = [...DAYS];
const WEEKDAYS: Day[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

/** As `09:00-17:30`, on every day unless said otherwise. */
function hours(clock: string, days: readonly Day[] = EVERY_DAY): Hours {
  const [from = '', to = ''] = clock.split('-');
  return { days, from, to };
}

function schedule(timeZone: string, ...all: readonly Hours[]): Schedule {
  return { timeZone, hours: all };
}

/** The next edges after a moment, as the instants they are. */
function edgesAfter(given: Schedule, after: Instant, count: number): Instant[] {
  const edges: Instant[] = [];
  for (let edge = nextEdge(given, after); edge !== null && edges.length < count; ) {
    edges.push(edge);
    edge = nextEdge(given, edge);
  }
  return edges;
}

const inUtc = (edges: readonly Instant[]) =>
  edges.map(edge => new Date(edge).toISOString().replace(':00.000Z', 'Z'));

describe('hours on an ordinary day', () => {
  // 2026-11-18 is a Wednesday.
  test.each([
    { at: '2026-11-18T08:59:59.999Z', within: false },
    { at: '2026-11-18T09:00:00Z', within: true },
    { at: '2026-11-18T17:29:59.999Z', within: true },
    // The end is not in them.
    { at: '2026-11-18T17:30:00Z', within: false },
    { at: '2026-11-21T10:00:00Z', within: false },
  ])('contain $at: $within', ({ at, within }) => {
    expect(isWithinHours(schedule('UTC', hours('09:00-17:30', WEEKDAYS)), moment(at))).toBe(within);
  });
});

describe('the next edge', () => {
  test.each<{ name: string; given: Schedule; after: string; edges: string[] }>([
    {
      name: 'a working day, from Friday over the weekend',
      given: schedule('Europe/Berlin', hours('09:00-17:30', WEEKDAYS)),
      after: '2026-11-20T12:00Z',
      edges: ['2026-11-20T16:30Z', '2026-11-23T08:00Z', '2026-11-23T16:30Z'],
    },
    {
      // Strictly after: an edge is not its own next one.
      name: 'at an edge',
      given: schedule('UTC', hours('09:00-17:30')),
      after: '2026-11-18T09:00Z',
      edges: ['2026-11-18T17:30Z', '2026-11-19T09:00Z'],
    },
    {
      name: 'past midnight, on the day it begins',
      given: schedule('UTC', hours('22:00-06:00', ['wed'])),
      after: '2026-11-18T12:00Z',
      edges: ['2026-11-18T22:00Z', '2026-11-19T06:00Z', '2026-11-25T22:00Z'],
    },
    {
      // Thursday is in no hours, its morning belongs to Wednesday.
      name: 'past midnight, from the day after',
      given: schedule('UTC', hours('22:00-06:00', ['wed'])),
      after: '2026-11-19T01:00Z',
      edges: ['2026-11-19T06:00Z'],
    },
    {
      name: 'Sunday into Monday',
      given: schedule('Asia/Kathmandu', hours('20:00-04:00', ['sun'])),
      after: '2026-11-22T12:00Z',
      edges: ['2026-11-22T14:15Z', '2026-11-22T22:15Z', '2026-11-29T14:15Z'],
    },
    {
      name: 'until midnight, as 24:00',
      given: schedule('Asia/Kolkata', hours('18:00-24:00', ['wed'])),
      after: '2026-11-18T00:00Z',
      edges: ['2026-11-18T12:30Z', '2026-11-18T18:30Z', '2026-11-25T12:30Z'],
    },
    {
      // 00:00 is before 22:00, so it is the next day's: the same moment as 24:00.
      name: 'until midnight, as 00:00',
      given: schedule('UTC', hours('22:00-00:00', ['wed'])),
      after: '2026-11-18T00:00Z',
      edges: ['2026-11-18T22:00Z', '2026-11-19T00:00Z', '2026-11-25T22:00Z'],
    },
    {
      name: 'hours that adjoin are one stretch',
      given: schedule('UTC', hours('09:00-12:00'), hours('12:00-17:00')),
      after: '2026-11-18T00:00Z',
      edges: ['2026-11-18T09:00Z', '2026-11-18T17:00Z', '2026-11-19T09:00Z'],
    },
    {
      name: 'hours that overlap are one stretch, and a shorter one inside a longer one is nothing',
      given: schedule('UTC', hours('13:00-14:00'), hours('11:00-17:00'), hours('09:00-12:00')),
      after: '2026-11-18T00:00Z',
      edges: ['2026-11-18T09:00Z', '2026-11-18T17:00Z', '2026-11-19T09:00Z'],
    },
    {
      name: 'days that adjoin at midnight are one stretch',
      given: schedule('Europe/Berlin', hours('00:00-24:00', WEEKDAYS)),
      after: '2026-11-18T00:00Z',
      edges: ['2026-11-20T23:00Z', '2026-11-22T23:00Z', '2026-11-27T23:00Z'],
    },
    {
      name: 'one night shift is still going when the next day begins it again',
      given: schedule('UTC', hours('08:00-07:59')),
      after: '2026-11-18T12:00Z',
      edges: ['2026-11-19T07:59Z', '2026-11-19T08:00Z', '2026-11-20T07:59Z'],
    },
    { name: 'no hours', given: schedule('UTC'), after: '2026-11-18T12:00Z', edges: [] },
    {
      name: 'hours on no day',
      given: schedule('UTC', hours('09:00-17:00', [])),
      after: '2026-11-18T12:00Z',
      edges: [],
    },
    {
      // The edge of the system refuses it; here it is nothing, not everything.
      name: 'hours as long as nothing',
      given: schedule('UTC', hours('09:00-09:00')),
      after: '2026-11-18T12:00Z',
      edges: [],
    },
    {
      name: 'round the clock',
      given: schedule('Europe/Berlin', hours('00:00-24:00')),
      after: '2026-03-28T12:00Z',
      edges: [],
    },
    {
      // Not even in the night in which 02:30 does not exist.
      name: 'round the clock in two shifts that overlap',
      given: schedule('Europe/Berlin', hours('00:00-03:00'), hours('02:30-24:00')),
      after: '2026-03-28T12:00Z',
      edges: [],
    },
  ])('$name', ({ given, after, edges }) => {
    expect(inUtc(edgesAfter(given, moment(after), edges.length || 1))).toEqual(edges);
  });
});

describe('summer time', () => {
  test.each<{ name: string; given: Schedule; after: string; edges: string[] }>([
    {
      name: 'Berlin springs forward: the same hours on the wall, an hour earlier in UTC',
      given: schedule('Europe/Berlin', hours('09:00-17:00')),
      after: '2026-03-28T00:00Z',
      edges: ['2026-03-28T08:00Z', '2026-03-28T16:00Z', '2026-03-29T07:00Z', '2026-03-29T15:00Z'],
    },
    {
      name: 'New York falls back: the same hours on the wall, an hour later in UTC',
      given: schedule('America/New_York', hours('09:00-17:00')),
      after: '2026-10-31T00:00Z',
      edges: ['2026-10-31T13:00Z', '2026-10-31T21:00Z', '2026-11-01T14:00Z', '2026-11-01T22:00Z'],
    },
    {
      name: 'the night shift over the spring change is an hour short',
      given: schedule('America/New_York', hours('22:00-06:00', ['sat'])),
      after: '2026-03-07T12:00Z',
      edges: ['2026-03-08T03:00Z', '2026-03-08T10:00Z'],
    },
    {
      name: 'the night shift over the autumn change is an hour long',
      given: schedule('Europe/Berlin', hours('22:00-06:00', ['sat'])),
      after: '2026-10-24T12:00Z',
      edges: ['2026-10-24T20:00Z', '2026-10-25T05:00Z'],
    },
    {
      // 02:30 does not exist: moved on by the jump it is 03:30.
      name: 'Berlin, from a time that is jumped over',
      given: schedule('Europe/Berlin', hours('02:30-05:00', ['sun'])),
      after: '2026-03-28T12:00Z',
      edges: ['2026-03-29T01:30Z', '2026-03-29T03:00Z'],
    },
    {
      name: 'New York, until a time that is jumped over',
      given: schedule('America/New_York', hours('01:00-02:30', ['sun'])),
      after: '2026-03-07T12:00Z',
      edges: ['2026-03-08T06:00Z', '2026-03-08T07:30Z'],
    },
    {
      // 02:30 moves on to 03:30, where these hours are over. The next ones are a week away.
      name: 'hours that the jump swallows',
      given: schedule('Europe/Berlin', hours('02:30-03:30', ['sun'])),
      after: '2026-03-28T12:00Z',
      edges: ['2026-04-05T00:30Z', '2026-04-05T01:30Z'],
    },
    {
      // 02:00 to 03:00 is no time at all that night.
      name: 'a break that the jump swallows',
      given: schedule('Europe/Berlin', hours('00:00-02:00', ['sun']), hours('03:00-06:00', ['sun'])),
      after: '2026-03-28T12:00Z',
      edges: ['2026-03-28T23:00Z', '2026-03-29T04:00Z'],
    },
    {
      // 02:30 comes twice and means the first time: no second begin an hour later.
      name: 'Berlin, from a time that comes twice',
      given: schedule('Europe/Berlin', hours('02:30-05:00', ['sun'])),
      after: '2026-10-24T12:00Z',
      edges: ['2026-10-25T00:30Z', '2026-10-25T04:00Z', '2026-11-01T01:30Z'],
    },
    {
      // The clocks show 01:00 to 01:30 a second time, and these hours are over.
      name: 'New York, until a time that comes twice',
      given: schedule('America/New_York', hours('00:00-01:30', ['sun'])),
      after: '2026-10-31T12:00Z',
      edges: ['2026-11-01T04:00Z', '2026-11-01T05:30Z', '2026-11-08T05:00Z'],
    },
    {
      name: 'Lord Howe springs forward by half an hour',
      given: schedule('Australia/Lord_Howe', hours('02:15-04:00', ['sun'])),
      after: '2026-10-03T00:00Z',
      edges: ['2026-10-03T15:45Z', '2026-10-03T17:00Z'],
    },
    {
      name: 'Lord Howe falls back by half an hour',
      given: schedule('Australia/Lord_Howe', hours('01:45-04:00', ['sun'])),
      after: '2026-04-04T00:00Z',
      edges: ['2026-04-04T14:45Z', '2026-04-04T17:30Z'],
    },
    {
      // Saturday ends where Sunday begins, at 01:00: no edge at a midnight that does not exist.
      name: 'Beirut has no midnight on 29 March',
      given: schedule('Asia/Beirut', hours('20:00-24:00', ['sat']), hours('00:00-04:00', ['sun'])),
      after: '2026-03-28T12:00Z',
      edges: ['2026-03-28T18:00Z', '2026-03-29T01:00Z'],
    },
    {
      name: 'Santiago has no midnight on 6 September',
      given: schedule('America/Santiago', hours('00:00-08:00', ['sun'])),
      after: '2026-09-05T12:00Z',
      edges: ['2026-09-06T04:00Z', '2026-09-06T11:00Z'],
    },
    {
      // At 24:00 on Saturday the clocks go back to 23:00: those hours of Saturday are over, Sunday's not begun.
      name: 'Santiago lives the last hour of 4 April twice',
      given: schedule('America/Santiago', hours('20:00-23:30', ['sat']), hours('00:00-04:00', ['sun'])),
      after: '2026-04-04T12:00Z',
      edges: ['2026-04-04T23:00Z', '2026-04-05T02:30Z', '2026-04-05T04:00Z', '2026-04-05T08:00Z'],
    },
  ])('$name', ({ given, after, edges }) => {
    expect(inUtc(edgesAfter(given, moment(after), edges.length))).toEqual(edges);
  });
});

describe('hours reach into another date', () => {
  test.each<{ name: string; given: Schedule; at: string; edge: string }>([
    {
      // There was no 30 December 2011: the night of Thursday the 29th ends in the morning of Saturday the 31st.
      name: 'two days on, where a date is skipped (Samoa)',
      given: schedule('Pacific/Apia', hours('22:00-06:00', ['thu'])),
      at: '2011-12-30T12:00Z',
      edge: '2011-12-30T16:00Z',
    },
    {
      // A minute into Sunday the clocks went back to 23:01: Saturday again, and Sunday's hours go on.
      name: 'the day before, where the clocks go back over midnight (Newfoundland)',
      given: schedule('America/St_Johns', hours('00:00-04:00', ['sun'])),
      at: '2010-11-07T03:00Z',
      edge: '2010-11-07T07:30Z',
    },
  ])('$name', ({ given, at, edge }) => {
    expect(isWithinHours(given, moment(at))).toBe(true);
    expect(nextEdge(given, moment(at))).toBe(moment(edge));
  });
});
