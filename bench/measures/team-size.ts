import type { Agent } from '../../domain/agent.ts';
import type { ProjectId } from '../../domain/brands.ts';
import type { PolicyName } from '../../domain/policies.ts';
import { closedBefore } from '../agents.ts';
import { readUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { median, timedMs } from '../statistics.ts';
import { populate, startOne, switchPolicy, type World } from '../world.ts';

const POLICIES = ['queue-position', 'least-sessions', 'member-order', 'smart'] as const;
const SMALL = 10;
const MIDDLE = 1_000;
const LARGE = 10_000;
const POSITIONS = 3;
/** So many teams of the smallest size take turns, so that their agents' rows grow no longer than those of large teams. */
const SMALL_TEAMS = 20;
const ROUNDS = 150;
const WARM_UP_ROUNDS = 20;

/** The same new chat in teams of three sizes, under each policy whose cost must not depend on the size. */
export async function teamSize(world: World): Promise<readonly Measure[]> {
  const small: ProjectId[] = [];
  for (let team = 0; team < SMALL_TEAMS; team += 1) small.push(await worked(world, `small-${team}`, SMALL));
  const middle = await worked(world, 'middle', MIDDLE);
  const large = await worked(world, 'large', LARGE);
  const spread = await worked(world, 'spread', MIDDLE, index => ({ queuePosition: 1 + (index % POSITIONS) }));

  const lines: Measure[] = [];
  for (const policy of POLICIES) {
    for (const team of [...small, middle, large, spread]) await switchPolicy(world, team, policy);
    lines.push(...linesOf(policy, await costs(world, [small, [middle], [large], [spread]])));
  }
  return [...lines, ...(await groupInTeam(world, large))];
}

function linesOf(policy: PolicyName, [small, middle, large, spread]: readonly Cost[]): readonly Measure[] {
  if (!small || !middle || !large || !spread) throw new Error('four kinds of teams are measured');
  const times = (ofTeam: Cost) => ofTeam.p50Ms / small.p50Ms;
  const p50 = `p50 ${small.p50Ms.toFixed(2)} ms at 10`;
  const positions = `${MIDDLE} agents over ${POSITIONS} queue positions`;
  return [
    atMost(1.5, `${policy}: p50 of a new chat at 1,000 agents against 10`, times(middle), p50),
    atMost(
      2,
      `${policy}: p50 of a new chat at 10,000 agents against 10`,
      times(large),
      `${p50}; ${positions} ${times(spread).toFixed(2)} x`,
    ),
    atMost(
      2,
      `${policy}: read units at 10,000 agents against 10`,
      large.reads / small.reads,
      `${large.reads} against ${small.reads}; ${positions} ${spread.reads}`,
    ),
  ];
}

/** A group costs by its own size: the same ten members, once the whole team and once a thousandth of it. */
async function groupInTeam(world: World, large: ProjectId): Promise<readonly Measure[]> {
  const alone = await worked(world, 'crew-alone', SMALL);
  for (const team of [alone, large]) await switchPolicy(world, team, 'group');
  const [small, inLarge] = await costs(world, [[alone], [large]]);
  if (!small || !inLarge) throw new Error('two teams are measured');
  const note = `p50 ${small.p50Ms.toFixed(2)} ms at 10`;
  const reads = `${inLarge.reads} against ${small.reads}`;
  return [
    atMost(
      2,
      'group: p50 of a new chat for a group of 10 in a team of 10,000 against one of 10',
      inLarge.p50Ms / small.p50Ms,
      note,
    ),
    atMost(2, 'group: read units of the same', inLarge.reads / small.reads, reads),
  ];
}

/** A team of which each agent closed its last chat at a moment of its own; the first ten are the primary group. */
function worked(
  world: World,
  name: string,
  agents: number,
  card: (index: number) => Partial<Agent> = () => ({}),
) {
  return populate(world, name, {
    agents,
    maxLoad: 1_000,
    crew: SMALL,
    card: index => ({ lastClosedAt: closedBefore(index), ...card(index) }),
  });
}

type Cost = { readonly p50Ms: number; readonly reads: number };

/** A new chat in each kind of team in turn, so that the machine's mood falls on all alike. */
async function costs(world: World, kinds: readonly (readonly ProjectId[])[]): Promise<readonly Cost[]> {
  const all = kinds.map(teams => ({ teams, tookMs: [] as number[], reads: [] as number[] }));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const { teams, tookMs, reads } of all) {
      const team = teams.at(round % teams.length) as ProjectId;
      world.counter.reset();
      const ms = await timedMs(() => startOne(world, team));
      if (round < 0) continue;
      tookMs.push(ms);
      reads.push(readUnits(world.counter.calls));
    }
  }
  return all.map(({ tookMs, reads }) => ({ p50Ms: median(tookMs), reads: median(reads) }));
}

function atMost(bar: number, name: string, value: number, note: string): Measure {
  return { name, value, unit: 'x', bar, better: 'at-most', note };
}
