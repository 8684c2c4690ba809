import { describe, expect, test } from '@jest/globals';
import { POLICY_NAMES, type PolicyName } from '../../domain/policies.ts';
import { type Asked, groupOf, type Scope, scopeOf, WHOLE_TEAM } from '../../domain/scope.ts';
import { groupId as groupIdGiven } from '../../functions/schemas.ts';
import { groupId } from '../support/domain.ts';

const FRONT = groupId('front');
const SALES = groupId('sales');
const GONE = groupId('gone');

function searched(policy: PolicyName, asked: Asked, primaryGroupId: typeof FRONT | null = FRONT): Scope {
  return scopeOf(policy, asked, { primaryGroupId, has: id => id === FRONT || id === SALES });
}

const IN_FRONT = { kind: 'group', groupId: 'front' };
const IN_SALES = { kind: 'group', groupId: 'sales' };
const TEAM = { kind: 'team' };
const nowhere = (outcome: string) => ({ kind: 'nowhere', outcome });

const OTHERS = POLICY_NAMES.filter(policy => policy !== 'group');

describe('000, GROUP: a chat is searched', () => {
  test.each([
    { where: 'in the primary group', asked: null, primary: FRONT, scope: IN_FRONT },
    { where: 'in the group it asks for', asked: SALES, primary: FRONT, scope: IN_SALES },
    {
      where: 'in the group it asks for, without a primary one',
      asked: SALES,
      primary: null,
      scope: IN_SALES,
    },
    {
      where: 'nowhere without a primary group',
      asked: null,
      primary: null,
      scope: nowhere('no-primary-group'),
    },
    {
      where: 'nowhere where the primary one is gone',
      asked: null,
      primary: GONE,
      scope: nowhere('no-primary-group'),
    },
    // Not in the primary group instead: it was not that group that was asked for.
    {
      where: 'nowhere where its group is gone',
      asked: GONE,
      primary: FRONT,
      scope: nowhere('unknown-group'),
    },
    { where: 'in the whole team once its group was removed', asked: WHOLE_TEAM, primary: FRONT, scope: TEAM },
    { where: 'in the whole team then, without a primary one', asked: WHOLE_TEAM, primary: null, scope: TEAM },
  ] as const)('$where', ({ asked, primary, scope }) => {
    expect(searched('group', asked, primary)).toEqual(scope);
  });
});

describe.each(OTHERS)('under %s a chat is searched', policy => {
  test('in the whole team, whatever the primary group', () => {
    expect(searched(policy, null)).toEqual(TEAM);
    expect(searched(policy, null, null)).toEqual(TEAM);
    expect(searched(policy, WHOLE_TEAM)).toEqual(TEAM);
  });

  test('in the group it asked for under another policy', () => {
    expect(searched(policy, SALES)).toEqual(IN_SALES);
    expect(searched(policy, GONE)).toEqual(nowhere('unknown-group'));
  });
});

test.each([
  { scope: { kind: 'group', groupId: SALES } as Scope, group: 'sales' },
  { scope: { kind: 'team' } as Scope, group: null },
  { scope: { kind: 'nowhere', outcome: 'unknown-group' } as Scope, group: null },
])('the group of the scope $scope.kind is $group', ({ scope, group }) => {
  expect(groupOf(scope)).toBe(group);
});

test('no group can be called what stands for the whole team', () => {
  expect(groupIdGiven.safeParse(WHOLE_TEAM).success).toBe(false);
});
