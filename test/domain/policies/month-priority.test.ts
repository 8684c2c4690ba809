import { describe, test } from '@jest/globals';
import type { Instant } from '../../../domain/brands.ts';
import { closeOf, NO_PAST, tallyOf } from '../../../domain/closes.ts';
import { agent, at, LINE_1, LINE_2, LINE_3, NOW } from '../../support/domain.ts';
import { type Case, expectOf } from './cases.ts';

const FULL = { maxLoad: 1, load: 1 } as const;
const AWAY = { status: 'offline' } as const;

/** What an agent closed among the chats created today, and in 30 days. */
const closed = (closedToday: number, closedIn30Days: number) => ({ tally: { closedToday, closedIn30Days } });
const NOTHING = closed(0, 0);

const line1 = (id: string, given: Parameters<typeof agent>[0] = {}) =>
  agent({ id, groups: [LINE_1], ...NOTHING, ...given });

describe('002, Alternative Chat Distribution flow, step 1: "Agent is included in the Agent’s group with lowest Queue position."', () => {
  test.each<Case>([
    {
      says: 'lowest Queue position: whoever closed fewer behind it',
      team: [agent({ id: 'ada', groups: [LINE_2], ...NOTHING }), line1('bo', closed(9, 90))],
      winner: 'bo',
      by: 'queue-position',
    },
    {
      // The lowest position of all may have nobody to give; then it is the lowest that has.
      says: 'lowest Queue position: of those that have an available agent',
      team: [
        line1('ada', { ...FULL }),
        line1('bo', { ...AWAY }),
        agent({ id: 'cy', groups: [LINE_3], ...NOTHING }),
        agent({ id: 'di', groups: [LINE_2], ...closed(5, 5) }),
      ],
      winner: 'di',
      by: 'queue-position',
    },
    {
      says: 'lowest Queue position: of an agent in several groups the lowest counts',
      team: [
        agent({ id: 'ada', groups: [LINE_2], ...NOTHING }),
        agent({ id: 'bo', groups: [LINE_3, LINE_1], ...closed(1, 1) }),
      ],
      winner: 'bo',
      by: 'queue-position',
    },
    {
      says: 'lowest Queue position: in no group is last',
      team: [agent({ id: 'ada', ...NOTHING }), agent({ id: 'bo', groups: [LINE_3], ...closed(9, 9) })],
      winner: 'bo',
      by: 'queue-position',
    },
    {
      says: 'nobody is in a group: all are alike, and the counters decide',
      team: [agent({ id: 'ada', ...closed(1, 1) }), agent({ id: 'bo', ...NOTHING })],
      winner: 'bo',
      by: 'closed-today',
    },
    {
      says: '"The Agent must be active"',
      team: [line1('ada', { active: false }), line1('bo', closed(9, 9))],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: '"The Agent works with chats in this channel"',
      team: [line1('ada', { channels: ['mail'] }), line1('bo', closed(9, 9))],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: '"The Agent is in the "Online" status"',
      team: [line1('ada', { status: 'busy' }), line1('bo', closed(9, 9))],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: '"The Agent has a vacant chat slot"',
      team: [line1('ada', FULL), line1('bo', closed(9, 9))],
      winner: 'bo',
      by: 'eligibility',
    },
  ])('$says', row => expectOf('month-priority', row));
});

describe('002, Alternative Chat Distribution flow, step 2: "fewer closed chats among all the chats created today?"', () => {
  test.each<Case>([
    {
      says: 'fewer closed chats: today before the 30 days',
      team: [line1('ada', closed(2, 2)), line1('bo', closed(1, 40))],
      winner: 'bo',
      by: 'closed-today',
    },
    {
      // The seed of this flow knows no count of open chats.
      says: 'fewer closed chats: however many are open',
      team: [line1('ada', closed(1, 1)), line1('bo', { ...NOTHING, openChats: 4, load: 4 })],
      winner: 'bo',
      by: 'closed-today',
    },
    {
      says: 'fewer closed chats: a close of a chat that was created yesterday is not among them',
      team: [
        line1('ada', { tally: since([['today', '00:00'], '00:01']) }),
        line1('bo', { tally: since([['yesterday', '23:59'], '00:01'], [['yesterday', '10:00'], '15:00']) }),
      ],
      winner: 'bo',
      by: 'closed-today',
    },
  ])('$says', row => expectOf('month-priority', row));
});

describe('002, Alternative Chat Distribution flow, step 3: "fewer closed chats for the 30-day period than other agents have"', () => {
  test.each<Case>([
    {
      says: 'fewer in the 30 days, of the same count today',
      team: [line1('ada', closed(1, 7)), line1('bo', closed(1, 6))],
      winner: 'bo',
      by: 'closed-in-30-days',
    },
    {
      says: 'in the 30 days also those created yesterday count',
      team: [
        line1('ada', { tally: since([['yesterday', '10:00'], '15:00'], [['yesterday', '11:00'], '15:00']) }),
        line1('bo', { tally: since([['yesterday', '10:00'], '15:00']) }),
      ],
      winner: 'bo',
      by: 'closed-in-30-days',
    },
    {
      says: 'of the same counts: who closed a chat the longest ago, not who has fewer open',
      team: [
        line1('ada', { ...closed(1, 7), lastClosed: '15:05' }),
        line1('bo', { ...closed(1, 7), lastClosed: '15:00', openChats: 3 }),
      ],
      winner: 'bo',
      by: 'last-close',
    },
    {
      says: 'of the same counts: who never closed one counts as longest ago',
      team: [line1('ada', { lastClosed: '00:01' }), line1('bo')],
      winner: 'bo',
      by: 'last-close',
    },
    {
      says: 'what is still equal goes by the id',
      team: [line1('bo', closed(1, 7)), line1('ada', closed(1, 7))],
      winner: 'ada',
      by: 'agent-id',
    },
  ])('$says', row => expectOf('month-priority', row));
});

describe('nobody is available: it waits, unless the project says offer', () => {
  test.each<Case>([
    { says: 'nobody online', team: [line1('ada', AWAY)], waits: 'nobody-online' },
    { says: 'all full', team: [line1('ada', FULL), line1('bo', AWAY)], waits: 'all-full' },
    {
      says: 'nobody works with the channel',
      team: [line1('ada', { channels: ['mail'] })],
      waits: 'nobody-works-channel',
    },
    {
      says: 'offered, to the whole team and not to the lowest position only',
      team: [line1('ada', AWAY), agent({ id: 'bo', groups: [LINE_2], ...AWAY })],
      given: { rule: { onNobody: 'offer' } },
      offeredTo: ['ada', 'bo'],
      because: 'nobody-online',
    },
    {
      says: 'automatic allocation is off',
      team: [line1('ada')],
      given: { automaticAllocation: false },
      waits: 'automatic-off',
    },
    {
      // What they closed is not read then, and not asked for.
      says: 'the closes of those who are not available are not needed',
      team: [line1('ada', { ...AWAY, tally: null }), line1('bo', { ...closed(9, 9) })],
      winner: 'bo',
    },
  ])('$says', row => expectOf('month-priority', row));
});

/** The tally of chats created then and closed today at that time; midnight is that of UTC. */
function since(...closes: readonly [created: readonly ['today' | 'yesterday', string], closed: string][]) {
  const DAY_MS = 86_400_000;
  const made = closes.map(([[day, clock], closedAt]) =>
    closeOf((at(clock) - (day === 'today' ? 0 : DAY_MS)) as Instant, at(closedAt)),
  );
  return tallyOf(made, NO_PAST, NOW, 'UTC');
}
