import type { Agent } from '../../domain/agent.ts';
import type { AgentId, Instant } from '../../domain/brands.ts';
import type { Assignment, Chat } from '../../domain/chat.ts';
import { type Circumstances, decide } from '../../domain/decide.ts';
import type { Decision, Trigger, Verdict } from '../../domain/decision.ts';
import { taken, without } from '../../domain/load.ts';
import { groupOf, type Scope } from '../../domain/scope.ts';
import { assign } from '../../domain/verbs/assign.ts';
import { handOver, transferFailed } from '../../domain/verbs/transfer.ts';
import { recordOf } from '../allocate/decision.ts';
import type { Setup } from '../allocate/setup.ts';
import type { Context } from '../edge/context.ts';
import type { StoredChat } from '../store/chat-row.ts';
import { type Floor, HANDED_OVER } from './floor.ts';
import type { Transferring } from './take-in.ts';

/** One chat's decision and what it makes of the chat; nothing is written yet. */
export type Move = {
  readonly before: StoredChat;
  readonly after: Chat;
  readonly decision: Decision;
};

/**
 * Decides who of the group gets the chat, with the moves before it taken into account, and moves it on the floor. Nobody
 * available: it stays with its agent, or goes on waiting in that group's scope if it has none.
 */
export function moveOne(
  context: Context,
  setup: Setup,
  floor: Floor,
  one: Transferring,
  { trigger, since }: { readonly trigger: Trigger; readonly since: Instant },
): Move {
  const { project, rules } = setup;
  const { before, to } = one;
  const { chat } = before;
  const scope = floor.scopeOf(to.groupId);
  const channel = { id: chat.channelId, weight: rules.weightOf(chat.channelId) };
  const verdict = decideFor(setup, floor, one, scope, channel);
  const decision = recordOf(context, verdict, { chatId: chat.id, trigger, project, attempts: 1, since });
  const winner = verdict.winner === null ? undefined : floor.now(verdict.winner);
  if (winner === undefined) {
    const groupId = groupOf(scope);
    const after =
      chat.state === 'open' ? transferFailed(chat, decision.at) : handOver(chat, groupId, decision.at);
    return { before, after, decision };
  }
  const assignment = {
    agentId: winner.id,
    method: methodOf(one),
    reason: to.reason,
    forced: false,
    decisionId: decision.id,
    createdOn: one.createdOn,
    weight: channel.weight,
  };
  const after = assign({ ...chat, groupId: groupOf(scope) }, assignment, decision.at);
  const left = chat.state === 'open' ? floor.now(chat.agentId) : undefined;
  if (chat.state === 'open' && left !== undefined) floor.move(without(left, chat));
  floor.move(taken(winner, chat.id, channel.weight) satisfies Agent);
  return { before, after, decision };
}

/** Whoever has room that an older waiting chat could use is left to that one, and the next is asked. */
function decideFor(
  { rules }: Setup,
  floor: Floor,
  { before: { chat } }: Transferring,
  scope: Scope,
  channel: Circumstances['channel'],
): Verdict {
  const promised = new Set<AgentId>();
  for (;;) {
    const verdict = decide({
      rule: rules.ruleFor(HANDED_OVER),
      scope,
      automaticAllocation: rules.automaticAllocation,
      channel,
      original: null,
      candidates: floor.inScope(scope),
      reading: scope.kind === 'group' ? 'whole-group' : 'whole-team',
      complete: true,
      currentAgent: chat.state === 'open' ? chat.agentId : null,
      isGroupRemoved: scope.kind === 'team',
      promised,
      cursor: null,
      limits: rules.limits,
    });
    const winner = verdict.winner === null ? undefined : floor.now(verdict.winner);
    if (winner === undefined || !floor.isPromised(winner, chat.id)) return verdict;
    promised.add(winner.id);
  }
}

/** Seed 002, "Distribution Logic for Chatbot": what is distributed from the queue says who had asked for it. */
function methodOf({ createdOn, to }: Transferring): Assignment['method'] {
  if (createdOn === null) return 'transfer';
  return to.isBotTransfer ? 'distributed-by-chatbot' : 'distributed-by-operator';
}
