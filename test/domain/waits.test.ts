import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import {
  estimateSeconds,
  figuresOf,
  percentile,
  recentWaits,
  type Wait,
  waitOf,
} from '../../domain/waits.ts';
import { assignment, at, channelId, groupId, NOW, openChat, waitingChat } from '../support/domain.ts';

const wait = (created: string, assigned: string, given: Partial<Wait> = {}): Wait => ({
  channelId: channelId('web'),
  groupId: null,
  since: at(created),
  at: at(assigned),
  toldSeconds: null,
  ...given,
});
const WEB = { channelId: channelId('web'), groupId: null, createdAt: NOW };

/** So many of the same kind are before it, and came only now. */
const ahead = (count: number) => Array.from({ length: count }, () => ({ ...WEB, since: NOW }));

/** From 15:10 on one every two minutes, and all of them stood in line together. */
const STEADY = ['15:10', '15:12', '15:14', '15:16', '15:18'].map(assigned => wait('15:00', assigned));

describe('the estimate of a wait', () => {
  test.each([
    [1, 120],
    [2, 240],
    [5, 600],
  ])('at place %i of a line that moves every two minutes is %i seconds', (position, seconds) => {
    expect(estimateSeconds(STEADY, WEB, ahead(position - 1), NOW)).toBe(seconds);
  });

  test.each<[string, readonly Wait[]]>([
    ['nobody waited', []],
    ['too few waited to say anything', STEADY.slice(0, 3)],
    // "from what actually happened in the last hour"
    [
      'all of that was more than an hour ago',
      STEADY.map(one => ({ ...one, at: (one.at - 3_600_000) as Instant })),
    ],
    ['all were given out at once', STEADY.map(one => ({ ...one, since: one.at }))],
    // "for chats like this one"
    ['they were on another channel', STEADY.map(one => ({ ...one, channelId: channelId('mail') }))],
    ['they were in a group', STEADY.map(one => ({ ...one, groupId: groupId('line-1') }))],
    // Between one and the next nobody stood in line.
    [
      'no two stood in line together',
      ['15:10', '15:20', '15:30', '15:40', '15:50']
        .map(to => wait(to.replace(/.$/, '0'), to))
        .map((one, i) => ({ ...one, since: (one.at - 5_000 - i) as Instant })),
    ],
  ])('is none where %s', (_, waits) => {
    expect(estimateSeconds(waits, WEB, [], NOW)).toBeNull();
  });

  test('counts only those before it whose turns were measured', () => {
    const others = ahead(3).map(one => ({ ...one, channelId: channelId('mail') }));
    expect(estimateSeconds(STEADY, WEB, [...others, ...ahead(1)], NOW)).toBe(240);
  });

  test('gets longer while the line stands still', () => {
    const standing = ahead(1).map(one => ({ ...one, since: at('15:15') }));
    // Four turns of two minutes, and one of 42 that has not ended.
    expect(estimateSeconds(STEADY, WEB, standing, NOW)).toBe(2 * ((4 * 120 + 42 * 60) / 5));
  });
});

test('a chat’s wait ends with its first agent, whoever has it later', () => {
  const chat = openChat({
    assignments: [assignment({ at: at('15:07') }), assignment({ at: at('15:30'), method: 'transfer' })],
    toldWaitSeconds: 300,
  });
  expect(waitOf(chat)).toEqual(wait('15:00', '15:07', { toldSeconds: 300 }));
  expect(waitOf(waitingChat())).toBeNull();
});

test('who never stood in line did not wait in it', () => {
  const begun = openChat({ assignments: [assignment({ at: at('15:07'), method: 'agent-initiated' })] });
  const fromBot = openChat({ assignments: [assignment({ at: at('15:07') })], handedOver: true });
  expect([waitOf(begun), waitOf(fromBot)]).toMatchObject([{ since: null }, { since: null }]);
  const [one] = [waitOf(begun)].flatMap(wait => wait ?? []);
  expect(figuresOf(one ? [{ ...one, at: NOW }] : [], NOW)).toMatchObject({ lastHour: 1, p50Seconds: null });
});

test('the last hour is the last hour', () => {
  expect(recentWaits([wait('14:00', '15:00'), wait('14:00', '15:01')], NOW)).toEqual([
    wait('14:00', '15:01'),
  ]);
});

test('the figures are those of the last minute and the last hour, and of what was told', () => {
  const waits = [
    wait('15:00', '15:01', { toldSeconds: 90 }),
    wait('15:00', '15:02', { toldSeconds: 60 }),
    wait('15:59', '16:00'),
    wait('12:00', '12:30', { toldSeconds: 1 }),
  ];
  expect(figuresOf(waits, NOW)).toEqual({
    lastMinute: 1,
    lastHour: 3,
    p50Seconds: 60,
    p95Seconds: 120,
    told: 2,
    errorP50Seconds: 60,
    errorP95Seconds: 60,
  });
  expect(figuresOf([], NOW)).toMatchObject({ lastHour: 0, p50Seconds: null, errorP95Seconds: null });
});

test.each([
  [[], 0.5, null],
  [[7], 0.95, 7],
  [[3, 1, 2], 0.5, 2],
  [Array.from({ length: 100 }, (_, i) => i), 0.95, 95],
])('of %j the share %d is %j', (values, share, expected) => {
  expect(percentile(values, share)).toBe(expected);
});
