import fc from 'fast-check';
import { type Candidate, STATUSES } from '../../domain/agent.ts';
import type { Demand } from '../../domain/eligibility.ts';
import { NO_QUEUE_POSITION } from '../../domain/group.ts';
import type { Place } from '../../domain/line.ts';
import { demand, place } from '../support/domain.ts';

/**
 * Teams, chats and lines for the properties. Few different values each, so that ties, full agents and chats that
 * fit nobody are the rule and not the exception.
 */
const AGENT_IDS = ['a', 'a-1', 'a1', 'a10', 'a2', 'a_1', 'b', 'z', '1', '10', '2', '9'];
const CHANNELS = ['web', 'whatsapp', 'mail'];

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
    queuePosition: fc.constantFrom(0, 1, 2, NO_QUEUE_POSITION),
    openChats: fc.nat(2),
    vacancy: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -2, max: 6 }) }, fc.constant(null)),
    lastClosedAt: fc.option(fc.integer({ min: 1, max: 3 })),
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

export const chat: fc.Arbitrary<Demand> = fc
  .record({ channelId: fc.constantFrom(...CHANNELS), weight: fc.integer({ min: 1, max: 4 }) })
  .map(demand);

/** A waiting line, oldest first. */
export const line: fc.Arbitrary<readonly Place[]> = fc
  .array(fc.record({ channelId: fc.constantFrom(...CHANNELS), returning: fc.boolean() }), { maxLength: 14 })
  .map(chats => chats.map((given, i) => place({ ...given, chatId: `chat_${String(i).padStart(2, '0')}` })));

function often<T>(usual: T, rare: T): fc.Arbitrary<T> {
  return fc.nat(7).map(n => (n === 0 ? rare : usual));
}
