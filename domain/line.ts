import { type Candidate, hasRoom } from './agent.ts';
import type { AgentId, ChannelId, ChatId, GroupId, Instant } from './brands.ts';
import { decide, type RecordLimits } from './decide.ts';
import type { Verdict } from './decision.ts';
import { type Demand, ineligible, worksWith } from './eligibility.ts';
import { charged } from './load.ts';
import { rankingOf } from './policies.ts';
import { comesBefore } from './ranking.ts';
import type { Rule } from './settings.ts';

/** A place in the waiting line. The line is in the order of `chatId`, which sorts by time of creation. */
export type Place = {
  readonly chatId: ChatId;
  readonly channelId: ChannelId;
  readonly groupId: GroupId | null;
  readonly returning: boolean;
  readonly since: Instant;
  /** Claims that were tried and lost before the chat joined. */
  readonly attempts: number;
  /** Whether a decision about it is on record; it has none if it joined because an older chat goes first. */
  readonly decided: boolean;
};

/** Whether an older waiting chat could use the slot that a newcomer is about to take: then the newcomer joins the line. */
export function wouldOvertake(line: readonly Demand[], agent: Candidate): boolean {
  return line.some(older => ineligible(agent, older) === null);
}

export type LineRules = {
  readonly automaticAllocation: boolean;
  readonly ruleFor: (returning: boolean) => Rule;
  readonly weightOf: (channelId: ChannelId) => number;
  readonly limits: RecordLimits;
};

export type Match = {
  readonly place: Place;
  readonly verdict: Verdict;
  /** The agent as it was for this chat, the claims before it counted in. */
  readonly agent: Candidate;
  readonly weight: number;
};

/** The agents that could take something, as read from the rank index: all of them, or the first so many in rank. */
export type Roster = { readonly agents: readonly Candidate[]; readonly complete: boolean };

/**
 * Gives out a whole line against one reading of the roster: oldest first, each chat by the same decision as a new
 * one, with the claims before it taken into account. A chat that fits nobody is passed over and blocks nobody.
 * Where the roster is not complete, it stops at the first chat that an agent not read might be the right one for.
 */
export function matchLine(line: readonly Place[], roster: Roster, rules: LineRules): readonly Match[] {
  if (!rules.automaticAllocation) return [];
  const candidates = new Map<AgentId, Candidate>(roster.agents.map(agent => [agent.id, agent]));
  const lastRead = roster.complete ? undefined : roster.agents.at(-1);
  const hopeless = new Set<string>();
  const matches: Match[] = [];
  for (const place of line) {
    const { policy } = rules.ruleFor(place.returning);
    const demand = { channelId: place.channelId, weight: rules.weightOf(place.channelId) };
    // Room only shrinks on the way down the line: what fitted nobody once fits nobody now.
    const kind = `${place.channelId}#${policy}`;
    if (hopeless.has(kind)) continue;
    const verdict = decide({
      policy,
      automaticAllocation: true,
      demand,
      candidates: [...candidates.values()],
      reading: 'rank-order',
      complete: roster.complete,
      limits: rules.limits,
    });
    const agent = verdict.winner === null ? undefined : candidates.get(verdict.winner);
    const isCertain = lastRead === undefined || (agent && !comesBefore(rankingOf(policy), lastRead, agent));
    if (!isCertain) break;
    if (agent === undefined) {
      hopeless.add(kind);
      continue;
    }
    matches.push({ place, verdict, agent, weight: demand.weight });
    const after = charged(agent, demand.weight);
    if (hasRoom(after.vacancy, 1)) candidates.set(agent.id, after);
    else candidates.delete(agent.id);
  }
  return matches;
}

/**
 * The visitor's place: 1 = next. Counts the older waiting chats that could go to one of the same agents.
 * `agents` are those of the project, whatever their status.
 */
export function positionOf(
  own: Pick<Place, 'channelId'>,
  older: readonly Place[],
  agents: readonly Candidate[],
): number {
  const shares = new Map<ChannelId, boolean>();
  const sharesAnAgent = (channelId: ChannelId): boolean => {
    const known = shares.get(channelId);
    if (known !== undefined) return known;
    const found = agents.some(
      agent => agent.active && worksWith(agent, own) && worksWith(agent, { channelId }),
    );
    shares.set(channelId, found);
    return found;
  };
  return (
    1 + older.filter(place => place.channelId === own.channelId || sharesAnAgent(place.channelId)).length
  );
}
