import { describe, expect, test } from '@jest/globals';
import { STATUSES } from '../../domain/agent.ts';
import type { Schedule } from '../../domain/schedule.ts';
import { bySchedule, isOutsideHours, lapse, returned, withStatus } from '../../domain/status.ts';
import { agent, at } from '../support/domain.ts';

/** The day of the tests is a Monday. */
const OFFICE: Schedule = { timeZone: 'UTC', hours: [{ days: ['mon'], from: '09:00', to: '17:00' }] };
const ALWAYS: Schedule = {
  timeZone: 'UTC',
  hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
};
const NEVER: Schedule = { timeZone: 'UTC', hours: [] };

describe('a status that is set', () => {
  test('is the agent’s from then on, with who set it', () => {
    const before = agent({ status: 'offline', statusSince: at('08:00') });
    expect(withStatus(before, 'rest', 'set-by-operator', at('10:00'))).toEqual({
      ...before,
      status: 'rest',
      statusSince: at('10:00'),
      statusReason: 'set-by-operator',
    });
  });

  test.each(STATUSES)('and was that already changes nothing: %s', status => {
    const before = agent({ status, statusSince: at('08:00'), statusReason: 'set-by-agent' });
    expect(withStatus(before, status, 'schedule', at('10:00'))).toBe(before);
  });
});

/** 001, 2.1: "to schedule availability. When enabled, accounts automatically switch to Online during set hours." */
describe('by its schedule an agent', () => {
  test.each([
    { is: 'online inside its hours', schedule: OFFICE, was: 'offline', clock: '12:00', to: 'online' },
    {
      is: 'online from the first moment of them',
      schedule: OFFICE,
      was: 'offline',
      clock: '09:00',
      to: 'online',
    },
    { is: 'offline before them', schedule: OFFICE, was: 'online', clock: '08:59', to: 'offline' },
    {
      is: 'offline from the moment they end',
      schedule: OFFICE,
      was: 'online',
      clock: '17:00',
      to: 'offline',
    },
    // "the next edge applies again": what was set by hand in between is over.
    {
      is: 'online again at the edge, though it was at rest',
      schedule: OFFICE,
      was: 'rest',
      clock: '09:00',
      to: 'online',
    },
    {
      is: 'offline again at the edge, though it was busy',
      schedule: OFFICE,
      was: 'busy',
      clock: '17:00',
      to: 'offline',
    },
    {
      is: 'always online where the hours never end',
      schedule: ALWAYS,
      was: 'offline',
      clock: '03:00',
      to: 'online',
    },
    {
      is: 'never online where there are no hours',
      schedule: NEVER,
      was: 'online',
      clock: '12:00',
      to: 'offline',
    },
  ] as const)('is $is', ({ schedule, was, clock, to }) => {
    const before = agent({ status: was, statusSince: at('01:00'), schedule });
    const after = bySchedule(before, schedule, at(clock));
    expect(after).toMatchObject({ status: to, statusReason: 'schedule', statusSince: at(clock) });
  });

  test('stays as it is, and since when, where the schedule says the same', () => {
    const before = agent({ status: 'online', statusSince: at('08:00'), statusReason: 'set-by-operator' });
    const { status, statusSince, statusReason } = bySchedule(before, OFFICE, at('12:00'));
    expect({ status, statusSince, statusReason }).toEqual({
      status: 'online',
      statusSince: at('08:00'),
      statusReason: 'set-by-operator',
    });
  });

  test.each([
    { when: 'before its hours', schedule: OFFICE, clock: '08:00', edge: at('09:00') },
    { when: 'at their beginning', schedule: OFFICE, clock: '09:00', edge: at('17:00') },
    { when: 'inside them', schedule: OFFICE, clock: '12:00', edge: at('17:00') },
    { when: 'around the clock', schedule: ALWAYS, clock: '12:00', edge: null },
    { when: 'without hours', schedule: NEVER, clock: '12:00', edge: null },
  ])('has the moment that changes it next: $when', ({ schedule, clock, edge }) => {
    expect(bySchedule(agent(), schedule, at(clock)).nextEdgeAt).toBe(edge);
  });

  test('has load, chats and counters as before', () => {
    const before = agent({ status: 'online', load: 3, chatIds: ['chat_1'], version: 6 });
    const after = bySchedule(before, OFFICE, at('20:00'));
    expect(after).toMatchObject({ load: 3, openChats: 1, chatIds: ['chat_1'], version: 6 });
  });
});

/** "outside them only an operator may set it online" */
describe('an agent is outside its hours', () => {
  test.each([
    { when: 'before them', schedule: OFFICE, clock: '08:59', outside: true },
    { when: 'not at their beginning', schedule: OFFICE, clock: '09:00', outside: false },
    { when: 'when they have ended', schedule: OFFICE, clock: '17:00', outside: true },
    { when: 'at any time when there are none', schedule: NEVER, clock: '12:00', outside: true },
    // Whoever has no schedule sets the status by hand at any time.
    { when: 'never without a schedule', schedule: null, clock: '03:00', outside: false },
  ])('$when', ({ schedule, clock, outside }) => {
    expect(isOutsideHours(agent({ schedule }), at(clock))).toBe(outside);
  });
});

describe('an agent whose heartbeats come again outside its hours', () => {
  const schedule: Schedule = {
    timeZone: 'UTC',
    hours: [{ days: ['mon'], from: '09:00', to: '12:00' }],
  };

  test.each([
    ['set-by-operator', 'online set-by-operator'],
    ['set-by-agent', 'offline schedule'],
    ['schedule', 'offline schedule'],
  ] as const)('and had been online, %s, is %s', (reason, expected) => {
    const lost = lapse(agent({ schedule }), at('15:00'));
    const back = returned(lost, { status: 'online', reason }, at('15:30'));
    expect(`${back.status} ${back.statusReason}`).toBe(expected);
  });
});
