import type { CriterionName } from './ranking.ts';

type Policy = {
  /** Whose agents. */
  readonly scope: 'team';
  /** Who first among the available. The agent id always settles what is left, so that every ranking is total. */
  readonly ranking: readonly CriterionName[];
  /** What happens when nobody is available. */
  readonly onNobody: 'wait';
  /** How an operator would say it. */
  readonly summary: string;
};

/** The policies as data; eligibility, claim, waiting line and records are one code path for all of them. */
export const POLICIES = {
  /** Seed 002, "The client initiates the chat", steps 2 to 4. */
  'queue-position': {
    scope: 'team',
    ranking: ['queue-position', 'open-chats', 'last-close'],
    onNobody: 'wait',
    summary: 'lowest queue position, then fewest open chats, then longest since the last close',
  },
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof POLICIES;
export const POLICY_NAMES = Object.keys(POLICIES) as [PolicyName, ...PolicyName[]];

/** The policy's ranking with the tie-break that makes it total. */
export function rankingOf(policy: PolicyName): readonly CriterionName[] {
  return [...POLICIES[policy].ranking, 'agent-id'];
}
