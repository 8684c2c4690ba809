import { type Candidate, canTakeSomething } from '../../domain/agent.ts';
import type { Cursor } from '../../domain/ranking.ts';

const POSITION_DIGITS = 6;
const ORDER_DIGITS = 7;
const COUNT_DIGITS = 6;
const INSTANT_DIGITS = 15;

/**
 * The agent's place in the rank index: the default ranking as text that sorts the same way. Null for agents that
 * could take nothing: they are not in the index, so that reading its head never wades through them.
 */
export function rankKey(agent: Candidate): string | null {
  if (!canTakeSomething(agent)) return null;
  return [
    lane(agent.queuePosition),
    String(agent.openChats).padStart(COUNT_DIGITS, '0'),
    String(agent.lastClosedAt ?? 0).padStart(INSTANT_DIGITS, '0'),
    agent.id,
  ].join('#');
}

function lane(queuePosition: number): string {
  return String(queuePosition).padStart(POSITION_DIGITS, '0');
}

/** Above every key of the agents at this queue position, below every key of those behind them. */
export function laneEnd(queuePosition: number): string {
  return `${lane(queuePosition)}#~`;
}

/** The agent's place in the members index: member order as text. Null as in `rankKey`. */
export function memberKey(agent: Candidate): string | null {
  return canTakeSomething(agent) ? turnKey({ memberOrder: agent.memberOrder, agentId: agent.id }) : null;
}

/** The place in member order of the agent that the cursor names. */
export function turnKey({ memberOrder, agentId }: NonNullable<Cursor>): string {
  return `${String(memberOrder).padStart(ORDER_DIGITS, '0')}#${agentId}`;
}
