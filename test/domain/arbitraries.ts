import fc from 'fast-check';
import { type Candidate, STATUSES } from '../../domain/agent.ts';
import { NO_QUEUE_POSITION } from '../../domain/group.ts';
import type { Place } from '../../domain/line.ts';
import { FALLBACKS, POLICY_NAMES, type PolicyName, RETURNING_POLICY_NAMES } from '../../domain/policies.ts';
import type { Cursor } from '../../domain/ranking.ts';
import type { Rules } from '../../domain/rule.ts';
import { place } from '../support/domain.ts';
import type { Chat, World } from './naive.ts';

/**
 * Teams, chats and lines for the properties. Few different values each, so that ties, full agents and chats that
 * fit nobody are the rule and not the exception.
 */
const AGENT_IDS = ['a', 'a-1', 'a1', 'a10', 'a2', 'a_1', 'b', 'z', '1', '10', '2', '9'];
const CHANNELS = ['web', 'whatsapp', 'mail'];

/** A group may have any name, also one that reads like none. */
export const GROUPS = ['sales', 'null'];
/** Asked for by chats, and in the cards of nobody: it was removed. */
const GONE = 'gone';
const WHOLE_TEAM = '*';

/** A channel whose chats fit nobody but an agent without limit. No line has one unless a test puts it there. */
export const TOO_HEAVY = 'video';

/** What a chat of each channel weighs on the way down a line. */
export const WEIGHTS: Readonly<Record<string, number>> = { web: 1, whatsapp: 2, mail: 3, [TOO_HEAVY]: 1_000 };

const candidate: fc.Arbitrary<Candidate> = fc
  .record({
    id: fc.constantFrom(...AGENT_IDS),
    active: often(true, false),
    status: fc.oneof({ weight: 6, arbitrary: fc.constant('online' as const) }, fc.constantFrom(...STATUSES)),
    channels: fc.oneof(
      { weight: 2, arbitrary: fc.constant(null) },
      { weight: 3, arbitrary: fc.subarray(CHANNELS) },
    ),
    groups: fc.subarray(GROUPS),
    queuePosition: fc.constantFrom(0, 1, 2, NO_QUEUE_POSITION),
    receptionWeight: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(1, 2, 3, 6) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
    memberOrder: fc.integer({ min: 1, max: 4 }),
    openChats: fc.nat(2),
    vacancy: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -2, max: 6 }) }, fc.constant(null)),
    lastClosedAt: fc.option(fc.integer({ min: 1, max: 3 })),
    tally: fc.record({ closedToday: fc.nat(1), closedIn30Days: fc.nat(2) }),
    version: fc.integer({ min: 1, max: 9 }),
  })
  .map(one => ({ ...one, name: one.id }) as unknown as Candidate);

export const team: fc.Arbitrary<readonly Candidate[]> = fc.uniqueArray(candidate, {
  selector: one => one.id,
  maxLength: AGENT_IDS.length,
});

/** A team, and the same team in another order. */
export const teamTwice: fc.Arbitrary<readonly [readonly Candidate[], readonly Candidate[]]> = team.chain(
  one => fc.tuple(fc.constant(one), fc.shuffledSubarray([...one], { minLength: one.length })),
);

/** A chat that is searched in the team or in one of the groups. */
export const chat: fc.Arbitrary<Chat> = fc.record({
  channelId: fc.constantFrom(...CHANNELS),
  weight: fc.integer({ min: 1, max: 4 }),
  groupId: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.constantFrom(...GROUPS)),
});

/** A place in member order, also of somebody who has left. */
export const cursor: fc.Arbitrary<Cursor> = fc
  .option(
    fc.record({
      memberOrder: fc.integer({ min: 0, max: 5 }),
      agentId: fc.constantFrom(...AGENT_IDS, 'gone'),
    }),
  )
  .map(one => one as Cursor);

/** A waiting line, oldest first: new and returning visitors, who ask for a group, the team or nothing. */
export const line: fc.Arbitrary<readonly Place[]> = fc
  .array(
    fc.record({
      channelId: fc.constantFrom(...CHANNELS),
      lastServedBy: fc.oneof(fc.constant(null), fc.constantFrom(...AGENT_IDS, 'gone')),
      asked: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        fc.constantFrom(...GROUPS, GONE, WHOLE_TEAM),
      ),
    }),
    { maxLength: 14 },
  )
  .map(chats => chats.map((given, i) => place({ ...given, chatId: `chat_${String(i).padStart(2, '0')}` })));

const onNobody = fc.option(fc.constantFrom(...FALLBACKS));

/** Every pair of rules there can be. */
const rules: fc.Arbitrary<Rules> = fc.record({
  newVisitors: fc.record({ policy: fc.constantFrom(...POLICY_NAMES), onNobody }),
  returningVisitors: fc.option(
    fc.record({
      policy: fc.oneof(fc.constant('original-agent' as const), fc.constantFrom(...RETURNING_POLICY_NAMES)),
      onNobody,
    }),
  ),
});

/** What a line is given out under. */
export const world: fc.Arbitrary<World> = worldOf(rules);

/** One policy for all, with those who served a visitor before asked first or not. */
export function worldUnder(policy: PolicyName): fc.Arbitrary<World> {
  return worldOf(
    fc.record({
      newVisitors: fc.record({ policy: fc.constant(policy), onNobody }),
      returningVisitors: fc.option(fc.record({ policy: fc.constant('original-agent' as const), onNobody })),
    }),
  );
}

export function worldOf(some: fc.Arbitrary<Rules>): fc.Arbitrary<World> {
  return fc.record({
    rules: some,
    groups: fc.oneof({ weight: 4, arbitrary: fc.constant(GROUPS) }, fc.subarray(GROUPS)),
    primary: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...GROUPS) },
      fc.constant(null),
      fc.constant(GONE),
    ),
    cursor,
  });
}

function often<T>(usual: T, rare: T): fc.Arbitrary<T> {
  return fc.nat(7).map(n => (n === 0 ? rare : usual));
}
