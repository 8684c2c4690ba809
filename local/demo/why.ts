import type { DecisionRecord } from './answers.ts';

type Step = DecisionRecord['steps'][number];

/** A decision in one line: who was left after each step, and what ruled out the others. */
export function whyText({ steps, winner }: DecisionRecord): string {
  const told = steps.filter(step => step.name !== 'scope').map(step => stepText(step));
  const narrowing = told.filter(text => text !== null);
  return narrowing.length === 0 ? `only ${winner} could take it` : narrowing.join(', ');
}

/** Null for a step that ruled out nobody. */
function stepText({ name, rule, in: before, out, excluded, excludedMore = 0 }: Step): string | null {
  if (before === out) return null;
  if (name !== 'eligibility') return `${rule.split(';')[0]}: ${out} of ${before}`;
  const counts = new Map<string, number>();
  for (const { why } of excluded) counts.set(why, (counts.get(why) ?? 0) + 1);
  const reasons = [...counts].map(([why, count]) => `${count} ${why}`);
  if (excludedMore > 0) reasons.push(`${excludedMore} more`);
  return `available: ${out} of ${before} (${reasons.join(', ')})`;
}
