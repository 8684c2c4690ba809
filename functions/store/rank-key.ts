import { type Candidate, canTakeSomething } from '../../domain/agent.ts';

const POSITION_DIGITS = 6;
const COUNT_DIGITS = 6;
const INSTANT_DIGITS = 15;

/**
 * The agent's place in the rank index: the default ranking as text that sorts the same way. Null for agents that
 * could take nothing: they are not in the index, so that reading its head never wades through them.
 */
export function rankKey(agent: Candidate): string | null {
  if (!canTakeSomething(agent)) return null;
  return [
    String(agent.queuePosition).padStart(POSITION_DIGITS, '0'),
    String(agent.openChats).padStart(COUNT_DIGITS, '0'),
    String(agent.lastClosedAt ?? 0).padStart(INSTANT_DIGITS, '0'),
    agent.id,
  ].join('#');
}
