import { type Agent, type Card, vacancyOf } from './agent.ts';
import type { Instant } from './brands.ts';
import { type Group, queuePositionOf } from './group.ts';
import type { Schedule } from './schedule.ts';
import { bySchedule } from './status.ts';

/**
 * The agent with a new card; load, chats and counters stay as they are. A schedule that is new or another one takes
 * effect at once: inside its hours the agent goes online, outside them offline. `groups` are those of the card.
 */
export function withCard(
  agent: Agent,
  card: Card,
  groups: readonly Pick<Group, 'queuePosition'>[],
  now: Instant,
): Agent {
  const after: Agent = {
    ...agent,
    ...card,
    queuePosition: queuePositionOf(groups),
    vacancy: vacancyOf(card.maxLoad, agent.load),
    version: agent.version + 1,
    cardVersion: agent.cardVersion + 1,
  };
  if (card.schedule === null) return { ...after, nextEdgeAt: null };
  return isSameSchedule(card.schedule, agent.schedule) ? after : bySchedule(after, card.schedule, now);
}

/** What of an agent is its card. */
export function cardOf(agent: Agent): Card {
  const { name, active, groups, channels, maxLoad, receptionWeight, memberOrder, schedule } = agent;
  return { name, active, groups, channels, maxLoad, receptionWeight, memberOrder, schedule };
}

/** Whether saving the second card in place of the first would change nothing. */
export function isSameCard(a: Card, b: Card): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
}

function isSameSchedule(a: Schedule | null, b: Schedule | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The order in which groups and channels are named says nothing. */
function inOrder(card: Card): readonly unknown[] {
  const { name, active, groups, channels, maxLoad, receptionWeight, memberOrder, schedule } = card;
  const works = channels && [...channels].sort();
  return [name, active, [...groups].sort(), works, maxLoad, receptionWeight, memberOrder, schedule];
}
