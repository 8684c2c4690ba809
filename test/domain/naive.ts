import type { Candidate } from '../../domain/agent.ts';
import type { AgentId } from '../../domain/brands.ts';
import type { Place } from '../../domain/line.ts';
import type { PolicyName } from '../../domain/policies.ts';
import type { Cursor } from '../../domain/ranking.ts';
import type { AppliedRule, Rules } from '../../domain/rule.ts';
import { WEIGHTS } from './arbitraries.ts';

/**
 * The rules of the three seeds said a second time, as plainly as possible and with nothing of the domain's code, for
 * the properties to compare with. Only the types are the domain's.
 */
export type Chat = { readonly channelId: string; readonly weight: number; readonly groupId: string | null };

type Team = readonly Candidate[];

function worksWith(agent: Candidate, { channelId }: Pick<Chat, 'channelId'>): boolean {
  return agent.channels === null || agent.channels.some(own => own === channelId);
}

function isMember(agent: Candidate, groupId: string | null): boolean {
  return groupId === null || agent.groups.some(own => own === groupId);
}

export function fits(agent: Candidate, chat: Chat, policy: PolicyName): boolean {
  if (!isMember(agent, chat.groupId)) return false;
  if (!agent.active || agent.status !== 'online' || !worksWith(agent, chat)) return false;
  if (policy === 'reception-weight' && agent.receptionWeight === 0) return false;
  return agent.vacancy === null || agent.vacancy - chat.weight >= 0;
}

/** The available, the first in rank first. Under `all` nobody is searched for. */
export function availableInOrder(team: Team, chat: Chat, policy: PolicyName, cursor: Cursor): AgentId[] {
  if (policy === 'all') return [];
  return inRankOrder(
    team.filter(agent => fits(agent, chat, policy)),
    policy,
    cursor,
    chat.groupId !== null,
  ).map(agent => agent.id);
}

export function inRankOrder(agents: Team, policy: PolicyName, cursor: Cursor, inGroup = false): Team {
  const byId = agents.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (policy === 'member-order') return inTurn(byId, cursor);
  // Sorting keeps what is equal in the order it was in: by the id.
  return byId.toSorted((a, b) =>
    firstDifference(numbersOf(a, policy, inGroup), numbersOf(b, policy, inGroup)),
  );
}

/** What the policy compares, the most important first; the smaller the better. */
function numbersOf(agent: Candidate, policy: PolicyName, inGroup: boolean): readonly number[] {
  const { queuePosition, openChats, memberOrder, receptionWeight, tally } = agent;
  const lastClose = agent.lastClosedAt ?? Number.NEGATIVE_INFINITY;
  switch (policy) {
    case 'smart':
    case 'group':
      return [openChats, lastClose];
    case 'queue-position':
      return [queuePosition, openChats, lastClose];
    case 'least-sessions':
      return [openChats, lastClose, memberOrder];
    case 'reception-weight':
      return [(openChats + 1) / receptionWeight, lastClose];
    case 'month-priority':
      // Within a group that was chosen the position says nothing.
      return [
        inGroup ? 0 : queuePosition,
        tally?.closedToday ?? NaN,
        tally?.closedIn30Days ?? NaN,
        lastClose,
      ];
    default:
      throw new Error(`${policy} compares no numbers`);
  }
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, i) => number !== b[i]);
  return at < 0 ? 0 : Number(a[at]) - Number(b[at]);
}

/** Written down in member order, the list is cut behind the one chosen last, and its two parts change places. */
export function inTurn(byId: Team, cursor: Cursor): Team {
  const list = byId.toSorted((a, b) => a.memberOrder - b.memberOrder);
  if (cursor === null) return list;
  const upTo = list.filter(
    ({ memberOrder, id }) =>
      memberOrder < cursor.memberOrder || (memberOrder === cursor.memberOrder && id <= cursor.agentId),
  );
  return [...list.slice(upTo.length), ...upTo];
}

/** What a line is given out under: the settings, the groups there are, and where the rotation stands. */
export type World = {
  readonly rules: Rules;
  readonly groups: readonly string[];
  readonly primary: string | null;
  readonly cursor: Cursor;
};

type Subject = Pick<Place, 'returning' | 'lastServedBy' | 'asked'>;

/** Who is asked first, the policy that holds then, and what it does when nobody is available. */
function ruleFor({ newVisitors, returningVisitors }: Rules, chat: Omit<Subject, 'asked'>): AppliedRule {
  const set = chat.returning && returningVisitors !== null ? returningVisitors : newVisitors;
  const isOriginal = set.policy === 'original-agent';
  const policy = set.policy === 'original-agent' ? newVisitors.policy : set.policy;
  const usual = policy === 'smart' || policy === 'group' ? 'offer' : 'wait';
  const onNobody = set.onNobody ?? (isOriginal ? newVisitors.onNobody : null) ?? usual;
  return { original: isOriginal ? chat.lastServedBy : null, policy, onNobody };
}

/** The group that is searched; null = the whole team, undefined = there is no such group. */
function groupFor({ rules, groups, primary }: World, chat: Subject): string | null | undefined {
  const isTeam = chat.asked === '*' || (chat.asked === null && ruleFor(rules, chat).policy !== 'group');
  if (isTeam) return null;
  return groups.find(group => group === (chat.asked ?? primary));
}

/** Who gets the chat by now, and whether by force; null = nobody. */
export function takerOf(
  chat: Pick<Place, 'channelId'> & Subject,
  team: Team,
  world: World,
): { readonly agentId: AgentId; readonly forced: boolean } | null {
  const { original, policy } = ruleFor(world.rules, chat);
  const groupId = groupFor(world, chat);
  const asked = team.find(agent => agent.id === original && agent.active && worksWith(agent, chat));
  if (asked !== undefined) return { agentId: asked.id, forced: true };
  if (groupId === undefined) return null;
  const [agentId] = availableInOrder(
    team,
    { ...chat, weight: weightOf(chat), groupId },
    policy,
    world.cursor,
  );
  return agentId === undefined ? null : { agentId, forced: false };
}

export function weightOf({ channelId }: Pick<Place, 'channelId'>): number {
  return WEIGHTS[channelId] ?? 1;
}

export type Given = {
  readonly chatId: Place['chatId'];
  readonly agentId: AgentId;
  readonly forced: boolean;
  /** Where the rotation stands after it. */
  readonly cursor: Cursor;
};

/** Chat by chat, oldest first, each to the first of those who are available by then. */
export function oneByOne(line: readonly Place[], team: Team, world: World): Given[] {
  const given: Given[] = [];
  for (const place of line) {
    const byThen = afterClaims(line, team, given);
    const cursor = given.at(-1)?.cursor ?? world.cursor;
    const taker = takerOf(place, byThen, { ...world, cursor });
    if (taker === null) continue;
    const turns = !taker.forced && ruleFor(world.rules, place).policy === 'member-order';
    const { memberOrder } = byThen.find(agent => agent.id === taker.agentId) as Candidate;
    given.push({
      chatId: place.chatId,
      ...taker,
      cursor: turns ? { memberOrder, agentId: taker.agentId } : cursor,
    });
  }
  return given;
}

/** The team once these chats are their agents'. */
export function afterClaims(
  line: readonly Place[],
  team: Team,
  given: readonly Pick<Given, 'chatId' | 'agentId'>[],
): Candidate[] {
  return team.map(agent => {
    const own = given.filter(one => one.agentId === agent.id).map(one => one.chatId);
    const weights = line.filter(place => own.includes(place.chatId)).map(weightOf);
    const vacancy =
      agent.vacancy === null ? null : weights.reduce((room, weight) => room - weight, agent.vacancy);
    return { ...agent, openChats: agent.openChats + own.length, vacancy };
  });
}

/** Why nobody is available, or null when somebody is. */
export function whyNobody(team: Team, chat: Chat, policy: PolicyName) {
  const members = team.filter(agent => isMember(agent, chat.groupId));
  if (chat.groupId !== null && members.length === 0) return 'empty-group';
  if (members.some(agent => fits(agent, chat, policy))) return null;
  const workers = members.filter(agent => agent.active && worksWith(agent, chat));
  if (workers.length === 0) return 'nobody-works-channel';
  return workers.every(agent => agent.status !== 'online') ? 'nobody-online' : 'all-full';
}

/** Who may accept it once it is offered. */
export function offeredTo(team: Team, chat: Chat): AgentId[] {
  return team
    .filter(agent => agent.active && worksWith(agent, chat) && isMember(agent, chat.groupId))
    .map(agent => agent.id);
}
