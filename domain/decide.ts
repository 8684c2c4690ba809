import type { Candidate } from './agent.ts';
import type { AgentId, ChannelId } from './brands.ts';
import type { Considered, DecisionOutcome, Exclusion, Reading, Step, StepName, Verdict } from './decision.ts';
import { type Demand, ineligible, isInScope, offerees, unforceable, worksWith } from './eligibility.ts';
import { ORIGINAL_AGENT, policyNamed, rankingOf } from './policies.ts';
import { best, type CriterionName, type Cursor, criterion, firstInOrder } from './ranking.ts';
import type { AppliedRule } from './rule.ts';
import { groupOf, type Scope } from './scope.ts';

export type Circumstances = {
  readonly rule: AppliedRule;
  readonly scope: Scope;
  readonly automaticAllocation: boolean;
  readonly channel: { readonly id: ChannelId; readonly weight: number };
  /** The agent that the rule asks before all others, as it is now; null = there is none, or it was removed. */
  readonly original: Candidate | null;
  readonly candidates: readonly Candidate[];
  readonly reading: Reading;
  /** False where agents that rank behind the candidates were not read. */
  readonly complete: boolean;
  /** The agent it is to leave; null = it has none. */
  readonly currentAgent: AgentId | null;
  /** The group it was queued for is gone, so that it is searched in the team. */
  readonly isGroupRemoved: boolean;
  /** Agents whose room is for a chat that waits longer. */
  readonly promised?: ReadonlySet<AgentId>;
  /** Where the rotation stands; only `member-order` looks at it. */
  readonly cursor: Cursor;
  readonly limits: RecordLimits;
};

/** How many agents a record names before it only counts. */
export type RecordLimits = { readonly consideredMax: number; readonly exclusionsMax: number };

/**
 * The decision: the one who last served the visitor if the rule asks for that, else scope, eligibility, ranking and
 * fallback. Pure and total: the same circumstances give the same agent. The claim or the offer is a write and follows
 * it. `winner` null comes with the reason in `outcome`.
 */
export function decide(circumstances: Circumstances): Verdict {
  const { scope, automaticAllocation } = circumstances;
  if (!automaticAllocation) return nobody(circumstances, 'automatic-off', []);

  const asked = askOriginal(circumstances);
  if (asked?.out === 1) return original(circumstances, asked);
  const before = asked === null ? [] : [asked];
  if (scope.kind === 'nowhere') return nobody(circumstances, scope.outcome, before);

  const policy = policyNamed(circumstances.rule.policy);
  const demand = demandOf(circumstances, circumstances.currentAgent);
  const { within, step: scoped } = whoIsInScope(circumstances, demand);
  if (circumstances.isGroupRemoved) before.push(step('group-removed', within.length, within.length, []));
  const isEmptyGroup = circumstances.reading === 'whole-group' && within.length === 0;
  if (isEmptyGroup) return nobody(circumstances, 'empty-group', [...before, scoped]);
  if (policy.ranking === null) return offer(circumstances, [...before, scoped], within, null);

  const { available, eligibility } = whoIsAvailable(circumstances, within, demand);
  const steps = [...before, scoped, eligibility];
  if (available.length > 0) return choose(circumstances, steps, available);
  const why = whyNobody(within, demand);
  return circumstances.rule.onNobody === 'offer'
    ? offer(circumstances, steps, within, why)
    : nobody(circumstances, why, steps);
}

/** What the chat asks of an agent under its rule. */
export function demandOf(
  { rule, scope, channel }: Pick<Circumstances, 'rule' | 'scope' | 'channel'>,
  currentAgent: AgentId | null = null,
): Demand {
  const byShare = rankingOf(rule.policy).includes('share');
  return { channelId: channel.id, weight: channel.weight, groupId: groupOf(scope), byShare, currentAgent };
}

/** Channel and being active hold; status, room and scope are waived (seed 001, "Assign to Original Member"). */
function askOriginal(circumstances: Circumstances): Step | null {
  const { rule, original: agent } = circumstances;
  if (rule.original === null) return null;
  const why = agent === null ? 'inactive' : unforceable(agent, demandOf(circumstances));
  const excluded = why === null ? [] : [{ agentId: rule.original, why }];
  return step(ORIGINAL_AGENT, 1, 1 - excluded.length, excluded);
}

function original({ rule, original: agent }: Circumstances, asked: Step): Verdict {
  return {
    policy: ORIGINAL_AGENT,
    reading: 'one-agent',
    steps: [asked],
    considered: agent === null ? [] : [considered(agent, [])],
    consideredMore: 0,
    winner: rule.original,
    decidedBy: ORIGINAL_AGENT,
    outcome: 'assigned',
    offeredBecause: null,
  };
}

function whoIsInScope({ candidates, limits }: Circumstances, demand: Demand) {
  const within = candidates.filter(agent => isInScope(agent, demand));
  if (within.length === candidates.length)
    return { within, step: step('scope', within.length, within.length, []) };
  const outside = candidates.filter(agent => !isInScope(agent, demand));
  const excluded = outside
    .slice(0, limits.exclusionsMax)
    .map(({ id }) => ({ agentId: id, why: 'not-in-group' as const }));
  const more = outside.length - excluded.length;
  return { within, step: step('scope', candidates.length, within.length, excluded, more) };
}

function whoIsAvailable({ limits, promised }: Circumstances, within: readonly Candidate[], demand: Demand) {
  const available: Candidate[] = [];
  const excluded: Exclusion[] = [];
  let excludedMore = 0;
  for (const agent of within) {
    const why = ineligible(agent, demand) ?? (promised?.has(agent.id) ? 'lost-claim' : null);
    if (why === null) available.push(agent);
    else if (excluded.length < limits.exclusionsMax) excluded.push({ agentId: agent.id, why });
    else excludedMore += 1;
  }
  const eligibility = step('eligibility', within.length, available.length, excluded, excludedMore);
  return { available, eligibility };
}

function choose(
  circumstances: Circumstances,
  before: readonly Step[],
  available: readonly Candidate[],
): Verdict {
  const { rule, scope, reading, cursor, limits } = circumstances;
  const ranking = rankingOf(rule.policy, scope.kind === 'group' ? 'group' : 'team');
  const { winner, steps } = rank(circumstances, ranking, available);
  const first = firstInOrder(ranking, available, cursor, limits.consideredMax);
  const all = [...before, ...steps];
  return {
    policy: rule.policy,
    reading,
    steps: all,
    considered: first.map(agent => considered(agent, ranking)),
    consideredMore: available.length - first.length,
    winner: winner.id,
    decidedBy: settledBy(all),
    outcome: 'assigned',
    offeredBecause: null,
  };
}

/** Steps end with the one that left a single agent. */
function settledBy(steps: readonly Step[]): StepName {
  return steps.at(-1)?.name ?? 'agent-id';
}

function rank(
  { limits, complete, cursor }: Circumstances,
  ranking: readonly CriterionName[],
  available: readonly Candidate[],
) {
  // Read from the best one on: the only one found goes before all that were not read, whatever they are.
  const steps: Step[] = complete || available.length > 1 ? [] : [step('rank-order', 1, 1, [])];
  let leaders = available;
  for (const name of ranking) {
    if (leaders.length === 1) break;
    const next = best(name, leaders, cursor);
    steps.push(rankingStep(name, leaders, next, limits, cursor));
    leaders = next;
  }
  const [winner] = leaders;
  if (winner === undefined) throw new Error('a ranking must keep its first');
  return { winner, steps };
}

function rankingStep(
  name: CriterionName,
  before: readonly Candidate[],
  after: readonly Candidate[],
  limits: RecordLimits,
  cursor: Cursor,
): Step {
  const { why, compare } = criterion(name);
  const [leader] = after;
  if (why === undefined || leader === undefined) return step(name, before.length, after.length, []);
  const behind = before.filter(agent => compare(agent, leader, cursor) !== 0);
  const excluded = behind.slice(0, limits.exclusionsMax).map(agent => ({ agentId: agent.id, why }));
  return step(name, before.length, after.length, excluded, behind.length - excluded.length);
}

/** Nobody online and all full are two different reasons; a channel nobody works with is a third. */
function whyNobody(within: readonly Candidate[], demand: Demand): DecisionOutcome {
  const workers = within.filter(
    agent => agent.id !== demand.currentAgent && agent.active && worksWith(agent, demand),
  );
  if (workers.length === 0) return 'nobody-works-channel';
  return workers.some(agent => agent.status === 'online') ? 'all-full' : 'nobody-online';
}

/** The chat is offered to all of the scope, unless nobody there could accept it: then it waits. */
function offer(
  circumstances: Circumstances,
  before: readonly Step[],
  within: readonly Candidate[],
  because: DecisionOutcome | null,
): Verdict {
  const demand = demandOf(circumstances);
  const to = offerees(within, demand);
  const excluded = within.flatMap(agent => {
    const why = unforceable(agent, demand);
    return why === null ? [] : [{ agentId: agent.id, why }];
  });
  const named = excluded.slice(0, circumstances.limits.exclusionsMax);
  const offered = step('offer', within.length, to.length, named, excluded.length - named.length);
  // Where availability was asked before, that step has ruled out the same ones already.
  const asked = because === null ? [...before, offered] : before;
  if (to.length === 0) return nobody(circumstances, 'nobody-works-channel', asked);
  return {
    ...nobody(circumstances, 'offered', [...before, offered]),
    decidedBy: 'offer',
    offeredBecause: because,
  };
}

function nobody({ rule, reading }: Circumstances, outcome: DecisionOutcome, steps: readonly Step[]): Verdict {
  return {
    policy: rule.policy,
    reading,
    steps,
    considered: [],
    consideredMore: 0,
    winner: null,
    decidedBy: steps.at(-1)?.name ?? 'scope',
    outcome,
    offeredBecause: null,
  };
}

function step(
  name: StepName,
  into: number,
  out: number,
  excluded: readonly Exclusion[],
  excludedMore = 0,
): Step {
  return { name, in: into, out, excluded, excludedMore };
}

function considered(agent: Candidate, ranking: readonly CriterionName[]): Considered {
  const { id, queuePosition, openChats, vacancy, lastClosedAt } = agent;
  const values = Object.assign({}, ...ranking.map(name => criterion(name).shown?.(agent)));
  return { agentId: id, queuePosition, openChats, vacancy, lastClosedAt, values };
}
