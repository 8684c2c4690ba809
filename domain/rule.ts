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

/** What of a chat says which rule holds for it. */
export type RuledBy = {
  readonly returning: boolean;
  readonly lastServedBy: AgentId | null;
  /** It was handed over to a group and goes on waiting there. */
  readonly handedOver: boolean;
};

/** Returning visitors may have a rule of their own; `original-agent` falls through to the one for new visitors. */
export function ruleFor(rules: Rules, visitor: RuledBy): AppliedRule {
  if (visitor.handedOver) return transferRule(rules);
  const { newVisitors, returningVisitors } = rules;
  const own = visitor.returning ? returningVisitors : null;
  if (own?.policy === ORIGINAL_AGENT) {
    const { policy } = newVisitors;
    const onNobody = own.onNobody ?? newVisitors.onNobody ?? policyNamed(policy).onNobody;
    return { original: visitor.lastServedBy, policy, onNobody };
  }
  const { policy, onNobody } = (own as Rule | null) ?? newVisitors;
  return { original: null, policy, onNobody: onNobody ?? policyNamed(policy).onNobody };
}

/**
 * The rule of a transfer to a group: fewest open chats, longest since the last close; under `month-priority` its own
 * ranking (seed 002, "To transfer a chat to a group of agents", "Alternative Chat Distribution flow").
 */
function transferRule({ newVisitors }: Rules): AppliedRule {
  const policy = newVisitors.policy === 'month-priority' ? 'month-priority' : 'group';
  return { original: null, policy, onNobody: 'wait' };
}

/** Whether chats go to agents with room only: no rule offers them or gives them to the agent who had them before. */
export function asksFreeAgents(rules: Rules): boolean {
  const ofNew = ruleFor(rules, { returning: false, lastServedBy: null, handedOver: false });
  const { returningVisitors } = rules;
  const isOriginal = returningVisitors?.policy === ORIGINAL_AGENT;
  const ofReturning = ruleFor(rules, { returning: true, lastServedBy: null, handedOver: false });
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
