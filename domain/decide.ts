import type { Candidate } from './agent.ts';
import type { Considered, DecisionOutcome, Exclusion, Reading, Step, StepName, Verdict } from './decision.ts';
import { type Demand, ineligible, worksWith } from './eligibility.ts';
import { type PolicyName, rankingOf } from './policies.ts';
import { best, type CriterionName, criterion, firstInOrder } from './ranking.ts';

export type Circumstances = {
  readonly policy: PolicyName;
  readonly automaticAllocation: boolean;
  readonly demand: Demand;
  readonly candidates: readonly Candidate[];
  readonly reading: Reading;
  /** False where agents that rank behind the candidates were not read. */
  readonly complete: boolean;
  readonly limits: RecordLimits;
};

/** How many agents a record names before it only counts. */
export type RecordLimits = { readonly consideredMax: number; readonly exclusionsMax: number };

/**
 * The decision: scope, eligibility, ranking. Pure and total: the same circumstances give the same agent.
 * The claim and the fallback are writes and follow it. `winner` null comes with the reason in `outcome`.
 */
export function decide(circumstances: Circumstances): Verdict {
  const { policy, candidates } = circumstances;
  if (!circumstances.automaticAllocation) return nobody(circumstances, 'automatic-off', [], 'scope');

  const scope: Step = step('scope', candidates.length, candidates.length, []);
  const { available, eligibility } = whoIsAvailable(circumstances);
  if (available.length === 0) {
    return nobody(circumstances, whyNobody(circumstances), [scope, eligibility], 'eligibility');
  }

  const { winner, steps } = rank(circumstances, available);
  const first = firstInOrder(rankingOf(policy), available, circumstances.limits.consideredMax);
  const all = [scope, eligibility, ...steps];
  return {
    policy,
    reading: circumstances.reading,
    steps: all,
    considered: first.map(considered),
    consideredMore: available.length - first.length,
    winner: winner.id,
    decidedBy: settledBy(all),
    outcome: 'assigned',
  };
}

/** Steps end with the one that left a single agent. */
function settledBy(steps: readonly Step[]): StepName {
  return steps.at(-1)?.name ?? 'agent-id';
}

function whoIsAvailable({ candidates, demand, limits }: Circumstances) {
  const available: Candidate[] = [];
  const excluded: Exclusion[] = [];
  let excludedMore = 0;
  for (const agent of candidates) {
    const why = ineligible(agent, demand);
    if (why === null) available.push(agent);
    else if (excluded.length < limits.exclusionsMax) excluded.push({ agentId: agent.id, why });
    else excludedMore += 1;
  }
  const eligibility = step('eligibility', candidates.length, available.length, excluded, excludedMore);
  return { available, eligibility };
}

function rank({ policy, limits, complete }: Circumstances, available: readonly Candidate[]) {
  // Read from the best one on: the only one found goes before all that were not read, whatever they are.
  const steps: Step[] = complete || available.length > 1 ? [] : [step('rank-order', 1, 1, [])];
  let leaders = available;
  for (const name of rankingOf(policy)) {
    if (leaders.length === 1) break;
    const next = best(name, leaders);
    steps.push(rankingStep(name, leaders, next, limits));
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
): Step {
  const { why, compare } = criterion(name);
  const [leader] = after;
  if (why === undefined || leader === undefined) return step(name, before.length, after.length, []);
  const behind = before.filter(agent => compare(agent, leader) !== 0);
  const excluded = behind.slice(0, limits.exclusionsMax).map(agent => ({ agentId: agent.id, why }));
  return step(name, before.length, after.length, excluded, behind.length - excluded.length);
}

/** Nobody online and all full are two different reasons; a channel nobody works with is a third. */
function whyNobody({ candidates, demand }: Circumstances): DecisionOutcome {
  const workers = candidates.filter(agent => agent.active && worksWith(agent, demand));
  if (workers.length === 0) return 'nobody-works-channel';
  return workers.some(agent => agent.status === 'online') ? 'all-full' : 'nobody-online';
}

function nobody(
  { policy, reading }: Circumstances,
  outcome: DecisionOutcome,
  steps: readonly Step[],
  decidedBy: StepName,
): Verdict {
  return { policy, reading, steps, considered: [], consideredMore: 0, winner: null, decidedBy, outcome };
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

function considered({ id, queuePosition, openChats, vacancy, lastClosedAt }: Candidate): Considered {
  return { agentId: id, queuePosition, openChats, vacancy, lastClosedAt };
}
