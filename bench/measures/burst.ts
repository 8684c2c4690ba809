import { readAgent } from '../../functions/store/agents.ts';
import { claims } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { median, timedMs } from '../statistics.ts';
import { agentIdAt, populate, startOne, type World } from '../world.ts';

const CHATS = 64;
const AGENTS = 1_000;
const ROUNDS = 5;

/** Many chats at the same moment over many free agents: everybody wants the same best one. */
export async function burst(world: World): Promise<readonly Measure[]> {
  const claimsPerChat: number[] = [];
  const ratios: number[] = [];
  let firstInRank = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const oneByOne = await populate(world, `one-by-one-${round}`, { agents: AGENTS, maxLoad: 5 });
    const atOnce = await populate(world, `at-once-${round}`, { agents: AGENTS, maxLoad: 5 });
    const oneByOneMs = await timedMs(async () => {
      for (let chat = 0; chat < CHATS; chat += 1) await startOne(world, oneByOne);
    });
    world.counter.reset();
    const atOnceMs = await timedMs(() =>
      Promise.all(Array.from({ length: CHATS }, () => startOne(world, atOnce))),
    );
    claimsPerChat.push(claims(world.counter.calls) / CHATS);
    ratios.push(oneByOneMs / atOnceMs);
    firstInRank += await chatsOfFirst(world, atOnce);
  }
  return [
    {
      name: `${CHATS} at once over ${AGENTS} agents: claim transactions per assigned chat`,
      value: Math.max(...claimsPerChat),
      unit: 'claims',
      bar: 2.5,
      better: 'at-most',
      note: `worst of ${ROUNDS}`,
    },
    {
      name: `the same: share assigned to exactly the ${CHATS} agents that rank first`,
      value: firstInRank / (ROUNDS * CHATS),
      unit: '',
      bar: 1,
      better: 'at-least',
    },
    {
      name: 'the same: chats per second against one at a time',
      value: median(ratios),
      unit: 'x',
      bar: 1,
      better: 'at-least',
    },
  ];
}

/** How many of the first agents in rank have exactly one chat. */
async function chatsOfFirst(world: World, projectId: Parameters<typeof startOne>[1]): Promise<number> {
  let exactlyOne = 0;
  for (let index = 0; index < CHATS; index += 1) {
    const agent = await readAgent(world.context.table, projectId, agentIdAt(index));
    if (agent?.openChats === 1) exactlyOne += 1;
  }
  return exactlyOne;
}
