import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { type LineRules, type Match, matchLine, type Place } from '../../domain/line.ts';
import type { Project } from '../../domain/project.ts';
import { ruleFor } from '../../domain/settings.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { type RankPage, readRank } from '../store/agents.ts';
import { readProjectAndChannels } from '../store/channels.ts';
import { type LinePage, readLine } from '../store/line.ts';
import { RECORD_LIMITS } from './decision.ts';

/** The heads of the waiting line and of the rank index: all that most decisions need to know of either. */
export type Heads = { readonly line: LinePage; readonly rank: RankPage };

/**
 * The line after the rank: a claim names the agent as the rank showed it, so whoever joined the line before this
 * reading of it is seen by everybody who could take that agent (docs/decisions/0003-waiting-line.md).
 */
export async function readHeads({ table }: Context, projectId: ProjectId): Promise<Heads> {
  const rank = await readRank(table, projectId, BOUNDS.rankHeadRows);
  return { rank, line: await readLine(table, projectId, BOUNDS.lineHeadRows) };
}

/** The settings that a whole look is made under. */
type Setup = { readonly project: Project; readonly rules: LineRules };

async function readSetup({ table }: Context, projectId: ProjectId): Promise<Setup | null> {
  const { project, channels } = await readProjectAndChannels(table, projectId);
  if (project === null) return null;
  const { settings } = project;
  const rules: LineRules = {
    automaticAllocation: settings.automaticAllocation,
    ruleFor: returning => ruleFor(settings, returning),
    weightOf: weightsOf(channels),
    limits: RECORD_LIMITS,
  };
  return { project, rules };
}

/** What could be given out now, by one reading of line and roster. */
export type Sight = {
  readonly project: Project;
  readonly roster: ReadonlyMap<AgentId, Candidate>;
  readonly matches: readonly Match[];
  /** The waiting chats looked at last, and the rules they were looked at under. */
  readonly places: readonly Place[];
  readonly rules: LineRules;
  /** The whole line was matched against the whole roster: what is not among the matches fits nobody now. */
  readonly whole: boolean;
  readonly since: Instant;
};

/**
 * Matches the line against the roster. Of both it reads on from the heads only as far as it must: ten waiting chats
 * need the first few of ten thousand agents, and a thousand chats that fit nobody must not hide the one behind them.
 */
async function match(
  context: Context,
  { project, rules }: Setup,
  heads: Heads,
  since: Instant,
): Promise<Sight> {
  const { table } = context;
  const agents = [...heads.rank.candidates];
  let { line, rank } = heads;
  for (;;) {
    if (line.last !== null && line.places.length < BOUNDS.lineBatchChatsMax) {
      const more = await readLine(table, project.id, BOUNDS.lineBatchChatsMax, line.last);
      line = { places: [...line.places, ...more.places], last: more.last };
    }
    let matches = matchLine(line.places, { agents, complete: rank.last === null }, rules);
    while (rank.last !== null && matches.length < line.places.length) {
      const rows = Math.max(BOUNDS.rankRowsMore, agents.length, line.places.length);
      rank = await readRank(table, project.id, rows, rank.last);
      agents.push(...rank.candidates);
      matches = matchLine(line.places, { agents, complete: rank.last === null }, rules);
    }
    if (matches.length > 0 || line.last === null) {
      const whole = line.last === null && rank.last === null;
      const roster = new Map(agents.map(agent => [agent.id, agent]));
      return { project, rules, roster, matches, places: line.places, whole, since };
    }
    line = await readLine(table, project.id, BOUNDS.lineBatchChatsMax, line.last);
  }
}

/**
 * Reads everything anew and matches it; null when nobody waits, or the project is gone. Where nobody could take
 * anything it stops at the head of the line, unless the `wholeLine` is wanted all the same.
 */
export async function look(
  context: Context,
  projectId: ProjectId,
  wholeLine: boolean,
): Promise<Sight | null> {
  const heads = await readHeads(context, projectId);
  const { places } = heads.line;
  if (places.length === 0) return null;
  const since = context.now();
  const setup = await readSetup(context, projectId);
  if (setup === null) return null;
  if (wholeLine || heads.rank.candidates.length > 0) return match(context, setup, heads, since);
  return { ...setup, roster: new Map(), matches: [], places, whole: true, since };
}
