import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Step, type StepName, WHY_CODES } from '../../domain/decision.ts';
import { ruleOf, sentence } from '../../domain/sentences.ts';
import { agentId } from '../support/domain.ts';
import { chat, team } from './arbitraries.ts';
import { decideAmong } from './deciding.ts';

function step(given: Partial<Step> & { name: StepName }): Step {
  return { in: 3, out: 2, excluded: [], excludedMore: 0, ...given };
}

/** Every step there is: a new one does not compile until it has its words here. */
const RULES = {
  scope: 'every agent of the project',
  eligibility: 'is active, works with the channel, is online, has room',
  'rank-order': 'first in rank; those behind were not looked at',
  'queue-position': 'lowest queue position',
  'open-chats': 'fewest open chats',
  'last-close': 'longest since the last close; never closed counts as longest',
  'agent-id': 'first agent id',
} satisfies Record<StepName, string>;
const NAMES = Object.keys(RULES) as StepName[];

test.each(Object.entries(RULES) as [StepName, string][])('the rule of %s in words: %s', (name, rule) => {
  expect(ruleOf(name)).toBe(rule);
});

describe('a step as a plain sentence', () => {
  const ADA = agentId('ada');
  const open = { winner: null, decidedBy: 'eligibility' } as const;

  test.each([
    { what: step({ name: 'scope', out: 3 }), says: '3 agents of the project looked at.' },
    { what: step({ name: 'scope', in: 1, out: 1 }), says: '1 agent of the project looked at.' },
    {
      what: step({ name: 'eligibility', excluded: [{ agentId: ADA, why: 'no-room' }] }),
      says: '2 agents of 3 available (is active, works with the channel, is online, has room); ruled out: ada (no-room).',
    },
    {
      what: step({ name: 'eligibility', excluded: [{ agentId: ADA, why: 'inactive' }], excludedMore: 1 }),
      says: '2 agents of 3 available (is active, works with the channel, is online, has room); ruled out: ada (inactive) and 1 more.',
    },
    {
      what: step({ name: 'eligibility', out: 0 }),
      says: '0 agents of 3 available (is active, works with the channel, is online, has room).',
    },
    {
      what: step({ name: 'eligibility', in: 5, out: 2, excludedMore: 3 }),
      says: '2 agents of 5 available (is active, works with the channel, is online, has room); ruled out: 3 more.',
    },
    { what: step({ name: 'open-chats' }), says: '2 agents of 3 with the fewest open chats.' },
  ])('$says', ({ what, says }) => {
    expect(sentence(what, open)).toBe(says);
  });

  test('says whom it was settled for, in the step that settled it and in no other', () => {
    const settled = { winner: ADA, decidedBy: 'open-chats' } as const;
    const said = NAMES.map(name => sentence(step({ name, out: 1 }), settled));
    expect(said.filter(text => text.includes('; this settled it for ada.'))).toEqual([
      '1 agent of 3 with the fewest open chats; this settled it for ada.',
    ]);
  });

  test('settles nothing when nobody won', () => {
    expect(sentence(step({ name: 'eligibility', out: 0 }), open)).not.toContain('settled');
  });
});

describe('one sentence, whatever the step', () => {
  const ONE_SENTENCE = /^\d+ agents? [^.\n]*\.$/;
  const steps: fc.Arbitrary<Step> = fc.record({
    name: fc.constantFrom(...NAMES),
    in: fc.nat(20),
    out: fc.nat(20),
    excluded: fc.array(
      fc.record({
        agentId: fc.constantFrom(agentId('ada'), agentId('bo')),
        why: fc.constantFrom(...WHY_CODES),
      }),
    ),
    excludedMore: fc.nat(3),
  });

  test('made up from every name, count and reason', () => {
    fc.assert(
      fc.property(
        steps,
        fc.constantFrom(...NAMES),
        fc.option(fc.constant(agentId('ada'))),
        (one, by, winner) => {
          const said = sentence(one, { winner, decidedBy: by });
          expect(said).toMatch(ONE_SENTENCE);
          expect(said).not.toMatch(/undefined|null|NaN/);
        },
      ),
    );
  });

  test('taken from any decision', () => {
    fc.assert(
      fc.property(team, chat, (agents, demand) => {
        const verdict = decideAmong(agents, { demand });
        const said = verdict.steps.map(one => sentence(one, verdict));
        for (const text of said) expect(text).toMatch(ONE_SENTENCE);
        expect(said.filter(text => text.includes('this settled it'))).toHaveLength(verdict.winner ? 1 : 0);
      }),
    );
  });
});
