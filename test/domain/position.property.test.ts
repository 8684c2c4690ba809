import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { positionOf } from '../../domain/line.ts';
import { line, team, WEIGHTS } from './arbitraries.ts';

type Position = typeof positionOf;

/** In a large team every two channels share somebody. */
const few = team.map(agents => agents.slice(0, 3));

/** Throws when a way to tell the position is off for some chat of some line. */
function countsThoseInFront(position: Position, run: fc.Parameters<unknown>) {
  fc.assert(
    fc.property(line, few, (places, agents) => {
      for (const [i, own] of places.entries()) {
        const shared = agents
          .filter(agent => agent.active && (agent.channels ?? [own.channelId]).includes(own.channelId))
          .flatMap<string>(agent => agent.channels ?? Object.keys(WEIGHTS));
        const older = places.slice(0, i);
        const inFront = older.filter(one => [own.channelId, ...shared].includes(one.channelId));
        expect(position(own, older, agents)).toBe(inFront.length + 1);
      }
    }),
    run,
  );
}

describe('for any line and any team the position', () => {
  test('is one more than the older chats that an agent of this one could take as well', () => {
    countsThoseInFront(positionOf, { numRuns: 300 });
  });

  test('never grows when an older chat leaves the line', () => {
    fc.assert(
      fc.property(line, team, fc.nat(), (places, agents, pick) => {
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
