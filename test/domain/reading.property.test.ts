import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Candidate } from '../../domain/agent.ts';
import { type Matching, matchLine, type Place, type Roster } from '../../domain/line.ts';
import type { PolicyName, ReadingOrder } from '../../domain/policies.ts';
import { line, team, worldOf } from './arbitraries.ts';
import { givenBy, members, originals, rulesOf, takers, wholeRoster } from './matching.ts';
import { inRankOrder, inTurn, type World } from './naive.ts';

/**
 * Of a long roster only the first in a policy's order are read. What is given out must not depend on those behind
 * them: a reading in part gives the same as the whole, or stops before it would not.
 */
type Read = Pick<Roster, 'agents' | 'edges' | 'order'>;

/** How far each list is read: the part of it, in tenths. Something is read of each. */
type Depths = readonly number[];

const some = (list: readonly Candidate[], depth: number | undefined) =>
  list.slice(0, Math.max(1, Math.ceil((list.length * (depth ?? 0)) / 10)));

const edgeOf = (list: readonly Candidate[], read: readonly Candidate[]) =>
  read.length < list.length ? read.slice(-1) : [];

/** One list from the best by queue position on. */
function inRank(all: readonly Candidate[], [depth]: Depths): Read {
  const list = inRankOrder(all, 'queue-position', null);
  const agents = some(list, depth);
  return { agents, edges: edgeOf(list, agents), order: 'rank' };
}

/** The heads of the lists of each queue position. */
function inLanes(all: readonly Candidate[], depths: Depths): Read {
  const positions = [...new Set(all.map(agent => agent.queuePosition))];
  const lanes = positions.map((position, i) => {
    const list = inRankOrder(
      all.filter(agent => agent.queuePosition === position),
      'smart',
      null,
    );
    const agents = some(list, depths[i]);
    return { agents, edges: edgeOf(list, agents) };
  });
  return {
    agents: lanes.flatMap(lane => lane.agents),
    edges: lanes.flatMap(lane => lane.edges),
    order: 'lanes',
  };
}

/** One list in member order, from the one after the cursor around to the cursor. */
function inRotation(all: readonly Candidate[], [depth]: Depths, { cursor }: World): Read {
  const byId = all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const list = inTurn(byId, cursor);
  const agents = some(list, depth);
  return { agents, edges: edgeOf(list, agents), order: 'rotation' };
}

type Reading = (all: readonly Candidate[], depths: Depths, world: World) => Read;
const READINGS = { rank: inRank, lanes: inLanes, rotation: inRotation } satisfies Record<
  Exclude<ReadingOrder, 'everyone'>,
  Reading
>;
type Order = keyof typeof READINGS;

/** The policies that are read so. */
const READ_IN: Record<Order, readonly PolicyName[]> = {
  rank: ['queue-position', 'month-priority'],
  lanes: ['smart', 'least-sessions'],
  rotation: ['member-order'],
};

/** For both kinds of visitors a rule that is read so, or one that looks at whole groups, one agent, or nobody. */
function worldsOf(order: Order): fc.Arbitrary<World> {
  const onNobody = fc.option(fc.constantFrom('wait' as const, 'offer' as const));
  const own = fc.constantFrom(...READ_IN[order]);
  const beside = fc.constantFrom('group' as const, 'original-agent' as const, 'all' as const);
  return worldOf(
    fc.record({
      newVisitors: fc.record({ policy: own, onNobody }),
      returningVisitors: fc.option(fc.record({ policy: fc.oneof(own, beside), onNobody })),
    }),
  );
}

/** A chat of policy `group` that goes on in the whole team is read in an order of its own. */
function isReadIn(order: Order, places: readonly Place[], world: World): boolean {
  const rules = rulesOf(world);
  return places.every(place => {
    const { policy } = rules.ruleFor(place);
    const isTeam = rules.scopeOf(policy, place.asked).kind === 'team';
    return !isTeam || policy === 'all' || READ_IN[order].includes(policy);
  });
}

type MatchPart = (places: readonly Place[], roster: Roster, world: World) => Matching;
const matchPart: MatchPart = (places, roster, world) => matchLine(places, roster, rulesOf(world));

const depths = fc.array(fc.nat(10), { minLength: 4, maxLength: 4 });

function isTheBeginningOfTheWhole(
  order: Order,
  match: MatchPart,
  run: fc.Parameters<unknown>,
  read: Reading = READINGS[order],
) {
  fc.assert(
    fc.property(line, team, worldsOf(order), depths, (places, all, world, depth) => {
      fc.pre(isReadIn(order, places, world));
      const rosterRead = (to: Depths): Roster => {
        const { agents, ...how } = read(takers(all), to, world);
        return {
          ...wholeRoster(places, all, world),
          ...how,
          agents: [...agents, ...members(places, all, world)],
          originals: originals(places, all, world),
        };
      };
      const whole = matchPart(places, wholeRoster(places, all, world), world);
      const part = match(places, rosterRead(depth), world);
      const { matches, left, stopped } = part;
      expect(givenBy(matches, world)).toEqual(givenBy(whole.matches, world).slice(0, matches.length));
      expect(left).toEqual(whole.left.slice(0, left.length));
      const settled = [...matches.map(one => one.place), ...left];
      expect(new Set(settled)).toEqual(new Set(places.slice(0, settled.length)));
      if (!stopped) expect(settled).toHaveLength(places.length);
      // Reading on settles at least as many.
      const more = match(places, rosterRead(depth.map(one => one + 2)), world);
      expect(more.matches.length).toBeGreaterThanOrEqual(matches.length);
      expect(more.left.length).toBeGreaterThanOrEqual(left.length);
    }),
    run,
  );
}

describe.each(Object.keys(READINGS) as Order[])(
  'for any line and any team read in part, in the order: %s',
  order => {
    test('what is given out is the beginning of what the whole team would be given', () => {
      isTheBeginningOfTheWhole(order, matchPart, { numRuns: 1_000 });
    });

    test('where it does not stop, a part of the team gave out the whole line', () => {
      // Or the guarantee would hold for a match that always stops.
      const unstopped = fc.sample(fc.tuple(line, team, worldsOf(order), depths), { numRuns: 500, seed: 1 });
      const settled = unstopped.filter(([places, all, world, depth]) => {
        const { agents, edges, order: how } = READINGS[order](takers(all), depth, world);
        if (edges.length === 0 || !isReadIn(order, places, world)) return false;
        const roster = { agents, edges, order: how, originals: [], cursor: world.cursor };
        const { matches, stopped } = matchPart(places, roster, world);
        return !stopped && matches.length > 1;
      });
      expect(settled.length).toBeGreaterThan(5);
    });

    test.each<[string, MatchPart]>([
      ['takes the part for the whole', (places, roster, w) => matchPart(places, { ...roster, edges: [] }, w)],
      [
        'goes on behind a chat that it cannot settle',
        (places, roster, w) => {
          const each = places.map(one => matchPart([one], roster, w));
          const matches = each.flatMap(one => one.matches).slice(0, 1);
          return { matches, left: [], stopped: true };
        },
      ],
      [
        'gives up when a little more was read',
        (places, roster, w) =>
          roster.agents.length > 3 ? { matches: [], left: [], stopped: true } : matchPart(places, roster, w),
      ],
      [
        'ranks a tie with the edge before it',
        (places, { edges, ...roster }, w) =>
          matchPart(
            places,
            { ...roster, edges: edges.map(edge => ({ ...edge, openChats: 99, memberOrder: 99 })) },
            w,
          ),
      ],
    ])('a match that %s would be noticed', (_, wrong) => {
      const withFault = () => isTheBeginningOfTheWhole(order, wrong, { numRuns: 3_000, seed: 1 });
      expect(withFault).toThrow('Property failed');
    });
  },
);

test.each<[string, Order, Reading]>([
  [
    'names the edge of one lane only',
    'lanes',
    (all, to) => ({ ...inLanes(all, to), edges: inLanes(all, to).edges.slice(0, 1) }),
  ],
  [
    'begins the rotation at the first member',
    'rotation',
    (all, to, world) => inRotation(all, to, { ...world, cursor: null }),
  ],
  [
    'sorts by count before position',
    'rank',
    (all, [depth]) => {
      const list = inRankOrder(all, 'smart', null);
      const agents = some(list, depth);
      return { agents, edges: edgeOf(list, agents), order: 'rank' };
    },
  ],
])('a reading that %s would be noticed', (_, order, wrong) => {
  const withFault = () => isTheBeginningOfTheWhole(order, matchPart, { numRuns: 3_000, seed: 1 }, wrong);
  expect(withFault).toThrow('Property failed');
});
