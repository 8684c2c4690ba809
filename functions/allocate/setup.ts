import { weightsOf } from '../../domain/channel.ts';
import { type LineRules, type Matching, matchLine, type Seeker } from '../../domain/line.ts';
import { ruleFor } from '../../domain/rule.ts';
import { scopeOf } from '../../domain/scope.ts';
import type { Context } from '../edge/context.ts';
import type { Configuration } from '../store/configuration.ts';
import { RECORD_LIMITS } from './decision.ts';
import type { Heads } from './heads.ts';
import { type OpenRoster, openRoster } from './roster.ts';

/** What decisions are made under: one reading of the settings, and the rules they come to. */
export type Setup = Configuration & { readonly rules: LineRules };

export function setUp(configuration: Configuration): Setup {
  const { project, channels, groups } = configuration;
  const { settings, primaryGroupId } = project;
  const there = new Set(groups.filter(group => group.spreading !== 'removal').map(group => group.id));
  // Who reads one chat's configuration has not read the primary group; the mark goes with the group.
  if (primaryGroupId !== null) there.add(primaryGroupId);
  const rules: LineRules = {
    automaticAllocation: settings.automaticAllocation,
    ruleFor: visitor => ruleFor(settings, visitor),
    scopeOf: (policy, asked) => scopeOf(policy, asked, { primaryGroupId, has: id => there.has(id) }),
    weightOf: weightsOf(channels),
    limits: RECORD_LIMITS,
  };
  return { ...configuration, rules };
}

export type Matched = { readonly matching: Matching; readonly roster: OpenRoster };

/** Matches chats against the team, reading on from the heads only as far as the matching needs. */
export async function matchChats(
  context: Context,
  setup: Setup,
  heads: Pick<Heads, 'rank' | 'cursor'>,
  chats: readonly Seeker[],
): Promise<Matched> {
  const { rules } = setup;
  let roster = await openRoster(context, setup, rules, heads, rules.automaticAllocation ? chats : []);
  let matching = matchLine(chats, roster.roster, rules);
  while (matching.stopped && roster.readOn !== null) {
    roster = await roster.readOn();
    matching = matchLine(chats, roster.roster, rules);
  }
  return { matching, roster };
}
