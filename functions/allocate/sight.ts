import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { type LineRules, type Match, matchLine } from '../../domain/line.ts';
import type { Project } from '../../domain/project.ts';
import { ruleFor } from '../../domain/settings.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { type RankPage, readRank } from '../store/agents.ts';
import { readChannels } from '../store/channels.ts';
import { type LinePage, readLine } from '../store/line.ts';
import { readProject } from '../store/projects.ts';
import { RECORD_LIMITS } from './decision.ts';

/** The heads of the waiting line and of the rank index: all that most decisions need to know of either. */
export type Heads = { readonly line: LinePage; readonly rank: RankPage };

export async function readHeads({ table }: Context, projectId: ProjectId): Promise<Heads> {
  const [line, rank] = await Promise.all([
    readLine(table, projectId, BOUNDS.lineHeadRows),
    readRank(table, projectId, BOUNDS.rankHeadRows),
  ]);
  return { line, rank };
}

/** Whether anybody waits and anybody could take something; whether the two fit is another question. */
export async function glanceAt({ table }: Context, projectId: ProjectId) {
  const [line, rank] = await Promise.all([readLine(table, projectId, 1), readRank(table, projectId, 1)]);
  return { waiting: line.places.length > 0, available: rank.candidates.length > 0 };
}

/** The settings that a whole look is made under. */
type Setup = { readonly project: Project; readonly rules: LineRules };

async function readSetup({ table }: Context, projectId: ProjectId): Promise<Setup | null> {
  const [project, channels] = await Promise.all([
    readProject(table, projectId),
    readChannels(table, projectId),
  ]);
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
  /** Whether any chat waits. */
  readonly anyWaiting: boolean;
  /** The whole line was matched against the whole roster: what is not among the matches fits nobody now. */
  readonly whole: boolean;
  readonly since: Instant;
};

/**
 * Matches the line against the roster. Of both it reads on from the heads only as far as it must: ten waiting chats
 * need the first few of ten thousand agents, and a thousand chats that fit nobody must not hide the one behind them.
 */
async function match(context: Context, { project, rules }: Setup, heads: Heads): Promise<Sight> {
  const { table } = context;
  const since = context.now();
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
      const anyWaiting = heads.line.places.length > 0;
      return { project, roster, matches, anyWaiting, whole, since };
    }
    line = await readLine(table, project.id, BOUNDS.lineBatchChatsMax, line.last);
  }
}

/** Reads everything anew and matches it; null when the project is gone. */
export async function look(context: Context, projectId: ProjectId): Promise<Sight | null> {
  const [heads, setup] = await Promise.all([readHeads(context, projectId), readSetup(context, projectId)]);
  return setup && match(context, setup, heads);
}
