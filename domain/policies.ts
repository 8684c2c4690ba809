import type { CriterionName } from './ranking.ts';

/** What happens when nobody is available: the chat waits, or is offered to everybody in its scope. */
export const FALLBACKS = ['wait', 'offer'] as const;
export type Fallback = (typeof FALLBACKS)[number];

/**
 * In which order the available agents are read, so that the first ones are enough: by `rank`, by count within the
 * `lanes` of the queue positions, in `rotation` from the cursor on. `everyone`: the ranking needs all of them.
 */
export type ReadingOrder = 'rank' | 'lanes' | 'rotation' | 'everyone';

type Policy = {
  /** Whose agents. `group`: the group asked for, else the primary one. */
  readonly scope: 'team' | 'group';
  /** Who first among the available; the agent id always settles what is left. Null: nobody is chosen, all are offered the chat. */
  readonly ranking: readonly CriterionName[] | null;
  /** The ranking within a group that was chosen, where it is another one. */
  readonly rankingInGroup?: readonly CriterionName[];
  readonly readingOrder: ReadingOrder;
  readonly onNobody: Fallback;
  /** How an operator would say it. */
  readonly summary: string;
};

/** The policies as data; eligibility, claim, waiting line and records are one code path for all of them. */
export const POLICIES = {
  /** Seed 000, "All": all service agents of the team are added to the chat. */
  all: {
    scope: 'team',
    ranking: null,
    readingOrder: 'everyone',
    onNobody: 'wait',
    summary: 'offered to every active agent who works with the channel',
  },
  /** Seed 000, "SMART". */
  smart: {
    scope: 'team',
    ranking: ['open-chats', 'last-close'],
    readingOrder: 'lanes',
    onNobody: 'offer',
    summary: 'fewest open chats, then longest since the last close',
  },
  /** Seed 000, "GROUP". */
  group: {
    scope: 'group',
    ranking: ['open-chats', 'last-close'],
    readingOrder: 'everyone',
    onNobody: 'offer',
    summary:
      'in the group asked for, else the primary group: fewest open chats, then longest since the last close',
  },
  /** Seed 002, "The client initiates the chat", steps 2 to 4. */
  'queue-position': {
    scope: 'team',
    ranking: ['queue-position', 'open-chats', 'last-close'],
    readingOrder: 'rank',
    onNobody: 'wait',
    summary: 'lowest queue position, then fewest open chats, then longest since the last close',
  },
  /** Seed 001, 2.3 (1): "by the number of reception sessions". */
  'least-sessions': {
    scope: 'team',
    ranking: ['open-chats', 'last-close', 'member-order'],
    readingOrder: 'lanes',
    onNobody: 'wait',
    summary: 'fewest open chats, then longest since the last close, then member order',
  },
  /** Seed 001, 2.3 (1): "by the order of customer service". */
  'member-order': {
    scope: 'team',
    ranking: ['rotation'],
    readingOrder: 'rotation',
    onNobody: 'wait',
    summary: 'the next in member order after the one chosen last',
  },
  /** Seed 001, 2.3 (2): "Distribution by Member Reception Weight". */
  'reception-weight': {
    scope: 'team',
    ranking: ['share', 'last-close'],
    readingOrder: 'everyone',
    onNobody: 'wait',
    summary: 'smallest (open chats + 1) / reception weight, then longest since the last close',
  },
  /** Seed 002, "Alternative Chat Distribution flow". */
  'month-priority': {
    scope: 'team',
    ranking: ['queue-position', 'closed-today', 'closed-in-30-days', 'last-close'],
    // "… except that in Step 1 Condition 5, the Agents group will be defined by the user's choice."
    rankingInGroup: ['closed-today', 'closed-in-30-days', 'last-close'],
    readingOrder: 'rank',
    onNobody: 'wait',
    summary:
      'lowest queue position, then fewest closed among the chats created today, then fewest closed in 30 days, then longest since the last close',
  },
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof POLICIES;
export const POLICY_NAMES = Object.keys(POLICIES) as [PolicyName, ...PolicyName[]];

/** Seed 001, 2.3 (2), "Assign to Original Member": for returning visitors, in front of the rule for new ones. */
export const ORIGINAL_AGENT = 'original-agent';
export type ReturningPolicyName = PolicyName | typeof ORIGINAL_AGENT;
export const RETURNING_POLICY_NAMES = [...POLICY_NAMES, ORIGINAL_AGENT] as const;

export function policyNamed(name: PolicyName): Policy {
  return POLICIES[name];
}

/** The policy's ranking in the team or in one group, with the tie-break that makes it total. */
export function rankingOf(name: PolicyName, within: 'team' | 'group' = 'team'): readonly CriterionName[] {
  const { ranking, rankingInGroup } = policyNamed(name);
  const own = within === 'group' ? (rankingInGroup ?? ranking) : ranking;
  return [...(own ?? []), 'agent-id'];
}

/** Whether the ranking looks at what the agents closed. */
export function asksTally(name: PolicyName): boolean {
  return rankingOf(name).includes('closed-today');
}

/** Whether the ranking goes on from the agent chosen last, so that every claim moves the cursor. */
export function asksCursor(name: PolicyName): boolean {
  return rankingOf(name).includes('rotation');
}

/** The criteria that a reading keeps to: whoever was not read comes after the last one read, by these. */
export const READING_ORDERS = {
  rank: ['queue-position', 'open-chats', 'last-close', 'agent-id'],
  lanes: ['open-chats', 'last-close', 'agent-id'],
  rotation: ['rotation', 'agent-id'],
  everyone: [],
} as const satisfies Record<ReadingOrder, readonly CriterionName[]>;
