import { describe, expect, test } from '@jest/globals';
import {
  type Fallback,
  POLICY_NAMES,
  type PolicyName,
  policyNamed,
  RETURNING_POLICY_NAMES,
  type ReturningPolicyName,
  rankingOf,
} from '../../domain/policies.ts';
import { asksFreeAgents, needsPrimaryGroup, type Rules, ruleFor } from '../../domain/rule.ts';
import { agentId } from '../support/domain.ts';

type Set<Name> = readonly [Name, Fallback | null];

function rules([policy, onNobody]: Set<PolicyName>, returning?: Set<ReturningPolicyName>): Rules {
  const returningVisitors = returning ? { policy: returning[0], onNobody: returning[1] } : null;
  return { newVisitors: { policy, onNobody }, returningVisitors };
}

const ADA = agentId('ada');
const NEW = { returning: false, lastServedBy: null, handedOver: false };
const RETURNING = { returning: true, lastServedBy: ADA, handedOver: false };

/** "the table shows the default of each policy" */
test.each<[PolicyName, 'team' | 'group', Fallback]>([
  ['all', 'team', 'wait'],
  ['smart', 'team', 'offer'],
  ['group', 'group', 'offer'],
  ['queue-position', 'team', 'wait'],
  ['least-sessions', 'team', 'wait'],
  ['member-order', 'team', 'wait'],
  ['reception-weight', 'team', 'wait'],
  ['month-priority', 'team', 'wait'],
])('%s searches the %s, and when nobody is available, it says: %s', (policy, scope, onNobody) => {
  expect(policyNamed(policy)).toMatchObject({ scope, onNobody });
  expect(ruleFor(rules([policy, null]), NEW)).toEqual({ original: null, policy, onNobody });
});

test('returning visitors may have every rule that new ones may, and their own', () => {
  expect(RETURNING_POLICY_NAMES).toEqual([...POLICY_NAMES, 'original-agent']);
});

/** 001, 2.3: "For new and old visitors, you can set session allocation rules according to your needs." */
describe('the rule for', () => {
  const both = rules(['least-sessions', null], ['member-order', null]);
  const one = rules(['least-sessions', null]);

  test.each([
    { who: 'a new visitor', rules: both, visitor: NEW, policy: 'least-sessions' },
    { who: 'a returning visitor', rules: both, visitor: RETURNING, policy: 'member-order' },
    {
      who: 'a returning one, no rule of their own',
      rules: one,
      visitor: RETURNING,
      policy: 'least-sessions',
    },
    { who: 'a new visitor, no other rule', rules: one, visitor: NEW, policy: 'least-sessions' },
  ])('$who is $policy, and nobody is asked before', ({ rules: set, visitor, policy }) => {
    expect(ruleFor(set, visitor)).toEqual({ original: null, policy, onNobody: 'wait' });
  });
});

describe('when nobody is available', () => {
  const overrides: readonly (readonly [string, Rules, typeof NEW | typeof RETURNING, Fallback])[] = [
    ['the policy’s own', rules(['smart', null]), NEW, 'offer'],
    ['what the project set instead', rules(['smart', 'wait']), NEW, 'wait'],
    ['what it set, the same as the policy’s', rules(['smart', 'offer']), NEW, 'offer'],
    ['what it set for a policy that waits', rules(['queue-position', 'offer']), NEW, 'offer'],
    ['for returning visitors theirs', rules(['smart', 'offer'], ['smart', 'wait']), RETURNING, 'wait'],
    // Their rule is a rule by itself: what is set for new visitors says nothing about it.
    ['for returning visitors their policy’s', rules(['smart', 'wait'], ['group', null]), RETURNING, 'offer'],
    ['for new visitors theirs', rules(['smart', 'offer'], ['smart', 'wait']), NEW, 'offer'],
  ];
  test.each(overrides)('it does %s', (_, set, visitor, onNobody) => {
    expect(ruleFor(set, visitor).onNobody).toBe(onNobody);
  });
});

/** "falls through to the rule for new visitors" */
describe('Assign to Original Member', () => {
  test('asks who last served the visitor, in front of the rule for new visitors', () => {
    const set = rules(['member-order', null], ['original-agent', null]);
    expect(ruleFor(set, RETURNING)).toEqual({ original: 'ada', policy: 'member-order', onNobody: 'wait' });
  });

  test('asks nobody for a new visitor', () => {
    const set = rules(['member-order', null], ['original-agent', null]);
    expect(ruleFor(set, NEW)).toEqual({ original: null, policy: 'member-order', onNobody: 'wait' });
  });

  test('asks nobody where it is not on record who served the visitor', () => {
    const set = rules(['member-order', null], ['original-agent', null]);
    expect(ruleFor(set, { returning: true, lastServedBy: null, handedOver: false }).original).toBeNull();
  });

  const fallThrough: readonly (readonly [string, Rules, Fallback])[] = [
    ['as that policy does', rules(['smart', null], ['original-agent', null]), 'offer'],
    ['as set for new visitors', rules(['smart', 'wait'], ['original-agent', null]), 'wait'],
    ['as set for returning ones', rules(['smart', 'wait'], ['original-agent', 'offer']), 'offer'],
    ['as set for returning ones only', rules(['smart', null], ['original-agent', 'wait']), 'wait'],
  ];
  test.each(fallThrough)('falls through, and when nobody is available then, %s', (_, set, onNobody) => {
    expect(ruleFor(set, RETURNING)).toEqual({ original: 'ada', policy: 'smart', onNobody });
  });
});

/** Where that is so, nothing can be done for a line as long as nobody has room. */
describe('chats go to agents with room only', () => {
  const cases: readonly (readonly [string, Rules, boolean])[] = [
    ['where both rules wait', rules(['queue-position', null], ['member-order', null]), true],
    ['where the one rule waits', rules(['reception-weight', null]), true],
    ['where the rule is set to wait', rules(['smart', 'wait']), true],
    ['not where chats are offered to all', rules(['all', null]), false],
    // Offering is what that policy does, whatever its fallback.
    ['not where chats are offered to all, set to wait', rules(['all', 'wait']), false],
    ['not where the rule offers', rules(['smart', null]), false],
    ['not where the rule is set to offer', rules(['queue-position', 'offer']), false],
    ['not where returning visitors’ are offered', rules(['queue-position', null], ['group', null]), false],
    ['not where new visitors’ are offered', rules(['all', null], ['queue-position', null]), false],
    [
      'not where an agent is asked by force',
      rules(['queue-position', null], ['original-agent', null]),
      false,
    ],
  ];
  test.each(cases)('%s', (_, set, only) => {
    expect(asksFreeAgents(set)).toBe(only);
  });
});

/** 000, GROUP: "you(service agent administrator) must create a `primary group`" */
describe('a primary group is needed', () => {
  const cases: readonly (readonly [string, Rules, boolean])[] = [
    ['for new visitors', rules(['group', null]), true],
    ['for returning visitors', rules(['smart', null], ['group', null]), true],
    // They fall through to the rule for new visitors.
    ['for returning visitors who fall through', rules(['group', null], ['original-agent', null]), true],
    ['whatever the fallback', rules(['group', 'wait']), true],
    ['for no other policy', rules(['queue-position', null], ['smart', null]), false],
    ['not for whoever served the visitor', rules(['all', null], ['original-agent', null]), false],
  ];
  test.each(cases)('%s', (_, set, needed) => {
    expect(needsPrimaryGroup(set)).toBe(needed);
  });
});

/** 002, "To transfer a chat to a group of agents" and "Alternative Chat Distribution flow" */
describe('a chat handed over to a group', () => {
  test.each<[PolicyName, PolicyName]>(
    POLICY_NAMES.map(name => [name, name === 'month-priority' ? 'month-priority' : 'group']),
  )(
    'under %s goes by the rule of %s, asks no original agent, and waits when nobody is there',
    (name, policy) => {
      const set = rules([name, 'offer'], ['original-agent', 'offer']);
      expect(ruleFor(set, { ...RETURNING, handedOver: true })).toEqual({
        original: null,
        policy,
        onNobody: 'wait',
      });
    },
  );

  test('month priority in the group chosen asks for no queue position', () => {
    expect(rankingOf('month-priority', 'group')).toEqual([
      'closed-today',
      'closed-in-30-days',
      'last-close',
      'agent-id',
    ]);
  });
});
