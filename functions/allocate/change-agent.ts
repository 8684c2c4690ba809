import type { Agent } from '../../domain/agent.ts';
import type { Instant } from '../../domain/brands.ts';
import type { OpenChat } from '../../domain/chat.ts';
import { demandOf } from '../../domain/decide.ts';
import type { Decision } from '../../domain/decision.ts';
import { ineligible } from '../../domain/eligibility.ts';
import type { Seeker } from '../../domain/line.ts';
import { missed, taken, without } from '../../domain/load.ts';
import { policyNamed } from '../../domain/policies.ts';
import type { AppliedRule } from '../../domain/rule.ts';
import type { Scope } from '../../domain/scope.ts';
import { assign } from '../../domain/verbs/assign.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { readAgents, readRank } from '../store/agents.ts';
import type { AgentChange } from '../store/changes.ts';
import type { Write } from '../store/commit.ts';
import { readConfiguration } from '../store/configuration.ts';
import { moveCursor } from '../store/cursor.ts';
import { recordOf } from './decision.ts';
import { matchChats, type Setup, setUp } from './setup.ts';

/** What moving a chat to another agent changes; nothing is written yet. `alongside`: the move of the rotation. */
export type ChangeOfAgent = {
  readonly after: OpenChat;
  readonly decision: Decision;
  readonly agents: readonly AgentChange[];
  readonly alongside: readonly Write[];
};

/**
 * Seed 002, "Time for changing agent": the chat goes to another available agent where it was given out, by the rule that
 * holds for it, the slow one excluded, and the miss is counted. `nobody`: nobody else is available, or automatic
 * allocation is off. `overtaken`: one of the two agents has changed since the team was read.
 */
export async function changeOfAgent(
  context: Context,
  chat: OpenChat,
  since: Instant,
): Promise<ChangeOfAgent | 'nobody' | 'overtaken'> {
  const { table } = context;
  const configuration = await readConfiguration(table, chat.projectId);
  if (configuration === null) return 'nobody';
  const setup = setUp(configuration);
  const { project } = setup;
  const rule = ruleOf(setup, chat);
  const scope = scopeOf(setup, chat);
  const rules = { ...setup.rules, ruleFor: () => rule, scopeOf: () => scope };
  const rank = await readRank(table, project.id, BOUNDS.rankHeadRows);
  const heads = { rank, cursor: null };
  const { matching, roster } = await matchChats(context, { ...setup, rules }, heads, [seekerOf(chat)]);
  const [match] = matching.matches;
  if (match === undefined) return 'nobody';
  const { verdict, weight, cursorAfter } = match;
  const rows = await readAgents(table, project.id, [match.agent.id, chat.agentId]);
  const winner = rows.find(({ id }) => id === match.agent.id);
  const slow = rows.find(({ id }) => id === chat.agentId);
  const demand = demandOf({ rule, scope, channel: { id: chat.channelId, weight } }, chat.agentId);
  if (winner === undefined || slow === undefined || ineligible(winner, demand) !== null) return 'overtaken';
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
    weight,
  };
  const { cursor } = roster;
  return {
    after: assign(chat, assignment, decision.at),
    decision,
    agents: [leaving(slow, chat), arriving(winner, chat, weight)],
    alongside:
      cursor === null || cursorAfter === undefined
        ? []
        : [moveCursor(table, project.id, cursor, cursorAfter)],
  };
}

/** The chat as the line would see it. */
function seekerOf({ id, createdAt, agentId, ...chat }: OpenChat): Seeker {
  return {
    ...chat,
    chatId: id,
    since: createdAt,
    attempts: 0,
    decided: true,
    explained: true,
    leaving: agentId,
  };
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
