import type { ChatId, ProjectId } from '../../domain/brands.ts';
import { readChat } from '../../functions/store/chats.ts';
import { agentIdAt, closedBefore } from '../agents.ts';
import { dependentRoundTrips, writeUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { populate, startOne, type World } from '../world.ts';

const CHATS = 30;
const AGENTS = 20;

/** What an agent's own verbs cost: each is one transaction, whatever it moves. */
export async function workingAChat(world: World): Promise<readonly Measure[]> {
  const projectId = await populate(world, 'working', {
    agents: AGENTS,
    maxLoad: 100,
    card: index => ({ lastClosedAt: closedBefore(index) }),
  });
  const transfers: Cost[] = [];
  const holds: Cost[] = [];
  const resumes: Cost[] = [];
  for (let chat = 0; chat < CHATS; chat += 1) {
    const { body } = await startOne(world, projectId);
    const { id } = body.chat;
    const to = await anotherThanOf(world, projectId, id, chat);
    const ask = { projectId, chatId: id };
    transfers.push(await costOf(world, projectId, 'transferChat', ask, { to: { agentId: to } }));
    holds.push(await costOf(world, projectId, 'holdChat', ask));
    resumes.push(await costOf(world, projectId, 'resumeChat', ask));
  }
  return [
    ...linesOf('transfer of a chat between two agents', transfers, 10),
    { ...tripsOf('transfer of a chat between two agents', transfers), bar: 4 },
    ...linesOf('hold', holds, 8),
    ...linesOf('resume', resumes, 8),
  ];
}

/** In turn, so that no agent gathers more chats than one has. */
async function anotherThanOf({ context }: World, projectId: ProjectId, id: ChatId, turn: number) {
  const stored = await readChat(context.table, projectId, id);
  const next = agentIdAt(turn % AGENTS);
  return stored?.chat.lastServedBy === next ? agentIdAt((turn + 1) % AGENTS) : next;
}

type Cost = { readonly writes: number; readonly transactions: number; readonly trips: number };

async function costOf(
  world: World,
  projectId: ProjectId,
  verb: 'transferChat' | 'holdChat' | 'resumeChat',
  params: Record<string, string>,
  body?: unknown,
): Promise<Cost> {
  world.counter.reset();
  await world.call(verb, params, { operatorOf: projectId }, body);
  const { calls } = world.counter;
  const writes = calls.filter(({ name }) => /Put|Update|Delete|Write/.test(name));
  if (writes.some(({ name }) => name !== 'TransactWrite'))
    throw new Error(`${verb} wrote outside a transaction`);
  // The search that follows a freed slot is another matter: it begins after the last write.
  const wroteMs = Math.max(...writes.map(({ endedMs }) => endedMs));
  const own = calls.filter(({ startedMs }) => startedMs < wroteMs);
  return { writes: writeUnits(calls), transactions: writes.length, trips: dependentRoundTrips(own) };
}

function linesOf(name: string, costs: readonly Cost[], bar: number): Measure[] {
  const worst = (what: keyof Cost) => Math.max(...costs.map(cost => cost[what]));
  const note = `worst of ${CHATS}`;
  return [
    {
      name: `${name}: write units, indexes included`,
      value: worst('writes'),
      unit: 'WU',
      bar,
      better: 'at-most',
      note,
    },
    { name: `${name}: transactions`, value: worst('transactions'), unit: 'tx', bar: 1, better: 'at-most' },
  ];
}

function tripsOf(name: string, costs: readonly Cost[]): Omit<Measure, 'bar'> {
  const value = Math.max(...costs.map(({ trips }) => trips));
  return { name: `${name}: dependent round trips to the table`, value, unit: 'trips', better: 'at-most' };
}
