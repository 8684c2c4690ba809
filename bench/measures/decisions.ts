import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, ChannelId, GroupId } from '../../domain/brands.ts';
import { type Circumstances, decide } from '../../domain/decide.ts';
import { ORIGINAL_AGENT, POLICY_NAMES, policyNamed } from '../../domain/policies.ts';
import { type AppliedRule, ruleFor } from '../../domain/rule.ts';
import { scopeOf } from '../../domain/scope.ts';
import { RECORD_LIMITS } from '../../functions/allocate/decision.ts';
import { agentIdAt, closedBefore, onlineAgent } from '../agents.ts';
import type { Measure } from '../measure.ts';
import { seeded } from '../simulation/random.ts';

const CANDIDATES = 1_000;
const GROUP = 'everyone' as GroupId;
const WARM_UP_DECISIONS = 300;
const SLICE_MS = 40;
const SLICES = 7;

/** One decision over a thousand candidates, all of them available, without the reading: how many a second on one core. */
export async function decisions(): Promise<readonly Measure[]> {
  const rates = rulesOf().map(([name, rule]) => {
    const perTeam = teams().map(candidates => rateOf(circumstancesOf(rule, candidates)));
    return { name, rate: Math.min(...perTeam) };
  });
  const [slowest] = [...rates].sort((a, b) => a.rate - b.rate);
  if (slowest === undefined) throw new Error('there are policies');
  const all = rates.map(({ name, rate }) => `${name} ${(rate / 1_000).toFixed(1)}k`);
  return [
    {
      name: `one decision, pure, over ${CANDIDATES} candidates: per second on one core, the slowest policy`,
      value: Math.round(slowest.rate),
      unit: '/s',
      bar: 2_000,
      better: 'at-least',
      note: all.join(', '),
    },
  ];
}

/** Every policy for new visitors; and the one for returning visitors, where the agent asked first is not active any more. */
function rulesOf(): readonly (readonly [string, AppliedRule])[] {
  const newVisitors = { policy: 'queue-position', onNobody: null } as const;
  const returningVisitors = { policy: ORIGINAL_AGENT, onNobody: null } as const;
  const falling = ruleFor(
    { newVisitors, returningVisitors },
    { returning: true, lastServedBy: 'agent-gone' as AgentId, handedOver: false },
  );
  return [
    ...POLICY_NAMES.map(
      policy => [policy, { original: null, policy, onNobody: policyNamed(policy).onNobody }] as const,
    ),
    [`${ORIGINAL_AGENT} falling through`, falling],
  ];
}

/** A team that has worked, as it comes; and the hardest one: all tie until the last criterion, the first one last. */
function teams(): readonly (readonly Candidate[])[] {
  const random = seeded(1);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const base = Array.from({ length: CANDIDATES }, (_, index) =>
    onlineAgent({
      id: agentIdAt(index),
      maxLoad: 10,
      groups: [GROUP],
      tally: { closedToday: 0, closedIn30Days: 0 },
    }),
  );
  const worked = base.map((agent, index) => ({
    ...agent,
    queuePosition: 1 + upTo(2),
    receptionWeight: 1 + upTo(2),
    memberOrder: index + 1,
    openChats: upTo(4),
    lastClosedAt: closedBefore(upTo(100_000)),
    tally: { closedToday: upTo(20), closedIn30Days: upTo(200) },
  }));
  return [worked, base.toReversed()];
}

function circumstancesOf(rule: AppliedRule, candidates: readonly Candidate[]): Circumstances {
  const scope = scopeOf(rule.policy, null, { primaryGroupId: GROUP, has: id => id === GROUP });
  return {
    rule,
    scope,
    automaticAllocation: true,
    channel: { id: 'web' as ChannelId, weight: 1 },
    original: null,
    candidates,
    reading: scope.kind === 'group' ? 'whole-group' : 'whole-team',
    complete: true,
    currentAgent: null,
    isGroupRemoved: false,
    cursor: { memberOrder: CANDIDATES / 2, agentId: agentIdAt(CANDIDATES / 2) },
    limits: RECORD_LIMITS,
  };
}

/** The best of several slices of time: in the others another process may have had the core. */
function rateOf(circumstances: Circumstances): number {
  for (let time = 0; time < WARM_UP_DECISIONS; time += 1) decide(circumstances);
  const rates = Array.from({ length: SLICES }, () => {
    const startedMs = performance.now();
    let decided = 0;
    let tookMs = 0;
    for (; tookMs < SLICE_MS; decided += 1) {
      decide(circumstances);
      tookMs = performance.now() - startedMs;
    }
    return (decided / tookMs) * 1_000;
  });
  return Math.max(...rates);
}
