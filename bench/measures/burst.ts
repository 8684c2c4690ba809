import { readAgent } from '../../functions/store/agents.ts';
import { agentIdAt } from '../agents.ts';
import { claims } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { median, timedMs } from '../statistics.ts';
import { populate, startOne, type World } from '../world.ts';

const CHATS = 64;
const AGENTS = 1_000;
const ROUNDS = 5;

/** Many chats at the same moment over many free agents: everybody wants the same best one. */
export async function burst(world: World): Promise<readonly Measure[]> {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const oneByOne = await populate(world, `one-by-one-${round}`, { agents: AGENTS, maxLoad: 5 });
    const atOnce = await populate(world, `at-once-${round}`, { agents: AGENTS, maxLoad: 5 });
    const oneByOneMs = await timedMs(async () => {
      for (let chat = 0; chat < CHATS; chat += 1) await startOne(world, oneByOne);
    });
    const atOnceMs = await timedMs(() => startAtOnce(world, atOnce));
    ratios.push(oneByOneMs / atOnceMs);
  }
  const value = median(ratios);
  return [
    {
      name: 'the same: chats per second against one at a time',
      value,
      unit: 'x',
      bar: 1,
      better: 'at-least',
    },
  ];
}

/** The same burst, counted where each request has a process of its own and they meet in the table only. */
export async function burstClaims(lambdas: World): Promise<readonly Measure[]> {
  const claimsPerChat: number[] = [];
  let firstInRank = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const projectId = await populate(lambdas, `apart-${round}`, { agents: AGENTS, maxLoad: 5 });
    lambdas.counter.reset();
    await startAtOnce(lambdas, projectId);
    claimsPerChat.push(claims(lambdas.counter.calls) / CHATS);
    firstInRank += await chatsOfFirst(lambdas, projectId);
  }
  return [
    {
      name: `${CHATS} at once over ${AGENTS} agents: claim transactions per assigned chat`,
      value: Math.max(...claimsPerChat),
      unit: 'claims',
      bar: 2.5,
      better: 'at-most',
      note: `worst of ${ROUNDS}; several chats share a transaction`,
    },
    {
      name: `the same: share assigned to exactly the ${CHATS} agents that rank first`,
      value: firstInRank / (ROUNDS * CHATS),
      unit: '',
      bar: 1,
      better: 'at-least',
    },
  ];
}

function startAtOnce(world: World, projectId: Parameters<typeof startOne>[1]) {
  return Promise.all(Array.from({ length: CHATS }, () => startOne(world, projectId)));
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
