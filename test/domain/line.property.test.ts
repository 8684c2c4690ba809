import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Candidate } from '../../domain/agent.ts';
import type { Match, Place } from '../../domain/line.ts';
import { matchLine, wouldOvertake } from '../../domain/line.ts';
import { lineRules, place } from '../support/domain.ts';
import { line, TOO_HEAVY, team, teamTwice, WEIGHTS } from './arbitraries.ts';
import { afterClaims, demandOf, fits, type Given, inRankOrder, oneByOne } from './naive.ts';

type MatchAll = (line: readonly Place[], roster: readonly Candidate[]) => readonly Match[];

/** What must be so for one line, one roster and the matches made of them. */
type Guarantee = (places: readonly Place[], roster: readonly Candidate[], match: MatchAll) => void;

const GUARANTEES = {
  'no agent is charged above its room': (places, roster, match) => {
    const matches = match(places, roster);
    for (const { id, vacancy } of roster) {
      const own = matches.filter(one => one.agent.id === id);
      if (own.length === 0 || vacancy === null) continue;
      expect(own.reduce((sum, one) => sum + one.weight, 0)).toBeLessThanOrEqual(vacancy);
    }
  },

  'every match is between a chat and an agent who can take it by then': (places, roster, match) => {
    const matches = match(places, roster);
    for (const [i, { place, agent, weight }] of matches.entries()) {
      const byThen = afterClaims(places, roster, given(matches.slice(0, i)));
      const taker = byThen.find(one => one.id === agent.id);
      expect(taker && fits(taker, demandOf(place))).toBe(true);
      expect({ ...agent, version: taker?.version }).toEqual(taker);
      expect(weight).toBe(demandOf(place).weight);
    }
  },

  'no chat is given out twice': (places, roster, match) => {
    const ids = match(places, roster).map(one => one.place.chatId);
    expect(new Set(ids).size).toBe(ids.length);
  },

  'nobody overtakes': (places, roster, match) => {
    const matches = match(places, roster);
    for (const [i, { place, agent }] of matches.entries()) {
      const before = given(matches.slice(0, i));
      const slot = afterClaims(places, roster, before).find(one => one.id === agent.id);
      const olderWaiting = places.filter(
        older => older.chatId < place.chatId && !before.some(one => one.chatId === older.chatId),
      );
      for (const older of olderWaiting) expect(slot && fits(slot, demandOf(older))).toBe(false);
    }
  },

  'a chat that fits nobody blocks nobody': (places, team, match) => {
    const roster = team.map(agent => ({ ...agent, vacancy: agent.vacancy ?? ROOMY }));
    const blocked = places.flatMap(before => [tooHeavy(before), before]);
    expect(given(match(blocked, roster))).toEqual(given(match(places, roster)));
  },

  'nobody is left waiting for whom an agent is free': (places, roster, match) => {
    const matches = match(places, roster);
    const after = afterClaims(places, roster, given(matches));
    const left = places.filter(place => !matches.some(one => one.place.chatId === place.chatId));
    for (const place of left) expect(after.some(agent => fits(agent, demandOf(place)))).toBe(false);
  },

  'it is as if the chats came one by one': (places, roster, match) => {
    expect(given(match(places, roster))).toEqual(oneByOne(places, roster));
  },
} satisfies Record<string, Guarantee>;

const ROOMY = 99;

/** A chat that no agent has room for, in front of the given one. */
function tooHeavy(before: Place): Place {
  return place({ chatId: `${before.chatId}-`, channelId: TOO_HEAVY });
}

function given(matches: readonly Match[]): Given[] {
  return matches.map(match => ({ chatId: match.place.chatId, agentId: match.agent.id }));
}

function check(
  guarantee: Guarantee,
  match: MatchAll,
  run: fc.Parameters<[readonly Place[], readonly Candidate[]]>,
) {
  fc.assert(
    fc.property(line, team, (places, roster) => guarantee(places, roster, match)),
    run,
  );
}

const match: MatchAll = (places, agents) => matchLine(places, { agents, complete: true }, lineRules(WEIGHTS));

describe('for any line and any roster', () => {
  test.each(Object.entries(GUARANTEES))('%s', (_, guarantee) => {
    check(guarantee, match, { numRuns: 300 });
  });

  test('the order in which the roster was read does not matter', () => {
    fc.assert(
      fc.property(line, teamTwice, (places, [one, other]) => {
        expect(given(match(places, one))).toEqual(given(match(places, other)));
      }),
    );
  });

  test('a newcomer would overtake exactly where the line has a taker for the slot', () => {
    fc.assert(
      fc.property(line, team, (places, roster) => {
        for (const agent of roster) {
          expect(wouldOvertake(places.map(demandOf), agent)).toBe(match(places, [agent]).length > 0);
        }
      }),
    );
  });
});

/** Of a long roster only the first in rank are read. What they are given must not depend on those behind them. */
describe('for any line and any roster that was read in part', () => {
  const part: MatchAll = (places, agents) =>
    matchLine(places, { agents, complete: false }, lineRules(WEIGHTS));

  const isSafe = (ofPart: MatchAll, run: fc.Parameters<unknown>) =>
    fc.assert(
      fc.property(line, team, (places, all) => {
        const agents = inRankOrder(all.filter(agent => agent.vacancy === null || agent.vacancy > 0));
        const whole = given(match(places, agents));
        let before = 0;
        for (let read = 1; read <= agents.length; read += 1) {
          const matches = given(ofPart(places, agents.slice(0, read)));
          expect(matches).toEqual(whole.slice(0, matches.length));
          expect(matches.length).toBeGreaterThanOrEqual(before);
          before = matches.length;
        }
      }),
      run,
    );

  test('what is given out is the beginning of what the whole roster would be given', () => {
    isSafe(part, { numRuns: 300 });
  });

  test.each<[string, MatchAll]>([
    ['takes the part for the whole', match],
    [
      'goes on behind a chat that fits nobody who was read',
      (places, agents) => places.flatMap(place => part([place], agents)).slice(0, 1),
    ],
    [
      'gives up when a little more was read',
      (places, agents) => (agents.length > 3 ? [] : part(places, agents)),
    ],
  ])('a match that %s would be noticed', (_, wrong) => {
    expect(() => isSafe(wrong, { numRuns: 500, seed: 1 })).toThrow('Property failed');
  });
});

/** Ways to match that each get one thing wrong. */
const FAULTS = {
  'forgets the claims before': (places, roster) => places.flatMap(place => match([place], roster)),
  'charges every chat as the lightest': (places, roster) => {
    const matches = matchLine(places, { agents: roster, complete: true }, lineRules());
    return matches.map(one => ({ ...one, weight: demandOf(one.place).weight }));
  },
  'serves the youngest first': (places, roster) => match(places.toReversed(), roster),
  'serves the lightest first': (places, roster) =>
    match(
      places.toSorted((a, b) => demandOf(a).weight - demandOf(b).weight),
      roster,
    ),
  'stops at the first chat that fits nobody': (places, roster) => {
    const matches = match(places, roster);
    const taken = matches.map(one => one.place);
    const stop = places.findIndex(place => !taken.includes(place));
    return stop < 0 ? matches : matches.slice(0, stop);
  },
  'stops after the first claim': (places, roster) => match(places, roster).slice(0, 1),
  'goes over the line twice': (places, roster) => match([...places, ...places], roster),
  'ranks the agents once for the whole line': (places, roster) => {
    const order = places[0] === undefined ? [] : match([places[0]], roster).map(one => one.agent.id);
    const favourite = roster.filter(agent => order.includes(agent.id));
    return match(places, favourite.length > 0 ? favourite : roster);
  },
} satisfies Record<string, MatchAll>;

describe('the guarantees can fail', () => {
  test.each<[keyof typeof FAULTS, keyof typeof GUARANTEES]>([
    ['forgets the claims before', 'no agent is charged above its room'],
    [
      'charges every chat as the lightest',
      'every match is between a chat and an agent who can take it by then',
    ],
    ['goes over the line twice', 'no chat is given out twice'],
    ['serves the youngest first', 'nobody overtakes'],
    ['serves the lightest first', 'nobody overtakes'],
    ['stops at the first chat that fits nobody', 'nobody is left waiting for whom an agent is free'],
    ['stops after the first claim', 'nobody is left waiting for whom an agent is free'],
    ['stops at the first chat that fits nobody', 'a chat that fits nobody blocks nobody'],
    ['ranks the agents once for the whole line', 'it is as if the chats came one by one'],
  ])('a match that %s breaks "%s"', (fault, guarantee) => {
    const withFault = () => check(GUARANTEES[guarantee], FAULTS[fault], { numRuns: 500, seed: 1 });
    expect(withFault).toThrow('Property failed');
  });
});
