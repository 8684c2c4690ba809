import { readUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { median, timedMs } from '../statistics.ts';
import { populate, startOne, type World } from '../world.ts';

const SIZES = [10, 1_000, 10_000] as const;
const ROUNDS = 300;
const WARM_UP_ROUNDS = 30;

/** The same new chat in teams of three sizes, in turn, so that the machine's mood falls on all alike. */
export async function teamSize(world: World): Promise<readonly Measure[]> {
  const teams = [];
  for (const agents of SIZES) {
    const projectId = await populate(world, `team-${agents}`, { agents, maxLoad: 1_000 });
    teams.push({ agents, projectId, tookMs: [] as number[], reads: [] as number[] });
  }
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const team of teams) {
      world.counter.reset();
      const tookMs = await timedMs(() => startOne(world, team.projectId));
      if (round < 0) continue;
      team.tookMs.push(tookMs);
      team.reads.push(readUnits(world.counter.calls));
    }
  }
  const [small, middle, large] = teams.map(team => ({
    p50Ms: median(team.tookMs),
    reads: median(team.reads),
  }));
  if (small === undefined || middle === undefined || large === undefined)
    throw new Error('three teams are measured');
  const p50 = (size: { p50Ms: number }) => size.p50Ms / small.p50Ms;
  const note = `p50 ${small.p50Ms.toFixed(2)} ms at 10`;
  return [
    {
      name: 'p50 of a new chat at 1,000 agents against 10',
      value: p50(middle),
      unit: 'x',
      bar: 1.5,
      better: 'at-most',
      note,
    },
    {
      name: 'p50 of a new chat at 10,000 agents against 10',
      value: p50(large),
      unit: 'x',
      bar: 2,
      better: 'at-most',
      note,
    },
    {
      name: 'read units at 10,000 agents against 10',
      value: large.reads / small.reads,
      unit: 'x',
      bar: 2,
      better: 'at-most',
    },
  ];
}
