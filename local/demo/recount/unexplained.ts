import type { DecisionRecord } from '../answers.ts';
import type { Given } from './held-by.ts';

/** The decision that gave the chat to the agent who has it; undefined when the record has none. */
export function explanationOf(chat: Given, decisions: readonly DecisionRecord[]): DecisionRecord | undefined {
  return decisions.find(({ outcome, winner }) => outcome === 'assigned' && winner === chat.agentId);
}

/** The given chats whose records do not say why they went where they went. */
export function unexplained(
  given: readonly Given[],
  decisions: ReadonlyMap<string, readonly DecisionRecord[]>,
): string[] {
  return given.filter(chat => !explanationOf(chat, decisions.get(chat.id) ?? [])).map(({ id }) => id);
}
