import type { Step, Verdict } from './decision.ts';
import { CONDITIONS } from './eligibility.ts';
import { criterion } from './ranking.ts';

const AVAILABLE = CONDITIONS.map(condition => condition.rule).join(', ');

/** What a step of a decision asks, in words. */
export function ruleOf(name: Step['name']): string {
  if (name === 'scope') return 'every agent of the project';
  if (name === 'rank-order') return 'first in rank; those behind were not looked at';
  return name === 'eligibility' ? AVAILABLE : criterion(name).rule;
}

/** One step of a decision as a plain sentence. */
export function sentence(step: Step, verdict: Pick<Verdict, 'winner' | 'decidedBy'>): string {
  const settled =
    step.name === verdict.decidedBy && verdict.winner !== null
      ? `; this settled it for ${verdict.winner}`
      : '';
  if (step.name === 'scope') return `${people(step.out)} of the project looked at${settled}.`;
  if (step.name === 'eligibility') {
    return `${people(step.out)} of ${step.in} available (${AVAILABLE})${ruledOut(step)}${settled}.`;
  }
  if (step.name === 'rank-order') return `${people(step.out)} of ${step.in} ${ruleOf(step.name)}${settled}.`;
  return `${people(step.out)} of ${step.in} with the ${ruleOf(step.name)}${settled}.`;
}

function ruledOut({ excluded, excludedMore }: Step): string {
  const named = excluded.map(({ agentId, why }) => `${agentId} (${why})`).join(', ');
  const more = excludedMore > 0 ? `${excludedMore} more` : '';
  const all = [named, more].filter(part => part !== '').join(' and ');
  return all === '' ? '' : `; ruled out: ${all}`;
}

function people(count: number): string {
  return count === 1 ? '1 agent' : `${count} agents`;
}
