import { closedBefore } from '../agents.ts';
import { dependentRoundTrips, readUnits, writeUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { median } from '../statistics.ts';
import { populate, startOne, type World } from '../world.ts';

const CHATS = 50;
const AGENTS = 100;
const POLICIES = ['queue-position', 'least-sessions', 'smart', 'member-order'] as const;
/** For the note: the team is spread over so many queue positions, not in one. */
const POSITIONS = 5;

/** What one new chat given to an agent costs, by the engine's own count. */
export async function oneChat(world: World): Promise<readonly Measure[]> {
  const lines: Measure[] = [];
  for (const policy of POLICIES) {
    const plain = await costOf(world, policy, 1);
    const spread = await costOf(world, policy, POSITIONS);
    const note = (value: number) => `worst of ${CHATS}; over ${POSITIONS} queue positions ${value}`;
    lines.push(
      {
        name: `${policy}: write units of a new chat given to an agent, indexes included`,
        value: plain.writes,
        unit: 'WU',
        bar: 8,
        better: 'at-most',
        note: note(spread.writes),
      },
      {
        name: `${policy}: read units of the same at ${AGENTS} online agents`,
        value: plain.reads,
        unit: 'RU',
        bar: 6,
        better: 'at-most',
        note: note(spread.reads),
      },
      {
        name: `${policy}: dependent round trips to the table`,
        value: plain.trips,
        unit: 'trips',
        bar: 3,
        better: 'at-most',
        note: `over ${POSITIONS} queue positions ${spread.trips}`,
      },
    );
  }
  return lines;
}

/** Names of projects are equally long and short: they stand in a chat's row, where a kilobyte is a write unit. */
async function costOf(world: World, policy: (typeof POLICIES)[number], positions: number) {
  const projectId = await populate(world, `cost-${POLICIES.indexOf(policy)}-of-${positions}`, {
    agents: AGENTS,
    maxLoad: 5,
    policy,
    card: index => ({
      lastClosedAt: closedBefore(index),
      ...(positions > 1 && { queuePosition: 1 + (index % positions) }),
    }),
  });
  const costs: { writes: number; reads: number; trips: number }[] = [];
  for (let chat = 0; chat < CHATS; chat += 1) {
    world.counter.reset();
    const { body } = await startOne(world, projectId);
    if (body.chat.state !== 'open') throw new Error(`expected an open chat, it is ${body.chat.state}`);
    const { calls } = world.counter;
    costs.push({ writes: writeUnits(calls), reads: readUnits(calls), trips: dependentRoundTrips(calls) });
  }
  return {
    writes: Math.max(...costs.map(({ writes }) => writes)),
    reads: Math.max(...costs.map(({ reads }) => reads)),
    trips: median(costs.map(({ trips }) => trips)),
  };
}
