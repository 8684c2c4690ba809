import { describe, expect, test } from '@jest/globals';
import type { Agent, Card } from '../../domain/agent.ts';
import { cardOf, isSameCard, withCard } from '../../domain/card.ts';
import { NO_QUEUE_POSITION } from '../../domain/group.ts';
import type { Schedule } from '../../domain/schedule.ts';
import { agent, at, channelId, group, groupId, LINE_1, LINE_2 } from '../support/domain.ts';

/** The day of the tests is a Monday. */
const OFFICE: Schedule = { timeZone: 'UTC', hours: [{ days: ['mon'], from: '09:00', to: '17:00' }] };
const LATE: Schedule = { timeZone: 'UTC', hours: [{ days: ['mon'], from: '20:00', to: '23:00' }] };

const NOON = at('12:00');

/** The agent with some of its card changed; its groups as named there. */
function save(before: Agent, change: Partial<Card>, groups = [LINE_1, LINE_2], now = NOON): Agent {
  const card = { ...cardOf(before), ...change };
  return withCard(
    before,
    card,
    groups.filter(one => card.groups.includes(one.id)),
    now,
  );
}

describe('an agent with a new card', () => {
  test('keeps its load, chats, counters and status', () => {
    const before = agent({ load: 3, chatIds: ['chat_1'], lastClosed: '11:00', missedChats: 2, version: 4 });
    const after = save(before, { name: 'Ada L.', receptionWeight: 4, memberOrder: 7 });
    expect(after).toEqual({
      ...before,
      name: 'Ada L.',
      receptionWeight: 4,
      memberOrder: 7,
      version: 5,
      cardVersion: 2,
    });
  });

  /** 001, 2.2: "add or edit members, and define reception limits" */
  test.each([
    { so: 'raised', maxLoad: 9, vacancy: 6 },
    { so: 'lowered', maxLoad: 4, vacancy: 1 },
    // Nothing is taken away; nothing automatic comes until it fits again.
    { so: 'below the present load', maxLoad: 1, vacancy: -2 },
    { so: 'to 0', maxLoad: 0, vacancy: -3 },
    { so: 'to none', maxLoad: null, vacancy: null },
  ])('has the room of the limit it was set to: $so', ({ maxLoad, vacancy }) => {
    const before = agent({ maxLoad: 5, load: 3, chatIds: ['chat_1'] });
    expect(save(before, { maxLoad })).toMatchObject({ maxLoad, vacancy, load: 3, openChats: 1 });
  });

  test.each([
    { groups: [LINE_2.id], position: 2 },
    { groups: [LINE_2.id, LINE_1.id], position: 1 },
    { groups: [], position: NO_QUEUE_POSITION },
  ])('has the lowest position of its $groups.length groups: $position', ({ groups, position }) => {
    expect(save(agent({ groups: [group('old', 9)] }), { groups })).toMatchObject({
      groups,
      queuePosition: position,
    });
  });
});

describe('a schedule on the card', () => {
  test.each([
    { so: 'new, inside its hours: online at once', had: null, gets: OFFICE, was: 'offline', is: 'online' },
    { so: 'new, outside its hours: offline at once', had: null, gets: LATE, was: 'online', is: 'offline' },
    { so: 'another one, inside its hours', had: LATE, gets: OFFICE, was: 'rest', is: 'online' },
    { so: 'another one, outside its hours', had: OFFICE, gets: LATE, was: 'busy', is: 'offline' },
    // Whoever saves the card for another reason does not mean to end a break.
    { so: 'the same one: what was set by hand stays', had: OFFICE, gets: OFFICE, was: 'rest', is: 'rest' },
    {
      so: 'the same one: set online by the operator outside it',
      had: LATE,
      gets: LATE,
      was: 'online',
      is: 'online',
    },
    { so: 'taken off: the status stays as it is', had: OFFICE, gets: null, was: 'online', is: 'online' },
  ] as const)('$so', ({ had, gets, was, is }) => {
    const before = agent({ status: was, schedule: had, statusReason: 'set-by-agent' });
    const after = save(before, { schedule: gets });
    expect(after.status).toBe(is);
    expect(after.statusReason).toBe(was === is ? 'set-by-agent' : 'schedule');
  });

  test.each([
    { so: 'new', had: null, gets: OFFICE, before: null, edge: at('17:00') },
    { so: 'another one', had: OFFICE, gets: LATE, before: at('17:00'), edge: at('20:00') },
    { so: 'the same one', had: OFFICE, gets: OFFICE, before: at('17:00'), edge: at('17:00') },
    { so: 'taken off', had: OFFICE, gets: null, before: at('17:00'), edge: null },
  ])('has its next edge with the agent: $so', ({ had, gets, before, edge }) => {
    expect(save(agent({ schedule: had, nextEdgeAt: before }), { schedule: gets }).nextEdgeAt).toBe(edge);
  });
});

describe('the card of an agent', () => {
  test('is what an operator writes, and nothing else', () => {
    const card = cardOf(agent({ groups: [LINE_1], channels: ['web'], maxLoad: 3, schedule: OFFICE }));
    expect(card).toEqual({
      name: 'ada',
      active: true,
      groups: ['line-1'],
      channels: ['web'],
      maxLoad: 3,
      receptionWeight: 1,
      memberOrder: 1,
      schedule: OFFICE,
    });
  });

  const CARD = cardOf(agent({ groups: [LINE_1, LINE_2], channels: ['web', 'mail'], schedule: OFFICE }));
  test.each<{ but: string; change: Partial<Card>; same: boolean }>([
    { but: 'nothing', change: {}, same: true },
    { but: 'the order of its groups', change: { groups: [LINE_2.id, LINE_1.id] }, same: true },
    { but: 'the order of its channels', change: { channels: ['mail', 'web'].map(channelId) }, same: true },
    { but: 'its name', change: { name: 'Ada' }, same: false },
    { but: 'being active', change: { active: false }, same: false },
    { but: 'a group', change: { groups: [LINE_1.id, groupId('x')] }, same: false },
    { but: 'a channel', change: { channels: [channelId('web')] }, same: false },
    // All of those there are is not all of those there may be.
    { but: 'all channels', change: { channels: null }, same: false },
    { but: 'no channels', change: { channels: [] }, same: false },
    { but: 'its limit', change: { maxLoad: null }, same: false },
    { but: 'its share', change: { receptionWeight: 2 }, same: false },
    { but: 'its place in member order', change: { memberOrder: 2 }, same: false },
    { but: 'its schedule', change: { schedule: LATE }, same: false },
    { but: 'having a schedule', change: { schedule: null }, same: false },
  ])('and one that differs in $but are the same: $same', ({ change, same }) => {
    expect(isSameCard(CARD, { ...CARD, ...change })).toBe(same);
    expect(isSameCard({ ...CARD, ...change }, CARD)).toBe(same);
  });

  test('without channels is not the same as with all of them', () => {
    expect(isSameCard({ ...CARD, channels: [] }, { ...CARD, channels: null })).toBe(false);
  });
});
