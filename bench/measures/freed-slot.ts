import { readChat } from '../../functions/store/chats.ts';
import type { Measure } from '../measure.ts';
import { median, percentile, timedMs } from '../statistics.ts';
import { populate, startOne, type World } from '../world.ts';

const WAITING = 300;
const PLAIN = 200;

/** A slot frees while chats wait: the next in line has it when the close is answered, without the periodic search. */
export async function freedSlot(world: World): Promise<readonly Measure[]> {
  const plain = await populate(world, 'plain', { agents: 100, maxLoad: 1_000 });
  const plainMs: number[] = [];
  for (let chat = 0; chat < PLAIN; chat += 1) plainMs.push(await timedMs(() => startOne(world, plain)));

  const projectId = await populate(world, 'full', { agents: 1, maxLoad: 1 });
  const line = [];
  for (let chat = 0; chat <= WAITING; chat += 1) line.push((await startOne(world, projectId)).body.chat);
  const handoverMs: number[] = [];
  for (let place = 0; place < WAITING; place += 1) {
    const [leaving, next] = [line[place], line[place + 1]];
    if (leaving === undefined || next === undefined) throw new Error('the line is too short');
    const params = { projectId, chatId: leaving.id };
    handoverMs.push(await timedMs(() => world.call('closeChat', params, { operatorOf: projectId })));
    const present = await readChat(world.context.table, projectId, next.id);
    if (present?.chat.state !== 'open') throw new Error(`chat ${place + 1} was not given out by the close`);
  }
  return [
    {
      name: 'a slot frees: p99 until the next has it, against p50 of a plain new chat',
      value: percentile(handoverMs, 0.99) / median(plainMs),
      unit: 'x',
      bar: 10,
      better: 'at-most',
      note: `${WAITING} of ${WAITING} by the event`,
    },
  ];
}
