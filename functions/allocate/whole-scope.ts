import type { Agent, Candidate } from '../../domain/agent.ts';
import type { GroupId } from '../../domain/brands.ts';
import { decide, demandOf } from '../../domain/decide.ts';
import type { Verdict } from '../../domain/decision.ts';
import { ineligible, offerees } from '../../domain/eligibility.ts';
import type { Place } from '../../domain/line.ts';
import { asksCursor, asksTally } from '../../domain/policies.ts';
import type { RuledBy } from '../../domain/rule.ts';
import { groupOf, type Scope } from '../../domain/scope.ts';
import type { Context } from '../edge/context.ts';
import { readAgents, readMembers, readTeam } from '../store/agents.ts';
import { readCursor } from '../store/cursor.ts';
import { withTallies } from './roster.ts';
import type { Setup } from './setup.ts';

/** A decision over everybody in the chat's scope, whatever the status. */
export type WholeVerdict = {
  readonly verdict: Verdict;
  readonly scope: Scope;
  /** Whom the chat is offered to; empty unless the verdict says `offered`. */
  readonly offerees: readonly Candidate[];
};

export type Subject = Pick<Place, 'channelId' | 'asked'> & RuledBy;

/** Decides chats one by one over their whole scopes; each group and the team are read once for all of them. */
export type WholeScope = (chat: Subject) => Promise<WholeVerdict>;

/**
 * The index holds only those who could take something: why nobody can, and whom to offer the chat to, takes the whole
 * scope. Costs by the size of the group or of the team.
 */
export function openWholeScope(context: Context, setup: Setup): WholeScope {
  const { project, rules } = setup;
  const readings = new Map<GroupId | null, Promise<readonly Agent[]>>();
  const read = (groupId: GroupId | null) => {
    const reading =
      readings.get(groupId) ??
      (groupId === null
        ? readTeam(context.table, project.id)
        : readMembers(context.table, project.id, groupId));
    readings.set(groupId, reading);
    return reading;
  };
  return async chat => {
    const rule = rules.ruleFor(chat);
    const scope = rules.scopeOf(rule.policy, chat.asked);
    const channel = { id: chat.channelId, weight: rules.weightOf(chat.channelId) };
    const demand = demandOf({ rule, scope, channel });
    const isAsked = rules.automaticAllocation && scope.kind !== 'nowhere';
    const agents = isAsked ? await read(groupOf(scope)) : [];
    const available = asksTally(rule.policy)
      ? agents.filter(agent => ineligible(agent, demand) === null)
      : [];
    const [cursor, tallied, [original = null]] = await Promise.all([
      asksCursor(rule.policy) ? readCursor(context.table, project.id) : null,
      withTallies(context, setup, available),
      rule.original === null ? [] : readAgents(context.table, project.id, [rule.original]),
    ]);
    const talliedById = new Map(tallied.map(agent => [agent.id, agent]));
    const verdict = decide({
      rule,
      scope,
      automaticAllocation: rules.automaticAllocation,
      channel,
      original,
      candidates: agents.map(agent => talliedById.get(agent.id) ?? agent),
      reading: scope.kind === 'group' ? 'whole-group' : 'whole-team',
      complete: true,
      currentAgent: null,
      isGroupRemoved: false,
      cursor: cursor?.cursor ?? null,
      limits: rules.limits,
    });
    return { verdict, scope, offerees: verdict.outcome === 'offered' ? offerees(agents, demand) : [] };
  };
}
