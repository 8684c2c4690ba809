import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Candidate } from '../../domain/agent.ts';
import { type Place, positionOf } from '../../domain/line.ts';
import { channelId, place } from '../support/domain.ts';
import { GROUPS, team } from './arbitraries.ts';

type Position = typeof positionOf;

/** In a large team every two channels share somebody. */
const few = team.map(agents => agents.slice(0, 3));

/** Chats that wait in the team or in a group. */
const reaches = fc
  .array(
    fc.record({
      channelId: fc.constantFrom('web', 'mail'),
      groupId: fc.oneof(fc.constant(null), fc.constantFrom(...GROUPS)),
    }),
    { maxLength: 8 },
  )
  .map(chats => chats.map((given, i) => place({ ...given, chatId: `chat_${i}` })));

/** Throws when a way to tell the position is off for some chat of some line. */
function countsThoseInFront(position: Position, run: fc.Parameters<unknown>) {
  fc.assert(
    fc.property(reaches, few, (places, agents) => {
      for (const [i, own] of places.entries()) {
        const older = places.slice(0, i);
        // Everything that some agent of this chat could take, written out, and this chat's own kind.
        const shared = agents
          .filter(agent => agent.active)
          .map(agent => kindsOf(agent))
          .filter(kinds => kinds.includes(kindOf(own)))
          .flat();
        const inFront = older.filter(one => [kindOf(own), ...shared].includes(kindOf(one)));
        expect(position(own, older, agents)).toBe(inFront.length + 1);
      }
    }),
    run,
  );
}

/** The team is no group, whatever the groups are called. */
const kindOf = ({ channelId, groupId }: Pick<Place, 'channelId' | 'groupId'>) =>
  `${channelId} in ${groupId === null ? 'the whole team' : `group ${groupId}`}`;

function kindsOf(agent: Candidate): string[] {
  const channels = agent.channels ?? ['web', 'mail'].map(channelId);
  return channels.flatMap(id =>
    [null, ...agent.groups].map(group => kindOf({ channelId: id, groupId: group })),
  );
}

describe('for any line and any team the position', () => {
  test('is one more than the older chats that an agent of this one could take as well', () => {
    countsThoseInFront(positionOf, { numRuns: 300 });
  });

  test('never grows when an older chat leaves the line', () => {
    fc.assert(
      fc.property(reaches, team, fc.nat(), (places, agents, pick) => {
        const [own, ...older] = places.toReversed();
        fc.pre(own !== undefined && older.length > 0);
        const fewer = older.filter((_, i) => i !== pick % older.length);
        expect(positionOf(own, fewer, agents)).toBeLessThanOrEqual(positionOf(own, older, agents));
      }),
    );
  });

  test.each<[string, Position]>([
    ['counts the whole line', (_, older) => older.length + 1],
    ['counts only its own channel', (own, older) => positionOf(own, older, [])],
    [
      'forgets the groups',
      (own, older, agents) =>
        positionOf(
          { ...own, groupId: null },
          older.map(one => ({ ...one, groupId: null })),
          agents,
        ),
    ],
    ['counts from 0', (...of) => positionOf(...of) - 1],
    [
      'asks for agents who are free now',
      (own, older, agents) =>
        positionOf(
          own,
          older,
          agents.filter(agent => agent.status === 'online'),
        ),
    ],
  ])('would be noticed to be wrong if it %s', (_, wrong) => {
    expect(() => countsThoseInFront(wrong, { numRuns: 300, seed: 1 })).toThrow('Property failed');
  });
});
