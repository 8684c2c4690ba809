import type { AgentId } from '../../domain/brands.ts';
import type { PolicyName } from '../../domain/policies.ts';
import type { Measure } from '../measure.ts';
import { CHATS_AFTER_BREAK, type Course, type Trial } from '../simulation/simulate.ts';
import { type Load, run, told } from '../simulation/trials.ts';

/** Longer than any chat: whoever rests so long comes back with none. */
const BREAK_MINUTES = 30;
const SEEDS = [1, 2, 3];

/** Live chat: three at a time at most, half of that in use. */
const LIVE: Load = { maxLoad: 3, openPerAgent: 1.5 };
/** The default limit, with little and with much of it in use: for the note. */
const DEFAULT: readonly Load[] = [
  { maxLoad: 5, openPerAgent: 1 },
  { maxLoad: 5, openPerAgent: 3 },
];

/** The policies that choose an agent by themselves, and what sets their agents apart. */
const POLICIES: readonly (readonly [PolicyName, Partial<Trial>])[] = [
  ['smart', {}],
  ['group', {}],
  ['queue-position', { queuePositions: [1, 2, 3] }],
  ['least-sessions', {}],
  ['member-order', {}],
  ['reception-weight', { receptionWeights: [1, 2, 3] }],
  ['month-priority', {}],
];

/**
 * Nobody who comes back from a break is flooded. 10,000 chats on 50 agents, of whom one at a time rests until its
 * chats are closed; of the ten chats given out after its return, those it got are compared with those of the colleague
 * who got the most.
 */
export async function afterBreak(): Promise<readonly Measure[]> {
  return POLICIES.map(([policy, apart]) => {
    const breaks = (load: Load, seeds: readonly number[]) =>
      seeds.flatMap(seed => returnsIn(run(policy, load, seed, { ...apart, breakMinutes: BREAK_MINUTES })));
    const live = breaks(LIVE, SEEDS);
    const others = DEFAULT.map(load => `${told(load)}: ${mostOver(breaks(load, SEEDS.slice(0, 1)))}`);
    return {
      name: `${policy}: back from a break, more of the next ten chats than any colleague`,
      value: mostOver(live),
      unit: 'chats',
      bar: 2,
      better: 'at-most',
      note: [
        `worst of ${live.length} breaks, ${told(LIVE)}`,
        `got at most ${Math.max(...live.map(({ own }) => own))} of the ten`,
        ...others,
      ].join('; '),
    };
  });
}

/** Of the chats after a return: how many the one who came back got, and the colleague who got the most. */
type AfterReturn = { readonly own: number; readonly busiest: number };

function returnsIn({ given, returns }: Course): readonly AfterReturn[] {
  return returns.flatMap(({ agentId, given: before }) => {
    const next = given.slice(before, before + CHATS_AFTER_BREAK);
    if (next.length < CHATS_AFTER_BREAK) return [];
    const countOf = (id: AgentId) => next.filter(other => other === id).length;
    const colleagues = next.filter(id => id !== agentId);
    return [{ own: countOf(agentId), busiest: Math.max(0, ...colleagues.map(countOf)) }];
  });
}

function mostOver(returns: readonly AfterReturn[]): number {
  return Math.max(...returns.map(({ own, busiest }) => own - busiest));
}
