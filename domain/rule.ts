import type { AgentId } from './brands.ts';
import {
  type Fallback,
  ORIGINAL_AGENT,
  type PolicyName,
  policyNamed,
  type ReturningPolicyName,
} from './policies.ts';

/** What an operator sets for a kind of visitor. `onNobody` null = the policy's own fallback. */
type Rule<Name extends ReturningPolicyName = PolicyName> = {
  readonly policy: Name;
  readonly onNobody: Fallback | null;
};

export type Rules = {
  readonly newVisitors: Rule;
  /** Null = as for new visitors. */
  readonly returningVisitors: Rule<ReturningPolicyName> | null;
};

/** The rule as it holds for one chat. */
export type AppliedRule = {
  /** Who is asked before all others, by forced claim; null = nobody (seed 001, "Assign to Original Member"). */
  readonly original: AgentId | null;
  readonly policy: PolicyName;
  readonly onNobody: Fallback;
};

type Visitor = { readonly returning: boolean; readonly lastServedBy: AgentId | null };

/** Returning visitors may have a rule of their own; `original-agent` falls through to the one for new visitors. */
export function ruleFor({ newVisitors, returningVisitors }: Rules, visitor: Visitor): AppliedRule {
  const own = visitor.returning ? returningVisitors : null;
  if (own?.policy === ORIGINAL_AGENT) {
    const { policy } = newVisitors;
    const onNobody = own.onNobody ?? newVisitors.onNobody ?? policyNamed(policy).onNobody;
    return { original: visitor.lastServedBy, policy, onNobody };
  }
  const { policy, onNobody } = (own as Rule | null) ?? newVisitors;
  return { original: null, policy, onNobody: onNobody ?? policyNamed(policy).onNobody };
}

/** Whether chats go to agents with room only: no rule offers them or gives them to the agent who had them before. */
export function asksFreeAgents(rules: Rules): boolean {
  const ofNew = ruleFor(rules, { returning: false, lastServedBy: null });
  const { returningVisitors } = rules;
  const isOriginal = returningVisitors?.policy === ORIGINAL_AGENT;
  const ofReturning = ruleFor(rules, { returning: true, lastServedBy: null });
  return (
    !isOriginal &&
    [ofNew, ofReturning].every(
      ({ policy, onNobody }) => onNobody === 'wait' && policyNamed(policy).ranking !== null,
    )
  );
}

/** The policies that the rules can come to. */
export function policiesIn({ newVisitors, returningVisitors }: Rules): readonly PolicyName[] {
  const own = returningVisitors?.policy;
  return own === undefined || own === ORIGINAL_AGENT ? [newVisitors.policy] : [newVisitors.policy, own];
}

/** Whether some rule searches in the primary group: then there must be one, with a member. */
export function needsPrimaryGroup({ newVisitors, returningVisitors }: Rules): boolean {
  return newVisitors.policy === 'group' || returningVisitors?.policy === 'group';
}
