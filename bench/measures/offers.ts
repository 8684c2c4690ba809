import type { ProjectId } from '../../domain/brands.ts';
import { agentIdAt } from '../agents.ts';
import { readUnits, writeUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { populate, startOne, type World } from '../world.ts';

const FEW = 2;
const MANY = 2_000;
const CHATS = 10;
const STRIDE = 199;

/** An accept costs the same however many agents the chat was offered to. */
export async function offers(world: World): Promise<readonly Measure[]> {
  const few = await costsOf(world, 'offer-to-few', FEW);
  const many = await costsOf(world, 'offer-to-all', MANY);
  const against = `against one of an offer to ${FEW}`;
  const offering = `offering it took ${many.offer.writes} WU, ${many.offer.reads} RU; to ${FEW} ${few.offer.writes} WU, ${few.offer.reads} RU`;
  return [
    {
      name: `write units of accepting an offer to ${MANY} agents ${against}`,
      value: many.accept.writes / few.accept.writes,
      unit: 'x',
      bar: 1,
      better: 'at-most',
      note: `${many.accept.writes} WU, worst of ${CHATS}; ${offering}`,
    },
    {
      name: 'read units of the same',
      value: many.accept.reads / few.accept.reads,
      unit: 'x',
      bar: 1,
      better: 'at-most',
      note: `${many.accept.reads} RU, worst of ${CHATS}`,
    },
  ];
}

type Cost = { readonly writes: number; readonly reads: number };

/** Chats offered to a whole team, each accepted by another of its agents; the dearest of each. */
async function costsOf(world: World, name: string, agents: number) {
  const projectId = await populate(world, name, { agents, maxLoad: CHATS, policy: 'all' });
  const offered: Cost[] = [];
  const accepted: Cost[] = [];
  for (let chat = 0; chat < CHATS; chat += 1) {
    const offer = await offerOne(world, projectId);
    offered.push(offer.cost);
    // From all over the team: their names stand in different parts of the offer.
    const agent = agentIdAt((chat * STRIDE) % agents);
    world.counter.reset();
    const params = { projectId, chatId: offer.chatId };
    const { body } = await world.call('acceptChat', params, { agent, of: projectId });
    if (body.chat.state !== 'open') throw new Error(`expected an accepted chat, it is ${body.chat.state}`);
    accepted.push(costNow(world));
  }
  return { offer: dearest(offered), accept: dearest(accepted) };
}

async function offerOne(world: World, projectId: ProjectId) {
  world.counter.reset();
  const { body } = await startOne(world, projectId);
  if (body.chat.state !== 'offered') throw new Error(`expected an offered chat, it is ${body.chat.state}`);
  return { chatId: body.chat.id, cost: costNow(world) };
}

function costNow({ counter }: World): Cost {
  return { writes: writeUnits(counter.calls), reads: readUnits(counter.calls) };
}

function dearest(costs: readonly Cost[]): Cost {
  return {
    writes: Math.max(...costs.map(({ writes }) => writes)),
    reads: Math.max(...costs.map(({ reads }) => reads)),
  };
}
