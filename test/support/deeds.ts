import type { ChatId } from '../../domain/brands.ts';
import type { chanceOf } from './chance.ts';
import type { Reply, World } from './world.ts';

type Among = {
  readonly chatId: ChatId;
  readonly agentIds: readonly string[];
  readonly groupIds: readonly string[];
};

/** Something at random that is done to a chat that somebody has, or that an operator does to the job. */
export function someDeed(
  world: World,
  { next, pick }: ReturnType<typeof chanceOf>,
  { chatId, agentIds, groupIds }: Among,
): Promise<Reply> {
  const roll = next();
  if (roll < 0.12) return world.hold(chatId);
  if (roll < 0.3) return world.resume(chatId);
  if (roll < 0.42) return world.transfer(chatId, { agentId: pick(agentIds) });
  // A bot may do so with what is its own, and is told so where it is not.
  const as = next() < 0.7 ? 'operator' : 'bot';
  if (roll < 0.9) return world.transfer(chatId, { groupId: pick(groupIds) }, { as });
  return world.job(pick(['start', 'start', 'run', 'run', 'stop'] as const));
}

/** The job is on for some minutes, and whatever is queued and not on hold is decided. */
export async function letTheJobCome(world: World): Promise<void> {
  await world.job('start');
  await world.passMinute();
  await world.passMinute();
}
