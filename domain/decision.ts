import type { AgentId, ChatId, DecisionId, Instant } from './brands.ts';
import { CONDITIONS, type Ineligible } from './eligibility.ts';
import type { ReturningPolicyName } from './policies.ts';
import { CRITERION_NAMES, type CriterionName } from './ranking.ts';

/**
 * What made Usher decide: a chat started, the search went through the waiting line, a chat was transferred to a group,
 * the job gave out what was queued for groups, or an agent did not answer.
 */
export const TRIGGERS = ['start', 'search', 'transfer', 'distribution', 'change-agent', 'explain'] as const;
export type Trigger = (typeof TRIGGERS)[number];

export const DECISION_OUTCOMES = [
  'assigned',
  'offered',
  'nobody-online',
  'all-full',
  'nobody-works-channel',
  'empty-group',
  'no-primary-group',
  'unknown-group',
  'automatic-off',
] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

export type Why = Ineligible | 'not-in-group' | 'higher-position' | 'lost-claim';
export const WHY_CODES = [
  ...CONDITIONS.map(condition => condition.why),
  'not-in-group',
  'higher-position',
  'lost-claim',
] as readonly Why[] as [Why, ...Why[]];

export type Exclusion = { readonly agentId: AgentId; readonly why: Why };

/**
 * `original-agent`: the one who last served the visitor, asked first. `rank-order`: of those read from the best one
 * on, it was the only one available. `offer`: nobody is chosen, all of the scope may accept. `group-removed`: the group
 * it was queued for is gone, so that the whole team is asked.
 */
export const STEP_NAMES = [
  'scope',
  'original-agent',
  'eligibility',
  'rank-order',
  'offer',
  'group-removed',
  ...CRITERION_NAMES,
] as const;
export type StepName =
  | 'scope'
  | 'original-agent'
  | 'eligibility'
  | 'rank-order'
  | 'offer'
  | 'group-removed'
  | CriterionName;

/** One step of a decision: how many agents went in and came out, and what ruled out the others. */
export type Step = {
  readonly name: StepName;
  readonly in: number;
  readonly out: number;
  readonly excluded: readonly Exclusion[];
  /** How many more were ruled out than the list names. */
  readonly excludedMore: number;
};

export type Considered = {
  readonly agentId: AgentId;
  readonly queuePosition: number;
  readonly openChats: number;
  readonly vacancy: number | null;
  readonly lastClosedAt: Instant | null;
  /** What else the policy ranks by: member order, reception weight, counts of closes. */
  readonly values: Readonly<Record<string, number>>;
};

/**
 * How much of the team a decision looked at. In `rank-order` it read the available agents from the best one on
 * and stopped at the winner: whoever is not listed was not available or ranks behind. In `whole-team` and
 * `whole-group` it read all. `one-agent`: the one who last served the visitor settled it.
 */
export const READINGS = ['rank-order', 'whole-team', 'whole-group', 'one-agent'] as const;
export type Reading = (typeof READINGS)[number];

/** What was decided and why; without the circumstances, which `Decision` adds. */
export type Verdict = {
  readonly policy: ReturningPolicyName;
  readonly reading: Reading;
  readonly steps: readonly Step[];
  /** The available agents in rank order, the winner first. */
  readonly considered: readonly Considered[];
  readonly consideredMore: number;
  readonly winner: AgentId | null;
  readonly decidedBy: StepName;
  readonly outcome: DecisionOutcome;
  /** Why it was offered and not given to somebody: nobody online, or all full. Null = not offered, or the policy offers all. */
  readonly offeredBecause: DecisionOutcome | null;
};

export type Decision = Verdict & {
  readonly id: DecisionId;
  readonly chatId: ChatId;
  readonly at: Instant;
  readonly trigger: Trigger;
  readonly settingsVersion: number;
  /** How often the chat was tried to be claimed for somebody, this time included. */
  readonly attempts: number;
  readonly tookMs: number;
};
