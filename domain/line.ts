import { type Candidate, canTakeSomething } from './agent.ts';
import type { AgentId, ChannelId, ChatId, GroupId, Instant } from './brands.ts';
import { decide, demandOf, type RecordLimits } from './decide.ts';
import type { Verdict } from './decision.ts';
import { ineligible, isInScope, unforceable, worksWith } from './eligibility.ts';
import { charged } from './load.ts';
import {
  asksCursor,
  ORIGINAL_AGENT,
  type PolicyName,
  policyNamed,
  READING_ORDERS,
  type ReadingOrder,
  rankingOf,
} from './policies.ts';
import { type Cursor, comesBefore } from './ranking.ts';
import type { AppliedRule, RuledBy } from './rule.ts';
import { type Asked, groupOf, type Scope } from './scope.ts';

/** A place in the waiting line. The line is in the order of `chatId`, which sorts by time of creation. */
export type Place = {
  readonly chatId: ChatId;
  readonly channelId: ChannelId;
  readonly asked: Asked;
  /** The group it was searched in when it joined; null = the team. */
  readonly groupId: GroupId | null;
  readonly returning: boolean;
  readonly lastServedBy: AgentId | null;
  readonly handedOver: boolean;
  readonly since: Instant;
  /** Claims that were tried and lost before the chat joined. */
  readonly attempts: number;
  /** Whether the chat's row holds a decision; it has none if it joined because an older chat goes first. */
  readonly decided: boolean;
  /** Whether it is on record why it waits now. */
  readonly explained: boolean;
};

/** A chat that seeks an agent. `leaving`: one that has an agent already, and is to have another one. */
export type Seeker = Place & { readonly leaving?: AgentId };

export type LineRules = {
  readonly automaticAllocation: boolean;
  readonly ruleFor: (place: RuledBy) => AppliedRule;
  readonly scopeOf: (policy: PolicyName, asked: Asked) => Scope;
  readonly weightOf: (channelId: ChannelId) => number;
  readonly limits: RecordLimits;
};

/** The agents that were read: all that could take something, or those before an edge. */
export type Roster = {
  readonly agents: readonly Candidate[];
  /** Those that rules ask before all others, whatever their status. */
  readonly originals: readonly Candidate[];
  readonly order: ReadingOrder;
  /** Whoever was not read comes after one of these, in that order. None = all of the team were read. */
  readonly edges: readonly Candidate[];
  readonly cursor: Cursor;
};

export type Match = {
  readonly place: Seeker;
  readonly scope: Scope;
  readonly verdict: Verdict;
  /** The agent as it was for this chat, the claims before it counted in. */
  readonly agent: Candidate;
  readonly weight: number;
  readonly forced: boolean;
  /** Where the rotation stands after it; undefined = it does not move. */
  readonly cursorAfter: Cursor | undefined;
};

export type Matching = {
  readonly matches: readonly Match[];
  /** Chats that nobody available can take, or whose rule chooses nobody: to be offered, or to wait on. */
  readonly left: readonly Seeker[];
  /** It stopped at a chat that an agent not read might be the right one for. */
  readonly stopped: boolean;
};

/**
 * Gives out a whole line against one reading of the roster: oldest first, each chat by the same decision as a new
 * one, with the claims before it taken into account. A chat that fits nobody is passed over and blocks nobody.
 */
export function matchLine(line: readonly Seeker[], roster: Roster, rules: LineRules): Matching {
  const known = new Map([...roster.agents, ...roster.originals].map(agent => [agent.id, agent]));
  const pool = new Map([...known].filter(([, agent]) => canTakeSomething(agent)));
  const hopeless = new Set<string>();
  const matches: Match[] = [];
  const left: Seeker[] = [];
  let { cursor } = roster;
  if (!rules.automaticAllocation) return { matches, left: line, stopped: false };
  for (const place of line) {
    const rule = rules.ruleFor(place);
    const scope = rules.scopeOf(rule.policy, place.asked);
    // Room only shrinks on the way down the line: what fitted nobody once fits nobody now. No id is empty.
    const kind = `${place.channelId}#${rule.policy}#${place.asked ?? ''}#${place.leaving ?? ''}`;
    if (rule.original === null && hopeless.has(kind)) {
      left.push(place);
      continue;
    }
    const channel = { id: place.channelId, weight: rules.weightOf(place.channelId) };
    const verdict = decide({
      rule,
      scope,
      automaticAllocation: true,
      channel,
      original: (rule.original && known.get(rule.original)) ?? null,
      candidates: within(pool, scope),
      reading: 'rank-order',
      // Groups are read whole, however little of the team was.
      complete: scope.kind === 'group' || roster.edges.length === 0,
      currentAgent: place.leaving ?? null,
      isGroupRemoved: false,
      cursor,
      limits: rules.limits,
    });
    const agent = verdict.winner === null ? undefined : known.get(verdict.winner);
    const forced = verdict.policy === ORIGINAL_AGENT;
    const isCertain = forced || scope.kind !== 'team' || isAhead(agent, rule.policy, roster, cursor);
    if (!isCertain && policyNamed(rule.policy).ranking !== null) return { matches, left, stopped: true };
    if (agent === undefined) {
      hopeless.add(kind);
      left.push(place);
      continue;
    }
    if (!forced && asksCursor(rule.policy)) cursor = { memberOrder: agent.memberOrder, agentId: agent.id };
    const cursorAfter = !forced && asksCursor(rule.policy) ? cursor : undefined;
    matches.push({ place, scope, verdict, agent, weight: channel.weight, forced, cursorAfter });
    const after = charged(agent, channel.weight);
    known.set(agent.id, after);
    if (canTakeSomething(after)) pool.set(agent.id, after);
    else pool.delete(agent.id);
  }
  return { matches, left, stopped: false };
}

/** Agents read for other chats of the line are nobody's business here. */
function within(pool: ReadonlyMap<AgentId, Candidate>, scope: Scope): readonly Candidate[] {
  const groupId = groupOf(scope);
  const agents = [...pool.values()];
  return groupId === null ? agents : agents.filter(agent => isInScope(agent, { groupId }));
}

/** Whether nobody that was not read can come before the one found. */
function isAhead(
  agent: Candidate | undefined,
  policy: PolicyName,
  { edges, order, cursor: readFrom }: Roster,
  cursor: Cursor,
): boolean {
  if (edges.length === 0) return true;
  if (agent === undefined) return false;
  const ranking = rankingOf(policy);
  const kept: readonly string[] = READING_ORDERS[order];
  const differsAt = ranking.findIndex((name, index) => name !== kept[index]);
  return edges.every(edge => {
    // The rotation has come to the last one read, or in a group past it: the next one was not read.
    if (order === 'rotation' && cursor !== readFrom && hasReached(cursor, edge, readFrom)) return false;
    if (differsAt < 0) return !comesBefore(ranking, edge, agent, cursor);
    // Who ties with the edge by what the reading keeps to may still be overtaken by one that ties with it too.
    return comesBefore(ranking.slice(0, differsAt), agent, edge, cursor);
  });
}

/** Whether a rotation that began behind `from` has come as far as this agent. */
function hasReached(cursor: Cursor, edge: Candidate, from: Cursor): boolean {
  if (cursor === null) return false;
  const last = { ...edge, id: cursor.agentId, memberOrder: cursor.memberOrder };
  return !comesBefore(['rotation'], last, edge, from);
}

/** Whether an older waiting chat could use the slot that a newcomer is about to take: then the newcomer joins the line. */
export function wouldOvertake(
  line: readonly (Pick<Place, 'channelId' | 'asked'> & RuledBy)[],
  agent: Candidate,
  rules: LineRules,
): boolean {
  return line.some(older => {
    const rule = rules.ruleFor(older);
    const scope = rules.scopeOf(rule.policy, older.asked);
    const channel = { id: older.channelId, weight: rules.weightOf(older.channelId) };
    const demand = demandOf({ rule, scope, channel });
    if (rule.original === agent.id && unforceable(agent, demand) === null) return true;
    if (scope.kind === 'nowhere' || policyNamed(rule.policy).ranking === null) return false;
    return isInScope(agent, demand) && ineligible(agent, demand) === null;
  });
}

/** What of the team a waiting chat can go to. */
export type Reach = Pick<Place, 'channelId' | 'groupId'>;

/**
 * The visitor's place: 1 = next. Counts the older waiting chats that could go to one of the same agents.
 * `agents` are those of the project, whatever their status.
 */
export function positionOf(own: Reach, older: readonly Reach[], agents: readonly Candidate[]): number {
  const shares = new Map<string, boolean>();
  const sharesAnAgent = (other: Reach): boolean => {
    const kind = reachKey(other);
    const known = shares.get(kind);
    if (known !== undefined) return known;
    const found =
      isSameReach(own, other) || agents.some(agent => canServe(agent, own) && canServe(agent, other));
    shares.set(kind, found);
    return found;
  };
  return 1 + older.filter(sharesAnAgent).length;
}

export function isSameReach(own: Reach, other: Reach): boolean {
  return own.channelId === other.channelId && own.groupId === other.groupId;
}

/** The same for the same reach only. */
export function reachKey({ channelId, groupId }: Reach): string {
  return `${channelId}#${groupId ?? ''}`;
}

function canServe(agent: Candidate, reach: Reach): boolean {
  return agent.active && worksWith(agent, reach) && isInScope(agent, reach);
}
