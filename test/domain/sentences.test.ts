import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { READINGS, type Step, type StepName, type Verdict, WHY_CODES } from '../../domain/decision.ts';
import { POLICY_NAMES, RETURNING_POLICY_NAMES } from '../../domain/policies.ts';
import { ruleOf, sentence } from '../../domain/sentences.ts';
import { agentId } from '../support/domain.ts';
import { chat, team } from './arbitraries.ts';
import { decideAmong } from './deciding.ts';

function step(given: Partial<Step> & { name: StepName }): Step {
  return { in: 3, out: 2, excluded: [], excludedMore: 0, ...given };
}

/** A decision over the whole team that has not been settled. */
function told(given: Partial<Verdict> = {}) {
  return {
    winner: null,
    decidedBy: 'eligibility',
    policy: 'queue-position',
    reading: 'whole-team',
    outcome: 'nobody-online',
    offeredBecause: null,
    ...given,
  } as const;
}

/** Every step there is: a new one does not compile until it has its words here. */
const RULES = {
  scope: 'every agent of the project',
  'original-agent': 'the agent who last served this visitor, whatever status or limit',
  eligibility: 'is active, works with the channel, is online, has room',
  'rank-order': 'first in rank; those behind were not looked at',
  offer: 'every active agent there who works with the channel',
  'queue-position': 'lowest queue position',
  'open-chats': 'fewest open chats',
  'last-close': 'longest since the last close; never closed counts as longest',
  'member-order': 'first in member order',
  rotation: 'next in member order after the one chosen last',
  share: 'smallest (open chats + 1) / reception weight',
  'closed-today': 'fewest closed among the chats created today',
  'closed-in-30-days': 'fewest closed in the last 30 days',
  'agent-id': 'first agent id',
  'group-removed': 'the group it was queued for is gone: the whole team instead',
} satisfies Record<StepName, string>;
const NAMES = Object.keys(RULES) as StepName[];

describe('the rule of a step in words', () => {
  test.each(Object.entries(RULES) as [StepName, string][])('%s: %s', (name, rule) => {
    expect(ruleOf(name, told())).toBe(rule);
  });

  test('who is available has a share, where chats are given out by share', () => {
    const rule = ruleOf('eligibility', told({ policy: 'reception-weight' }));
    expect(rule).toBe('is active, works with the channel, is online, has room, has a share');
  });

  test.each<[Partial<Verdict>, string]>([
    [{ policy: 'group', reading: 'whole-group' }, 'group'],
    [{ policy: 'group', reading: 'rank-order' }, 'group'],
    // The policy was changed while the chat waited in its group; or its group was removed.
    [{ policy: 'smart', reading: 'whole-group' }, 'group'],
    [{ policy: 'group', reading: 'whole-team' }, 'project'],
    [{ policy: 'smart', reading: 'rank-order' }, 'project'],
  ])('the scope is that of what was read: %j', (given, whose) => {
    expect(ruleOf('scope', told(given))).toBe(`every agent of the ${whose}`);
  });
});

describe('a step as a plain sentence', () => {
  const [ADA, BO] = [agentId('ada'), agentId('bo')];

  test.each<{ what: Step; of?: Partial<Verdict>; says: string }>([
    { what: step({ name: 'scope', out: 3 }), says: '3 agents of the project are considered.' },
    { what: step({ name: 'scope', in: 1, out: 1 }), says: '1 agent of the project is considered.' },
    { what: step({ name: 'scope', in: 0, out: 0 }), says: 'No agent of the project is considered.' },
    {
      what: step({ name: 'scope', excluded: [{ agentId: ADA, why: 'not-in-group' }] }),
      of: { policy: 'group', reading: 'whole-group' },
      says: '2 agents of the group are considered; ruled out: ada (not in the group).',
    },
    {
      what: step({ name: 'eligibility', excluded: [{ agentId: ADA, why: 'no-room' }] }),
      says: '2 of the 3 agents are available, that is active, working with the channel, online and with room; ruled out: ada (no room).',
    },
    {
      what: step({ name: 'eligibility', excluded: [{ agentId: ADA, why: 'inactive' }], excludedMore: 1 }),
      says: '2 of the 3 agents are available, that is active, working with the channel, online and with room; ruled out: ada (not active) and 1 more.',
    },
    {
      what: step({ name: 'eligibility', out: 0 }),
      says: 'None of the 3 agents is available, that is active, working with the channel, online and with room.',
    },
    {
      what: step({ name: 'eligibility', in: 5, out: 2, excludedMore: 3 }),
      says: '2 of the 5 agents are available, that is active, working with the channel, online and with room; ruled out: 3 more.',
    },
    {
      what: step({ name: 'eligibility', out: 1, excluded: [{ agentId: ADA, why: 'no-share' }] }),
      of: { policy: 'reception-weight' },
      says: '1 of the 3 agents is available, that is active, working with the channel, online, with room and with a share; ruled out: ada (no share).',
    },
    {
      what: step({ name: 'eligibility', in: 1, out: 0, excluded: [{ agentId: ADA, why: 'not-online' }] }),
      says: 'Nobody is available, that is active, working with the channel, online and with room; ruled out: ada (not online).',
    },
    {
      what: step({ name: 'original-agent', in: 1, out: 1 }),
      of: { winner: ADA, decidedBy: 'original-agent', policy: 'original-agent', reading: 'one-agent' },
      says: 'The agent who last served this visitor comes first, whatever the status or limit; this settles it for ada.',
    },
    {
      what: step({
        name: 'original-agent',
        in: 1,
        out: 0,
        excluded: [{ agentId: ADA, why: 'other-channel' }],
      }),
      says: 'The agent who last served this visitor cannot have the chat, so the rule for new visitors holds; ruled out: ada (not on the channel).',
    },
    {
      what: step({ name: 'rank-order', in: 1, out: 1 }),
      of: { winner: ADA, decidedBy: 'rank-order', reading: 'rank-order' },
      says: 'This agent comes first in rank, and those behind were not looked at; this settles it for ada.',
    },
    {
      what: step({ name: 'offer', excluded: [{ agentId: BO, why: 'inactive' }] }),
      of: { policy: 'all', outcome: 'offered' },
      says: 'The chat is offered to 2 agents: everybody who is active and works with the channel; ruled out: bo (not active).',
    },
    {
      what: step({ name: 'offer', out: 1 }),
      of: { policy: 'smart', outcome: 'offered', offeredBecause: 'nobody-online' },
      says: 'Nobody who works with the channel is online, so the chat is offered to 1 agent: everybody who is active and works with the channel.',
    },
    {
      what: step({ name: 'offer', out: 3 }),
      of: { policy: 'group', reading: 'whole-group', outcome: 'offered', offeredBecause: 'all-full' },
      says: 'Everybody online in the group who works with the channel is full, so the chat is offered to 3 agents: everybody in the group who is active and works with the channel.',
    },
    {
      what: step({ name: 'offer', in: 1, out: 0, excluded: [{ agentId: BO, why: 'inactive' }] }),
      of: { policy: 'all', outcome: 'nobody-works-channel' },
      says: 'No active agent works with the channel, so the chat can be offered to nobody; ruled out: bo (not active).',
    },
    {
      what: step({ name: 'queue-position', out: 1, excluded: [{ agentId: BO, why: 'higher-position' }] }),
      says: '1 of the 3 agents has the lowest queue position; ruled out: bo (higher queue position).',
    },
    { what: step({ name: 'open-chats' }), says: '2 of the 3 agents have the fewest open chats.' },
    { what: step({ name: 'open-chats', in: 2 }), says: 'Both agents have the fewest open chats.' },
    { what: step({ name: 'open-chats', out: 3 }), says: 'All 3 agents have the fewest open chats.' },
    {
      what: step({ name: 'last-close', out: 1 }),
      says: '1 of the 3 agents has gone the longest without closing a chat.',
    },
    { what: step({ name: 'member-order', out: 1 }), says: '1 of the 3 agents is first in member order.' },
    {
      what: step({ name: 'rotation', out: 1 }),
      says: '1 of the 3 agents is next in member order after the one chosen last.',
    },
    {
      what: step({ name: 'share' }),
      says: '2 of the 3 agents have the smallest (open chats + 1) / reception weight.',
    },
    {
      what: step({ name: 'closed-today' }),
      says: '2 of the 3 agents have closed the fewest of the chats created today.',
    },
    {
      what: step({ name: 'closed-in-30-days', out: 1 }),
      says: '1 of the 3 agents has closed the fewest chats in the last 30 days.',
    },
    { what: step({ name: 'agent-id', out: 1 }), says: '1 of the 3 agents has the first agent id.' },
  ])('$says', ({ what, of, says }) => {
    expect(sentence(what, told(of))).toBe(says);
  });

  test('says whom it was settled for, in the step that settled it and in no other', () => {
    const settled = told({ winner: ADA, decidedBy: 'open-chats', outcome: 'assigned' });
    const said = NAMES.map(name => sentence(step({ name, out: 1 }), settled));
    expect(said.filter(text => text.includes('; this settles it for ada.'))).toEqual([
      '1 of the 3 agents has the fewest open chats; this settles it for ada.',
    ]);
  });

  test('settles nothing when nobody won', () => {
    expect(sentence(step({ name: 'eligibility', out: 0 }), told())).not.toContain('settles');
  });
});

describe('one sentence, whatever the step', () => {
  const ONE_SENTENCE = /^[A-Z0-9][^.\n]*\.$/;
  const NONSENSE = /undefined|null|NaN|\bNone of the [01]\b|\b1 agents|\b1 of the 1\b/;
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
  const decisions = fc.record({
    winner: fc.option(fc.constant(agentId('ada'))),
    decidedBy: fc.constantFrom(...NAMES),
    policy: fc.constantFrom(...RETURNING_POLICY_NAMES),
    reading: fc.constantFrom(...READINGS),
    offeredBecause: fc.constantFrom(null, 'nobody-online' as const, 'all-full' as const),
  });

  test('made up from every name, count and reason', () => {
    fc.assert(
      fc.property(steps, decisions, (one, decision) => {
        fc.pre(one.out <= one.in);
        const said = sentence(one, told(decision));
        expect(said).toMatch(ONE_SENTENCE);
        expect(said).not.toMatch(NONSENSE);
        // Words, no codes: those stand beside it.
        expect(said).not.toMatch(/no-room|not-online|other-channel|not-in-group|higher-position|no-share/);
      }),
    );
  });

  test.each(POLICY_NAMES)('taken from any decision under %s', policy => {
    fc.assert(
      fc.property(team, chat, fc.nat(12), (agents, { channelId: id, weight }, which) => {
        const original = agents[which]?.id ?? null;
        const verdict = decideAmong(agents, { rule: { policy, original }, channel: { id, weight } });
        const said = verdict.steps.map(one => sentence(one, verdict));
        for (const text of said) expect(text).toMatch(ONE_SENTENCE);
        for (const text of said) expect(text).not.toMatch(NONSENSE);
        expect(said.filter(text => text.includes('this settles it'))).toHaveLength(verdict.winner ? 1 : 0);
      }),
    );
  });
});
