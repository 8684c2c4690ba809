import { expect } from '@jest/globals';
import type { Agent } from '../../../domain/agent.ts';
import type { DecisionOutcome, StepName } from '../../../domain/decision.ts';
import { matchLine } from '../../../domain/line.ts';
import type { PolicyName } from '../../../domain/policies.ts';
import type { Cursor } from '../../../domain/ranking.ts';
import { lineRules, place } from '../../support/domain.ts';
import { type Given, whatComesOf } from '../deciding.ts';

/** What a sentence of a seed comes to for one team. The team is listed with the wrong one first. */
export type Case = {
  /** The place in the seed; those that a whole table is about stand above the table. */
  readonly from?: string;
  /** Its sentence, and after a colon what it means here. */
  readonly says: string;
  readonly team: readonly Agent[];
  readonly given?: Given;
} & (Won | Offered | Waits);

type Won = { readonly winner: string; readonly by?: StepName };
type Offered = { readonly offeredTo: readonly string[]; readonly because: DecisionOutcome | null };
type Waits = { readonly waits: DecisionOutcome };

/** Decides the case under the policy and compares all that a row can say: who has it, who may accept it, why nobody. */
export function expectOf(policy: PolicyName, row: Case): void {
  const { team, given } = row;
  const came = whatComesOf(team, { ...given, rule: { policy, ...given?.rule } });
  expect({
    winner: came.winner,
    outcome: came.outcome,
    offeredTo: came.offeredTo,
    because: came.offeredBecause,
  }).toEqual(expected(row));
  if ('by' in row) expect(came.decidedBy).toBe(row.by);
  if ('offeredTo' in row) expect(came.decidedBy).toBe('offer');
}

function expected(row: Case) {
  const nothing = { winner: null, offeredTo: [], because: null };
  if ('winner' in row) return { ...nothing, winner: row.winner, outcome: 'assigned' };
  if ('waits' in row) return { ...nothing, outcome: row.waits };
  return { ...nothing, outcome: 'offered', offeredTo: row.offeredTo, because: row.because };
}

/** Who gets so many chats on `web` that weigh 1, one after the other, while none of them closes. */
export function inTurn(
  policy: PolicyName,
  chats: number,
  agents: readonly Agent[],
  cursor: Cursor = null,
): readonly string[] {
  const line = Array.from({ length: chats }, (_, i) => place({ chatId: `chat_${i + 1}` }));
  const roster = { agents, originals: [], order: 'everyone', edges: [], cursor } as const;
  return matchLine(line, roster, lineRules({ policy })).matches.map(({ agent }) => agent.id);
}
