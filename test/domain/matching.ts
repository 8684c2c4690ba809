import type { Candidate } from '../../domain/agent.ts';
import type { GroupId } from '../../domain/brands.ts';
import type { LineRules, Match, Matching, Place, Roster } from '../../domain/line.ts';
import { ruleFor } from '../../domain/rule.ts';
import { scopeOf } from '../../domain/scope.ts';
import { lineRules, place } from '../support/domain.ts';
import { WEIGHTS } from './arbitraries.ts';
import type { Given, World } from './naive.ts';

/** A line of chats of these channels, oldest first: chat_1, chat_2, … */
export function lineOf(...channels: string[]): Place[] {
  return channels.map((channelId, i) => place({ chatId: `chat_${i + 1}`, channelId }));
}

/** Everybody was read, unless edges are given. */
export function rosterOf(agents: readonly Candidate[], given: Partial<Roster> = {}): Roster {
  return { agents, originals: [], order: 'everyone', edges: [], cursor: null, ...given };
}

/** Which chat goes to whom, as a test says it. */
export function said({ matches }: Pick<Matching, 'matches'>): string[] {
  return matches.map(match => `${match.place.chatId} to ${match.agent.id}`);
}

/** The rules of a world as the domain has them. */
export function rulesOf({ rules, groups, primary }: World): LineRules {
  const there: Parameters<typeof scopeOf>[2] = {
    primaryGroupId: primary as GroupId | null,
    has: id => groups.includes(id),
  };
  return lineRules({
    ruleFor: visitor => ruleFor(rules, visitor),
    scopeOf: (policy, asked) => scopeOf(policy, asked, there),
    weights: WEIGHTS,
  });
}

/** Those who could take some chat: more of the team is not read, but for those that rules and groups name. */
export function takers(team: readonly Candidate[]): readonly Candidate[] {
  return team.filter(agent => agent.active && agent.status === 'online' && (agent.vacancy ?? 1) >= 1);
}

/** Who last served a visitor of the line whose rule asks for that, whatever the status. */
export function originals(
  places: readonly Place[],
  team: readonly Candidate[],
  world: World,
): readonly Candidate[] {
  const asked = places.map(place => ruleFor(world.rules, place).original);
  return team.filter(agent => asked.includes(agent.id));
}

/** The members of the groups the line is searched in, whatever the status. */
export function members(
  places: readonly Place[],
  team: readonly Candidate[],
  world: World,
): readonly Candidate[] {
  const rules = rulesOf(world);
  const searched = places.flatMap(place => {
    const scope = rules.scopeOf(rules.ruleFor(place).policy, place.asked);
    return scope.kind === 'group' ? [scope.groupId] : [];
  });
  return team.filter(agent => agent.groups.some(id => searched.includes(id)));
}

/** All of the team that matters to the line. */
export function wholeRoster(places: readonly Place[], team: readonly Candidate[], world: World): Roster {
  const agents = [...takers(team), ...members(places, team, world)];
  return rosterOf(agents, { originals: originals(places, team, world), cursor: world.cursor });
}

/** What was matched, in the words of the naive rules. `from`: where the rotation stood. */
export function givenBy(matches: readonly Match[], { cursor }: Pick<World, 'cursor'>): Given[] {
  let stands = cursor;
  return matches.map(({ place, agent, forced, cursorAfter }) => {
    if (cursorAfter !== undefined) stands = cursorAfter;
    return { chatId: place.chatId, agentId: agent.id, forced, cursor: stands };
  });
}
