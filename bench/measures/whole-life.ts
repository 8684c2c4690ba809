import type { ChatId, ProjectId } from '../../domain/brands.ts';
import { readChat } from '../../functions/store/chats.ts';
import { agentIdAt, closedBefore } from '../agents.ts';
import { readUnits, writeUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { populate, startOne, type World } from '../world.ts';

const CHATS = 100;
const AGENTS = 100;
const MESSAGES = 6;
const HELD_EACH = 10;
/** 15 in 100. */
const isTransferred = (chat: number) => chat % 20 < 3;

/** On demand, per million (docs/decisions/0001-one-table.md). */
const DOLLARS_PER_MILLION_WRITES = 0.625;
const DOLLARS_PER_MILLION_READS = 0.125;

type Step = 'start' | 'messages' | 'hold and resume' | 'transfer' | 'close';
type Units = { writes: number; reads: number };

/** What a chat costs from its start to its close, by the engine's own count, step by step. */
export async function wholeLife(world: World): Promise<readonly Measure[]> {
  const projectId = await populate(world, 'life', {
    agents: AGENTS,
    maxLoad: 5,
    card: index => ({ lastClosedAt: closedBefore(index) }),
  });
  const steps = new Map<Step, Units>();
  const during = async <T>(step: Step, work: () => Promise<T>): Promise<T> => {
    world.counter.reset();
    const result = await work();
    const { calls } = world.counter;
    const before = steps.get(step) ?? { writes: 0, reads: 0 };
    steps.set(step, { writes: before.writes + writeUnits(calls), reads: before.reads + readUnits(calls) });
    return result;
  };
  for (let chat = 0; chat < CHATS; chat += 1) await oneLife(world, projectId, chat, during);
  return linesOf(steps);
}

type During = <T>(step: Step, work: () => Promise<T>) => Promise<T>;

async function oneLife(world: World, projectId: ProjectId, chat: number, during: During): Promise<void> {
  const { body } = await during('start', () => startOne(world, projectId, 'Hello, is anybody there?'));
  const { id } = body.chat;
  const params = { projectId, chatId: id };
  const as = { operatorOf: projectId };
  for (let message = 1; message < MESSAGES; message += 1) {
    const text = 'A sentence or two, as people write them in a chat: what they need, and since when.';
    await during('messages', () => world.call('postMessage', params, as, { text }));
  }
  if (chat % HELD_EACH === 0) {
    await during('hold and resume', async () => {
      await world.call('holdChat', params, as);
      await world.call('resumeChat', params, as);
    });
  }
  if (isTransferred(chat)) {
    const to = { agentId: await anotherThanOf(world, projectId, id, chat) };
    await during('transfer', () => world.call('transferChat', params, as, { to }));
  }
  await during('close', () => world.call('closeChat', params, as));
}

async function anotherThanOf({ context }: World, projectId: ProjectId, id: ChatId, turn: number) {
  const stored = await readChat(context.table, projectId, id);
  const next = agentIdAt(turn % AGENTS);
  return stored?.chat.lastServedBy === next ? agentIdAt((turn + 1) % AGENTS) : next;
}

function linesOf(steps: ReadonlyMap<Step, Units>): readonly Measure[] {
  const all = [...steps.values()];
  const writes = all.reduce((sum, units) => sum + units.writes, 0) / CHATS;
  const reads = all.reduce((sum, units) => sum + units.reads, 0) / CHATS;
  const by = (what: keyof Units) =>
    [...steps].map(([step, units]) => `${step} ${(units[what] / CHATS).toFixed(2)}`).join(', ');
  const dollars = writes * DOLLARS_PER_MILLION_WRITES + reads * DOLLARS_PER_MILLION_READS;
  return [
    {
      name: 'whole life of a chat: write units on average, indexes included',
      value: writes,
      unit: 'WU',
      bar: 26,
      better: 'at-most',
      note: by('writes'),
    },
    {
      name: 'the same: read units',
      value: reads,
      unit: 'RU',
      bar: 14,
      better: 'at-most',
      note: `${by('reads')}; $${dollars.toFixed(2)} per million chats for both`,
    },
  ];
}
