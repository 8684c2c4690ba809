import { dependentRoundTrips, readUnits, writeUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { median } from '../statistics.ts';
import { populate, startOne, type World } from '../world.ts';

const CHATS = 50;
const AGENTS = 100;

/** What one new chat given to an agent costs, by the engine's own count. */
export async function oneChat(world: World): Promise<readonly Measure[]> {
  const projectId = await populate(world, 'one-chat', { agents: AGENTS, maxLoad: 5 });
  const costs: { writes: number; reads: number; trips: number }[] = [];
  for (let chat = 0; chat < CHATS; chat += 1) {
    world.counter.reset();
    const { body } = await startOne(world, projectId);
    if (body.chat.state !== 'open') throw new Error(`expected an open chat, it is ${body.chat.state}`);
    const { calls } = world.counter;
    costs.push({ writes: writeUnits(calls), reads: readUnits(calls), trips: dependentRoundTrips(calls) });
  }
  const worst = (values: readonly number[]) => Math.max(...values);
  return [
    {
      name: 'write units of a new chat given to an agent, indexes included',
      value: worst(costs.map(cost => cost.writes)),
      unit: 'WU',
      bar: 8,
      better: 'at-most',
      note: `worst of ${CHATS}`,
    },
    {
      name: `read units of the same at ${AGENTS} online agents`,
      value: worst(costs.map(cost => cost.reads)),
      unit: 'RU',
      bar: 6,
      better: 'at-most',
      note: `worst of ${CHATS}`,
    },
    {
      name: 'dependent round trips to the table',
      value: median(costs.map(cost => cost.trips)),
      unit: 'trips',
      bar: 3,
      better: 'at-most',
    },
  ];
}
