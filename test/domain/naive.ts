import type { Candidate } from '../../domain/agent.ts';
import type { AgentId } from '../../domain/brands.ts';
import type { Demand } from '../../domain/eligibility.ts';
import type { Place } from '../../domain/line.ts';
import { WEIGHTS } from './arbitraries.ts';

/**
 * The rule of seed 002 said a second time, as plainly as possible and with nothing of the domain's code, for the
 * properties to compare with.
 */
export function fits(agent: Candidate, { channelId, weight }: Demand): boolean {
  if (!agent.active || agent.status !== 'online') return false;
  if (agent.channels !== null && !agent.channels.some(own => own === channelId)) return false;
  return agent.vacancy === null || agent.vacancy - weight >= 0;
}

export function availableInOrder(team: readonly Candidate[], chat: Demand): AgentId[] {
  return inRankOrder(team.filter(agent => fits(agent, chat))).map(agent => agent.id);
}

export function inRankOrder(team: readonly Candidate[]): readonly Candidate[] {
  const keys = team.map(sortKey).toSorted();
  return team.toSorted((a, b) => keys.indexOf(sortKey(a)) - keys.indexOf(sortKey(b)));
}

/** The ranking as one text: numbers padded so that they sort as numbers do, "never closed" before every moment. */
function sortKey({ queuePosition, openChats, lastClosedAt, id }: Candidate): string {
  const numbers = [queuePosition, openChats, lastClosedAt === null ? 0 : lastClosedAt + 1];
  return [...numbers.map(number => String(number).padStart(15, '0')), id].join(' ');
}

export type Given = { readonly chatId: Place['chatId']; readonly agentId: AgentId };

export function demandOf(place: Place): Demand {
  return { channelId: place.channelId, weight: WEIGHTS[place.channelId] ?? 1 };
}

/** Chat by chat, oldest first, each to the first of those who are available by then. */
export function oneByOne(line: readonly Place[], team: readonly Candidate[]): Given[] {
  const given: Given[] = [];
  for (const place of line) {
    const [agentId] = availableInOrder(afterClaims(line, team, given), demandOf(place));
    if (agentId !== undefined) given.push({ chatId: place.chatId, agentId });
  }
  return given;
}

/** The team once these chats are their agents'. */
export function afterClaims(
  line: readonly Place[],
  team: readonly Candidate[],
  given: readonly Given[],
): Candidate[] {
  return team.map(agent => {
    const own = given.filter(one => one.agentId === agent.id).map(one => one.chatId);
    const weights = line.filter(place => own.includes(place.chatId)).map(place => demandOf(place).weight);
    const vacancy =
      agent.vacancy === null ? null : weights.reduce((room, weight) => room - weight, agent.vacancy);
    return { ...agent, openChats: agent.openChats + own.length, vacancy };
  });
}
