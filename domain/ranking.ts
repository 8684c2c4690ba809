import type { Candidate } from './agent.ts';
import type { AgentId } from './brands.ts';
import type { Tally } from './closes.ts';

/** Where the rotation stands: the agent chosen last, by its place in member order. Null = nobody was chosen yet. */
export type Cursor = { readonly memberOrder: number; readonly agentId: AgentId } | null;

type Criterion = {
  /** How the step reads in a decision. */
  readonly rule: string;
  /** Negative when `a` comes before `b`. */
  readonly compare: (a: Candidate, b: Candidate, cursor: Cursor) => number;
  /** The code recorded for those this criterion puts behind, where the contract has one. */
  readonly why?: 'higher-position';
  /** What it looks at, for the record, beyond what every record shows. */
  readonly shown?: (agent: Candidate) => Readonly<Record<string, number>>;
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
  'member-order': {
    rule: 'first in member order',
    compare: (a, b) => a.memberOrder - b.memberOrder,
    shown: ({ memberOrder }) => ({ memberOrder }),
  },
  rotation: {
    rule: 'next in member order after the one chosen last',
    compare: byTurn,
    shown: ({ memberOrder }) => ({ memberOrder }),
  },
  share: {
    rule: 'smallest (open chats + 1) / reception weight',
    // Multiplied out, so that equal shares are equal and no rounding decides.
    compare: (a, b) => (a.openChats + 1) * b.receptionWeight - (b.openChats + 1) * a.receptionWeight,
    shown: ({ receptionWeight }) => ({ receptionWeight }),
  },
  'closed-today': {
    rule: 'fewest closed among the chats created today',
    compare: (a, b) => tallyOf(a).closedToday - tallyOf(b).closedToday,
    shown: agent => ({ closedToday: tallyOf(agent).closedToday }),
  },
  'closed-in-30-days': {
    rule: 'fewest closed in the last 30 days',
    compare: (a, b) => tallyOf(a).closedIn30Days - tallyOf(b).closedIn30Days,
    shown: agent => ({ closedIn30Days: tallyOf(agent).closedIn30Days }),
  },
  'agent-id': { rule: 'first agent id', compare: (a, b) => compareText(a.id, b.id) },
} as const satisfies Record<string, Criterion>;

export type CriterionName = keyof typeof CRITERIA;
export const CRITERION_NAMES = Object.keys(CRITERIA) as [CriterionName, ...CriterionName[]];

export function criterion(name: CriterionName): Criterion {
  return CRITERIA[name];
}

/** Those behind the cursor come first, in member order; then from the beginning, the one chosen last at the very end. */
function byTurn(a: Candidate, b: Candidate, cursor: Cursor): number {
  const laps = Number(!isAfter(a, cursor)) - Number(!isAfter(b, cursor));
  return laps || a.memberOrder - b.memberOrder || compareText(a.id, b.id);
}

function isAfter(agent: Candidate, cursor: Cursor): boolean {
  if (cursor === null) return true;
  const places = agent.memberOrder - cursor.memberOrder || compareText(agent.id, cursor.agentId);
  return places > 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function tallyOf({ id, tally }: Candidate): Tally {
  if (tally === null) throw new Error(`the tally of ${id} was not read`);
  return tally;
}

/** Those that share the best value of one criterion. */
export function best(
  name: CriterionName,
  candidates: readonly Candidate[],
  cursor: Cursor,
): readonly Candidate[] {
  const { compare } = criterion(name);
  let leaders: Candidate[] = [];
  for (const candidate of candidates) {
    const order = leaders[0] === undefined ? -1 : compare(candidate, leaders[0], cursor);
    if (order < 0) leaders = [candidate];
    else if (order === 0) leaders.push(candidate);
  }
  return leaders;
}

/** The first `count` in the order of the criteria, without sorting the rest. */
export function firstInOrder(
  names: readonly CriterionName[],
  candidates: readonly Candidate[],
  cursor: Cursor,
  count: number,
): readonly Candidate[] {
  const first: Candidate[] = [];
  for (const candidate of candidates) {
    const last = first.at(-1);
    const isFull = first.length === count;
    if (isFull && (last === undefined || !comesBefore(names, candidate, last, cursor))) continue;
    if (isFull) first.pop();
    const before = first.findIndex(other => comesBefore(names, candidate, other, cursor));
    first.splice(before < 0 ? first.length : before, 0, candidate);
  }
  return first;
}

/** Whether `a` ranks before `b` by these criteria, the first that tells them apart deciding. */
export function comesBefore(
  names: readonly CriterionName[],
  a: Candidate,
  b: Candidate,
  cursor: Cursor,
): boolean {
  for (const name of names) {
    const order = criterion(name).compare(a, b, cursor);
    if (order !== 0) return order < 0;
  }
  return false;
}
