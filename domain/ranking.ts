import type { Candidate } from './agent.ts';

type Criterion = {
  /** How the step reads in a decision. */
  readonly rule: string;
  /** Negative when `a` comes before `b`. */
  readonly compare: (a: Candidate, b: Candidate) => number;
  /** The code recorded for those this criterion puts behind, where the contract has one. */
  readonly why?: 'higher-position';
};

/** One reason each to place an agent before another. A policy strings them together; a new one is a row here. */
const CRITERIA = {
  'queue-position': {
    rule: 'lowest queue position',
    compare: (a, b) => a.queuePosition - b.queuePosition,
    why: 'higher-position',
  },
  'open-chats': { rule: 'fewest open chats', compare: (a, b) => a.openChats - b.openChats },
  'last-close': {
    rule: 'longest since the last close; never closed counts as longest',
    compare: (a, b) => (a.lastClosedAt ?? 0) - (b.lastClosedAt ?? 0),
  },
  'agent-id': { rule: 'first agent id', compare: (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) },
} as const satisfies Record<string, Criterion>;

export type CriterionName = keyof typeof CRITERIA;

export function criterion(name: CriterionName): Criterion {
  return CRITERIA[name];
}

/** Those that share the best value of one criterion. */
export function best(name: CriterionName, candidates: readonly Candidate[]): readonly Candidate[] {
  const { compare } = criterion(name);
  let leaders: Candidate[] = [];
  for (const candidate of candidates) {
    const order = leaders[0] === undefined ? -1 : compare(candidate, leaders[0]);
    if (order < 0) leaders = [candidate];
    else if (order === 0) leaders.push(candidate);
  }
  return leaders;
}

/** The first `count` in the order of the criteria, without sorting the rest. */
export function firstInOrder(
  names: readonly CriterionName[],
  candidates: readonly Candidate[],
  count: number,
): readonly Candidate[] {
  const first: Candidate[] = [];
  for (const candidate of candidates) {
    const last = first.at(-1);
    const isFull = first.length === count;
    if (isFull && (last === undefined || !comesBefore(names, candidate, last))) continue;
    if (isFull) first.pop();
    const before = first.findIndex(other => comesBefore(names, candidate, other));
    first.splice(before < 0 ? first.length : before, 0, candidate);
  }
  return first;
}

/** Whether `a` ranks before `b` by these criteria, the first that tells them apart deciding. */
export function comesBefore(names: readonly CriterionName[], a: Candidate, b: Candidate): boolean {
  for (const name of names) {
    const order = criterion(name).compare(a, b);
    if (order !== 0) return order < 0;
  }
  return false;
}
