import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import type { Assignment, OpenChat } from '../../domain/chat.ts';
import { WHOLE_TEAM } from '../../domain/scope.ts';
import {
  estimateSeconds,
  figuresOf,
  pacesOf,
  percentile,
  recentWaits,
  type Wait,
  waitOf,
} from '../../domain/waits.ts';
import { assignment, at, channelId, groupId, NOW, openChat, waitingChat } from '../support/domain.ts';

const WEB = { channelId: channelId('web'), groupId: null };
const MAIL = { ...WEB, channelId: channelId('mail') };
const LINE_1_WEB = { ...WEB, groupId: groupId('line-1') };

const wait = (created: string, assigned: string, given: Partial<Wait> = {}): Wait => ({
  line: WEB,
  since: at(created),
  at: at(assigned),
  toldSeconds: null,
  ...given,
});
const OWN = { ...WEB, waitingSince: NOW };

/** So many of the same kind are before it, and came only now. */
const ahead = (count: number) => Array.from({ length: count }, () => ({ ...WEB, since: NOW }));

/** From 15:10 on one every two minutes, and all of them stood in line together. */
const STEADY = ['15:10', '15:12', '15:14', '15:16', '15:18'].map(assigned => wait('15:00', assigned));

/** What a visitor is told who is counted and looks at the same moment. */
const told = (waits: readonly Wait[], older: Parameters<typeof estimateSeconds>[2]) =>
  estimateSeconds({ at: NOW, paces: pacesOf(waits, NOW) }, OWN, older, NOW);

describe('the estimate of a wait', () => {
  test.each([
    [1, 120],
    [2, 240],
    [5, 600],
  ])('at place %i of a line that moves every two minutes is %i seconds', (position, seconds) => {
    expect(told(STEADY, ahead(position - 1))).toBe(seconds);
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
    ['they were on another channel', STEADY.map(one => ({ ...one, line: MAIL }))],
    ['they were in a group', STEADY.map(one => ({ ...one, line: LINE_1_WEB }))],
    ['they do not say any more where they were', STEADY.map(one => ({ ...one, line: null }))],
    // Between one and the next nobody stood in line.
    [
      'no two stood in line together',
      ['15:10', '15:20', '15:30', '15:40', '15:50']
        .map(to => wait(to.replace(/.$/, '0'), to))
        .map((one, i) => ({ ...one, since: (one.at - 5_000 - i) as Instant })),
    ],
  ])('is none where %s', (_, waits) => {
    expect(told(waits, [])).toBeNull();
  });

  test('counts only those before it whose turns were measured', () => {
    const others = ahead(3).map(one => ({ ...one, ...MAIL }));
    expect(told(STEADY, [...others, ...ahead(1)])).toBe(240);
  });

  describe('while the line stands still', () => {
    const standing = ahead(1).map(one => ({ ...one, since: at('15:15') }));

    test('gets longer', () => {
      // Four turns of two minutes, and one of 42 that has not ended.
      expect(told(STEADY, standing)).toBe(2 * ((4 * 120 + 42 * 60) / 5));
    });

    test('gets longer by what was seen of that only', () => {
      const seenAt = at('15:19');
      const known = { at: seenAt, paces: pacesOf(STEADY, seenAt) };
      // What happened since then is not known; it may have moved.
      expect(estimateSeconds(known, OWN, standing, NOW)).toBe(2 * 120);
    });
  });

  test('is none of a pace seen long ago, when the hour in which the line moved is over', () => {
    const known = { at: at('15:19'), paces: pacesOf(STEADY, at('15:19')) };
    expect(estimateSeconds(known, OWN, [], at('16:17'))).toBe(120);
    expect(estimateSeconds(known, OWN, [], at('16:18'))).toBeNull();
  });
});

test('the paces are those of each line, the one that most go through first', () => {
  const slow = ['15:20', '15:30', '15:40', '15:50'].map(to => wait('15:00', to, { line: MAIL }));
  expect(pacesOf([...slow, ...STEADY.toReversed()], NOW)).toEqual([
    { ...WEB, turns: 4, meanTurnMs: 120_000, movedAt: at('15:18') },
    { ...MAIL, turns: 3, meanTurnMs: 600_000, movedAt: at('15:50') },
  ]);
});

test('a chat’s wait ends with its first agent, whoever has it later', () => {
  const chat = openChat({
    assignments: [assignment({ at: at('15:07') }), assignment({ at: at('15:30'), method: 'changed-agent' })],
    toldWaitSeconds: 300,
  });
  expect(waitOf(chat)).toEqual(wait('15:00', '15:07', { toldSeconds: 300 }));
  expect(waitOf(waitingChat())).toBeNull();
});

test.each<[Assignment['method'], boolean]>([
  ['automatic', true],
  ['original-agent', true],
  ['accepted', true],
  ['agent-initiated', false],
  // A bot had it till then, and then an agent at once.
  ['transfer', false],
  ['distributed-by-chatbot', false],
  ['distributed-by-operator', false],
])('that a chat waited for the agent it came to as %s is %s', (method, isWait) => {
  const given = wait('15:00', '15:07', isWait ? {} : { line: null, since: null });
  expect(waitOf(openChat({ assignments: [assignment({ at: at('15:07'), method })] }))).toEqual(given);
  expect(figuresOf([{ ...given, at: NOW }], NOW)).toMatchObject({
    lastHour: 1,
    p50Seconds: isWait ? 3_600 : null,
  });
});

test('a chat that a bot handed over waited from then on, which nobody knows any more', () => {
  const fromBot = openChat({ assignments: [assignment({ at: at('15:07') })], handedOver: true });
  expect(waitOf(fromBot)).toEqual(wait('15:00', '15:07', { line: null, since: null }));
});

describe('the line that a chat waited in', () => {
  const first = assignment({ at: at('15:07') });
  const passedOn = [first, assignment({ at: at('15:30'), method: 'transfer' })];
  const line1 = groupId('line-1');

  test.each<[string, Partial<OpenChat>, Wait['line']]>([
    ['is where it was given out', { assignments: [first], groupId: line1 }, LINE_1_WEB],
    [
      'stays that when its agent did not answer',
      { assignments: [first, assignment({ method: 'changed-agent' })], groupId: line1 },
      LINE_1_WEB,
    ],
    [
      'is the group that it asked for, where it was passed on',
      { assignments: passedOn, asked: line1 },
      LINE_1_WEB,
    ],
    [
      'is the team, where that group had been removed',
      { assignments: passedOn, asked: WHOLE_TEAM, groupId: line1 },
      WEB,
    ],
    // Under `group` it may have been the primary one, which the chat does not say.
    ['is not known any more where it was passed on and had asked for none', { assignments: passedOn }, null],
  ])('%s', (_, given, line) => {
    expect(waitOf(openChat(given))).toEqual(wait('15:00', '15:07', { line }));
  });
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
