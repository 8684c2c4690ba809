import type * as z from 'zod';
import type { Decision } from '../../domain/decision.ts';
import { conclusion, ruleOf, sentence } from '../../domain/sentences.ts';
import type { decisionView } from '../schemas.ts';
import { queuePositionView } from './agent-view.ts';
import { iso, isoOrNull } from './instants.ts';

type DecisionView = z.input<typeof decisionView>;

/** A decision as it was recorded. */
export function viewDecision(decision: Decision): DecisionView {
  const { steps, considered, at, ...rest } = decision;
  return {
    ...rest,
    at: iso(at),
    steps: steps.map(step => ({ ...step, rule: ruleOf(step.name, decision), excluded: [...step.excluded] })),
    considered: considered.map(({ values, ...agent }, index) => ({
      ...agent,
      ...values,
      rank: index + 1,
      queuePosition: queuePositionView(agent.queuePosition),
      lastClosedAt: isoOrNull(agent.lastClosedAt),
    })),
  };
}

/** A decision that would be taken now: each step also as a sentence, no id, and no chat unless one was named. */
export function viewDryRun(
  decision: Omit<Decision, 'id' | 'chatId'> & { readonly chatId: Decision['chatId'] | null },
): DecisionView {
  const view = viewDecision({ ...decision, id: '' as Decision['id'], chatId: '' as Decision['chatId'] });
  const steps = decision.steps.map((step, index) => ({
    ...(view.steps[index] as DecisionView['steps'][number]),
    text: sentence(step, decision),
  }));
  const text = conclusion(decision);
  return { ...view, id: null, chatId: decision.chatId, steps, ...(text !== null && { text }) };
}
