import type { Agent, Candidate } from '../../domain/agent.ts';
import type { Instant } from '../../domain/brands.ts';
import type { OpenChat } from '../../domain/chat.ts';
import { decide, demandOf } from '../../domain/decide.ts';
import type { Decision } from '../../domain/decision.ts';
import { ineligible } from '../../domain/eligibility.ts';
import { missed, taken, without } from '../../domain/load.ts';
import { asksCursor, asksTally, policyNamed } from '../../domain/policies.ts';
import type { AppliedRule } from '../../domain/rule.ts';
import type { Scope } from '../../domain/scope.ts';
import { assign } from '../../domain/verbs/assign.ts';
import type { Context } from '../edge/context.ts';
import { readAgents, readMembers, readRank } from '../store/agents.ts';
import type { AgentChange } from '../store/changes.ts';
import { readConfiguration } from '../store/configuration.ts';
import { readCursor } from '../store/cursor.ts';
import { recordOf } from './decision.ts';
import { withTallies } from './roster.ts';
import { type Setup, setUp } from './setup.ts';

/** What moving a chat to another agent changes; nothing is written yet. */
export type ChangeOfAgent = {
  readonly after: OpenChat;
  readonly decision: Decision;
  readonly agents: readonly AgentChange[];
};

/**
 * Seed 002, "Time for changing agent": the chat goes to another available agent where it was given out, by the rule that
 * holds for it, the slow one excluded, and the miss is counted. Null: nobody else is available, or automatic allocation is off.
 */
export async function changeOfAgent(
  context: Context,
  chat: OpenChat,
  since: Instant,
): Promise<ChangeOfAgent | null> {
  const { table } = context;
  const configuration = await readConfiguration(table, chat.projectId);
  if (!configuration?.project.settings.automaticAllocation) return null;
  const setup = setUp(configuration);
  const { project, rules } = setup;
  const rule = ruleOf(setup, chat);
  const scope = scopeOf(setup, chat);
  const channel = { id: chat.channelId, weight: rules.weightOf(chat.channelId) };
  const [candidates, cursor] = await Promise.all([
    readCandidates(context, setup, rule, scope),
    asksCursor(rule.policy) ? readCursor(table, project.id) : null,
  ]);
  const verdict = decide({
    rule,
    scope,
    automaticAllocation: true,
    channel,
    original: null,
    candidates,
    reading: scope.kind === 'group' ? 'whole-group' : 'rank-order',
    complete: true,
    currentAgent: chat.agentId,
    isGroupRemoved: false,
    cursor: cursor?.cursor ?? null,
    limits: rules.limits,
  });
  if (verdict.winner === null) return null;
  const rows = await readAgents(table, project.id, [verdict.winner, chat.agentId]);
  const winner = rows.find(({ id }) => id === verdict.winner);
  const slow = rows.find(({ id }) => id === chat.agentId);
  const demand = demandOf({ rule, scope, channel }, chat.agentId);
  // The index was a moment older than the row: the next look decides anew.
  if (winner === undefined || slow === undefined || ineligible(winner, demand) !== null) return null;
  const decision = recordOf(context, verdict, {
    chatId: chat.id,
    trigger: 'change-agent',
    project,
    attempts: 1,
    since,
  });
  const assignment = {
    agentId: winner.id,
    method: 'changed-agent' as const,
    reason: 'no-answer',
    forced: false,
    decisionId: decision.id,
    weight: channel.weight,
  };
  const after = assign(chat, assignment, decision.at);
  return { after, decision, agents: [leaving(slow, chat), arriving(winner, chat, channel.weight)] };
}

function leaving(before: Agent, chat: OpenChat): AgentChange {
  return { before, after: missed(without(before, chat)) };
}

function arriving(before: Agent, chat: OpenChat, weight: number): AgentChange {
  return { before, after: taken(before, chat.id, weight) };
}

/** A rule that chooses nobody, `all`, has no second choice either: then as for transfers. */
function ruleOf({ rules }: Setup, chat: OpenChat): AppliedRule {
  const rule = rules.ruleFor(chat);
  if (policyNamed(rule.policy).ranking !== null) return { ...rule, original: null, onNobody: 'wait' };
  return rules.ruleFor({ ...chat, handedOver: true });
}

function scopeOf({ groups }: Setup, { groupId }: OpenChat): Scope {
  const isThere = groups.some(({ id, spreading }) => id === groupId && spreading !== 'removal');
  return groupId !== null && isThere ? { kind: 'group', groupId } : { kind: 'team' };
}

async function readCandidates(
  context: Context,
  setup: Setup,
  { policy }: AppliedRule,
  scope: Scope,
): Promise<readonly Candidate[]> {
  const { project } = setup;
  const read =
    scope.kind === 'group'
      ? await readMembers(context.table, project.id, scope.groupId)
      : await readAvailable(context, setup);
  return asksTally(policy) ? withTallies(context, setup, read) : read;
}

async function readAvailable({ table }: Context, { project }: Setup): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (let after: string | undefined; ; ) {
    const { candidates, last } = await readRank(table, project.id, undefined, after);
    found.push(...candidates);
    if (last === null) return found;
    after = last;
  }
}
