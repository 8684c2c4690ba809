import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Candidate } from '../../domain/agent.ts';
import type { Match, Matching, Place } from '../../domain/line.ts';
import { matchLine, wouldOvertake } from '../../domain/line.ts';
import { POLICY_NAMES } from '../../domain/policies.ts';
import { place } from '../support/domain.ts';
import { line, TOO_HEAVY, team, teamTwice, world, worldUnder } from './arbitraries.ts';
import { givenBy, rulesOf, wholeRoster } from './matching.ts';
import { afterClaims, oneByOne, takerOf, type World, weightOf } from './naive.ts';

type Team = readonly Candidate[];
type MatchAll = (line: readonly Place[], team: Team, world: World) => Pick<Matching, 'matches' | 'left'>;

/** What must be so for one line, one team, and the matches made of them in one world. */
type Guarantee = (places: readonly Place[], team: Team, world: World, match: MatchAll) => void;

const GUARANTEES = {
  'no agent is charged above its room, but for the chats of those it served before': (
    places,
    team,
    w,
    match,
  ) => {
    const { matches } = match(places, team, w);
    for (const { id, vacancy } of team) {
      const last = matches.findLastIndex(one => one.agent.id === id && !one.forced);
      if (last < 0 || vacancy === null) continue;
      const own = matches.slice(0, last + 1).filter(one => one.agent.id === id);
      expect(own.reduce((sum, one) => sum + one.weight, 0)).toBeLessThanOrEqual(vacancy);
    }
  },

  'every match is between a chat and an agent who can take it by then': (places, team, w, match) => {
    const { matches } = match(places, team, w);
    for (const [i, { place, agent, weight, forced }] of matches.entries()) {
      const byThen = afterClaims(places, team, givenBy(matches.slice(0, i), w));
      const taker = byThen.find(one => one.id === agent.id);
      expect(taker && takerOf(place, [taker], w)).toEqual({ agentId: agent.id, forced });
      expect({ ...agent, version: taker?.version }).toEqual(taker);
      expect(weight).toBe(weightOf(place));
    }
  },

  'every chat is either given out once or left in its place': (places, team, w, match) => {
    const { matches, left } = match(places, team, w);
    const given = matches.map(one => one.place);
    expect(left).toEqual(places.filter(one => !given.includes(one)));
    expect(given).toEqual(places.filter(one => !left.includes(one)));
  },

  'nobody overtakes': (places, team, w, match) => {
    const { matches } = match(places, team, w);
    for (const [i, { place, agent }] of matches.entries()) {
      const before = givenBy(matches.slice(0, i), w);
      const slot = afterClaims(places, team, before).filter(one => one.id === agent.id);
      const olderWaiting = places.filter(
        older => older.chatId < place.chatId && !before.some(one => one.chatId === older.chatId),
      );
      for (const older of olderWaiting) expect(takerOf(older, slot, w)).toBeNull();
    }
  },

  'a chat that fits nobody blocks nobody': (places, some, w, match) => {
    const team = some.map(agent => ({ ...agent, vacancy: agent.vacancy ?? ROOMY }));
    const blocked = places.flatMap(before => [tooHeavy(before), before]);
    const given = (them: readonly Place[]) => givenBy(match(them, team, w).matches, w);
    expect(given(blocked)).toEqual(given(places));
  },

  'nobody is left waiting for whom an agent is free': (places, team, w, match) => {
    const { matches } = match(places, team, w);
    const after = afterClaims(places, team, givenBy(matches, w));
    const left = places.filter(place => !matches.some(one => one.place.chatId === place.chatId));
    for (const place of left) expect(takerOf(place, after, w)).toBeNull();
  },

  'it is as if the chats came one by one': (places, team, w, match) => {
    expect(givenBy(match(places, team, w).matches, w)).toEqual(oneByOne(places, team, w));
  },
} satisfies Record<string, Guarantee>;

const ROOMY = 99;

/** A chat that no agent has room for, in front of the given one. */
function tooHeavy(before: Place): Place {
  return place({ chatId: `${before.chatId}-`, channelId: TOO_HEAVY });
}

function check(
  guarantee: Guarantee,
  match: MatchAll,
  worlds: fc.Arbitrary<World>,
  run: fc.Parameters<[readonly Place[], Team, World]>,
) {
  fc.assert(
    fc.property(line, team, worlds, (places, agents, w) => guarantee(places, agents, w, match)),
    run,
  );
}

const match: MatchAll = (places, agents, w) => matchLine(places, wholeRoster(places, agents, w), rulesOf(w));

describe.each(POLICY_NAMES)('for any line and any team, under %s', policy => {
  test.each(Object.entries(GUARANTEES))('%s', (_, guarantee) => {
    check(guarantee, match, worldUnder(policy), { numRuns: 100 });
  });
});

describe('for any line and any team, under any two rules for new and returning visitors', () => {
  test.each(Object.entries(GUARANTEES))('%s', (_, guarantee) => {
    check(guarantee, match, world, { numRuns: 500 });
  });

  test('the order in which the team was read does not matter', () => {
    fc.assert(
      fc.property(line, teamTwice, world, (places, [one, other], w) => {
        expect(givenBy(match(places, one, w).matches, w)).toEqual(
          givenBy(match(places, other, w).matches, w),
        );
      }),
    );
  });

  test('nothing is given out while automatic allocation is off', () => {
    fc.assert(
      fc.property(line, team, world, (places, agents, w) => {
        const rules = { ...rulesOf(w), automaticAllocation: false };
        const none = { matches: [], left: places, stopped: false };
        expect(matchLine(places, wholeRoster(places, agents, w), rules)).toEqual(none);
      }),
    );
  });
});

/** Throws when a way to tell whether a newcomer would overtake is wrong about some agent and some line. */
function seesOvertaking(would: typeof wouldOvertake, run: fc.Parameters<unknown>) {
  fc.assert(
    fc.property(line, team, world, (places, agents, w) => {
      for (const agent of agents) {
        const isWanted = places.some(older => takerOf(older, [agent], w) !== null);
        expect(would(places, agent, rulesOf(w))).toBe(isWanted);
      }
    }),
    run,
  );
}

describe('a newcomer would overtake', () => {
  test('exactly where the line has a taker for the slot', () => {
    seesOvertaking(wouldOvertake, { numRuns: 300 });
  });

  test.each<[string, typeof wouldOvertake]>([
    ['asks the oldest only', (older, ...of) => wouldOvertake(older.slice(0, 1), ...of)],
    [
      'forgets whom returning visitors ask for',
      (older, agent, rules) =>
        wouldOvertake(older, agent, {
          ...rules,
          ruleFor: visitor => ({ ...rules.ruleFor(visitor), original: null }),
        }),
    ],
    [
      'forgets the groups',
      (older, agent, rules) => wouldOvertake(older, agent, { ...rules, scopeOf: () => ({ kind: 'team' }) }),
    ],
  ])('would be noticed to be wrong if it %s', (_, wrong) => {
    expect(() => seesOvertaking(wrong, { numRuns: 500, seed: 1 })).toThrow('Property failed');
  });
});

/** Ways to match that each get one thing wrong. */
const FAULTS = {
  'forgets the claims before': (places, agents, w) => together(places.map(one => match([one], agents, w))),
  'keeps the rotation where it stood': (places, agents, w) => {
    const matches: Match[] = [];
    for (const one of places) {
      matches.push(...match([one], afterClaims(places, agents, givenBy(matches, w)), w).matches);
    }
    return { matches, left: [] };
  },
  'charges every chat as the lightest': (places, agents, w) => {
    const roster = wholeRoster(places, agents, w);
    const { matches, left } = matchLine(places, roster, { ...rulesOf(w), weightOf: () => 1 });
    return { matches: matches.map(one => ({ ...one, weight: weightOf(one.place) })), left };
  },
  'gives returning visitors the rule for new ones': (places, agents, w) =>
    match(places, agents, { ...w, rules: { ...w.rules, returningVisitors: null } }),
  'serves the youngest first': (places, agents, w) => match(places.toReversed(), agents, w),
  'serves the lightest first': (places, agents, w) =>
    match(
      places.toSorted((a, b) => weightOf(a) - weightOf(b)),
      agents,
      w,
    ),
  'stops at the first chat that fits nobody': (places, agents, w) => {
    const { matches, left } = match(places, agents, w);
    const stop = places.findIndex(one => left.includes(one));
    return { matches: stop < 0 ? matches : matches.slice(0, stop), left };
  },
  'stops after the first claim': (places, agents, w) => {
    const { matches, left } = match(places, agents, w);
    return { matches: matches.slice(0, 1), left };
  },
  'goes over the line twice': (places, agents, w) => match([...places, ...places], agents, w),
  'ranks the agents once for the whole line': (places, agents, w) => {
    const order = match(places.slice(0, 1), agents, w).matches.map(one => one.agent.id);
    const favourite = agents.filter(agent => order.includes(agent.id));
    return match(places, favourite.length > 0 ? favourite : agents, w);
  },
} satisfies Record<string, MatchAll>;

function together(parts: readonly ReturnType<MatchAll>[]): ReturnType<MatchAll> {
  return { matches: parts.flatMap(part => part.matches), left: parts.flatMap(part => part.left) };
}

describe('the guarantees can fail', () => {
  const ROOM = 'no agent is charged above its room, but for the chats of those it served before';
  const BY_THEN = 'every match is between a chat and an agent who can take it by then';
  const ONCE = 'every chat is either given out once or left in its place';
  const LEFT = 'nobody is left waiting for whom an agent is free';
  const ONE_BY_ONE = 'it is as if the chats came one by one';
  test.each<[keyof typeof FAULTS, keyof typeof GUARANTEES]>([
    ['forgets the claims before', ROOM],
    ['charges every chat as the lightest', BY_THEN],
    ['goes over the line twice', ONCE],
    ['serves the youngest first', 'nobody overtakes'],
    ['serves the lightest first', 'nobody overtakes'],
    ['stops at the first chat that fits nobody', LEFT],
    ['stops after the first claim', LEFT],
    ['stops at the first chat that fits nobody', 'a chat that fits nobody blocks nobody'],
    ['ranks the agents once for the whole line', ONE_BY_ONE],
    ['gives returning visitors the rule for new ones', ONE_BY_ONE],
    ['keeps the rotation where it stood', ONE_BY_ONE],
  ])('a match that %s breaks "%s"', (fault, guarantee) => {
    const withFault = () => check(GUARANTEES[guarantee], FAULTS[fault], world, { numRuns: 1_000, seed: 1 });
    expect(withFault).toThrow('Property failed');
  });
});
