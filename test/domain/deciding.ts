import type { Candidate } from '../../domain/agent.ts';
import { type Circumstances, decide, demandOf } from '../../domain/decide.ts';
import type { Verdict } from '../../domain/decision.ts';
import { offerees } from '../../domain/eligibility.ts';
import type { Group } from '../../domain/group.ts';
import type { Cursor } from '../../domain/ranking.ts';
import type { AppliedRule } from '../../domain/rule.ts';
import type { Scope } from '../../domain/scope.ts';
import { channelId, LIMITS, rule } from '../support/domain.ts';

export type Given = Partial<Omit<Circumstances, 'rule' | 'channel' | 'candidates'>> & {
  readonly rule?: Partial<AppliedRule>;
  readonly channel?: { readonly id?: string; readonly weight?: number };
};

/** All of the team was read, and a chat on `web` that weighs 1 came under the default policy. */
function circumstances(team: readonly Candidate[], given: Given): Circumstances {
  const applied = rule(given.rule);
  const { scope = { kind: 'team' } } = given;
  return {
    automaticAllocation: true,
    reading: scope.kind === 'group' ? 'whole-group' : 'whole-team',
    complete: true,
    currentAgent: null,
    isGroupRemoved: false,
    cursor: null,
    limits: LIMITS,
    original: team.find(agent => agent.id === applied.original) ?? null,
    ...given,
    scope,
    rule: applied,
    channel: { id: channelId(given.channel?.id ?? 'web'), weight: given.channel?.weight ?? 1 },
    candidates: team,
  };
}

export function decideAmong(team: readonly Candidate[], given: Given = {}): Verdict {
  return decide(circumstances(team, given));
}

/** What comes of it, with the names of those an offer goes to. */
export function whatComesOf(team: readonly Candidate[], given: Given = {}) {
  const verdict = decideAmong(team, given);
  const to = offerees(team, demandOf(circumstances(team, given)));
  return { ...verdict, offeredTo: verdict.outcome === 'offered' ? to.map(({ id }) => id) : [] };
}

export function inGroup({ id }: Group): Scope {
  return { kind: 'group', groupId: id };
}

/** The rotation stands at this agent: it was chosen last. */
export function chosenLast({ id, memberOrder }: Pick<Candidate, 'id' | 'memberOrder'>): Cursor {
  return { agentId: id, memberOrder };
}
