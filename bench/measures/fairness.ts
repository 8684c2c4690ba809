import type { PolicyName } from '../../domain/policies.ts';
import type { Measure } from '../measure.ts';
import { counts, type Load, run, told } from '../simulation/trials.ts';

const SEEDS = [1, 2, 3, 4, 5];
const WEIGHTS = [1, 2, 3];

/** Nearly everybody is idle: 10,000 chats in a week, round the clock, seven or eight open at a time. */
const LIGHT: Load = { maxLoad: 5, openPerAgent: 0.15 };
/** Three in five of the default limit in use. */
const BUSY: Load = { maxLoad: 5, openPerAgent: 3 };
/** Messaging: chats that wait for answers, many open at a time. */
const MESSAGING: Load = { maxLoad: null, openPerAgent: 24 };

/** 10,000 chats of random length on 50 agents who are always online, by the domain's own decisions, without a table. */
export async function fairness(): Promise<readonly Measure[]> {
  return [...equalCounts(), byWeight()];
}

/** All agents alike: how far the one furthest from the mean is from it, in percent of the mean. */
function equalCounts(): readonly Measure[] {
  const uneven = (policy: PolicyName, load: Load) =>
    worst(seed => unevenness(counts(run(policy, load, seed))));
  const busy = uneven('least-sessions', BUSY).toFixed(1);
  return [
    {
      name: 'least-sessions: chats given to each agent, largest deviation from the mean',
      value: uneven('least-sessions', LIGHT),
      note: `${told(LIGHT)}; with ${BUSY.openPerAgent} open ${busy} %: the rule evens out what is open, the next line`,
    },
    {
      name: 'least-sessions: chats each agent has open, mean over time, the same',
      value: worst(seed => unevenness(run('least-sessions', BUSY, seed).openOnAverage)),
      note: told(BUSY),
    },
    {
      name: 'member-order: chats given to each agent, the same',
      value: uneven('member-order', BUSY),
      note: told(BUSY),
    },
  ].map(line => ({ ...line, unit: '%', bar: 2, better: 'at-most' }));
}

function byWeight(): Measure {
  const deviation = (load: Load) =>
    worst(seed => shareDeviation(counts(run('reception-weight', load, seed, { receptionWeights: WEIGHTS }))));
  const busy = deviation(BUSY).toFixed(0);
  return {
    name: `reception-weight, weights ${WEIGHTS.join(', ')}: share of a class, largest deviation from ${WEIGHTS.join(':')}`,
    value: deviation(MESSAGING),
    unit: '%',
    bar: 3,
    better: 'at-most',
    note: `${told(MESSAGING)}; with ${BUSY.openPerAgent} open ${busy} %: whole chats cannot be shared more finely`,
  };
}

/** How far the class of agents furthest from its due is from it, in percent of what it is due. */
function shareDeviation(given: readonly number[]): number {
  const weightAt = (index: number) => WEIGHTS[index % WEIGHTS.length] ?? 0;
  const allWeights = sum(given.map((_, index) => weightAt(index)));
  const deviations = WEIGHTS.map(weight => {
    const ofClass = given.filter((_, index) => weightAt(index) === weight);
    const due = (ofClass.length * weight) / allWeights;
    return Math.abs(sum(ofClass) / sum(given) / due - 1);
  });
  return Math.max(...deviations) * 100;
}

function unevenness(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.max(...values.map(value => Math.abs(value / mean - 1))) * 100;
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const worst = (of: (seed: number) => number) => Math.max(...SEEDS.map(of));
