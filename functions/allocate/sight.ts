import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { type LineRules, type Match, matchLine, type Place } from '../../domain/line.ts';
import type { Project } from '../../domain/project.ts';
import { ruleFor } from '../../domain/settings.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { readRank } from '../store/agents.ts';
import { readChannels } from '../store/channels.ts';
import { readLine } from '../store/line.ts';
import { readProject } from '../store/projects.ts';
import { RECORD_LIMITS } from './decision.ts';

export type Glance = { readonly waiting: boolean; readonly available: boolean };

/** Whether anybody waits and anybody is available: the cheapest question, asked before anything is locked or read whole. */
export async function glanceAt({ table }: Context, projectId: ProjectId): Promise<Glance> {
  const [line, rank] = await Promise.all([readLine(table, projectId, 1), readRank(table, projectId, 1)]);
  return { waiting: line.places.length > 0, available: rank.candidates.length > 0 };
}

/** What could be given out now, by one reading of line and roster. */
export type Sight = {
  readonly project: Project | null;
  readonly roster: ReadonlyMap<AgentId, Candidate>;
  readonly matches: readonly Match[];
  /** The whole line was matched against the whole roster: what is not among the matches fits nobody now. */
  readonly whole: boolean;
  readonly since: Instant;
};

/** Reads line and roster, and matches them. */
export async function look(context: Context, projectId: ProjectId): Promise<Sight> {
  const { table } = context;
  const since = context.now();
  const [firstPage, project, channels] = await Promise.all([
    readLine(table, projectId, BOUNDS.lineBatchChatsMax),
    readProject(table, projectId),
    readChannels(table, projectId),
  ]);
  const waiting = firstPage.places.length > 0;
  if (!waiting || project === null) return { project, roster: new Map(), matches: [], whole: true, since };
  const roster = rosterReader(context, projectId);
  const rules: LineRules = {
    automaticAllocation: project.settings.automaticAllocation,
    ruleFor: returning => ruleFor(project.settings, returning),
    weightOf: weightsOf(channels),
    limits: RECORD_LIMITS,
  };
  let page = firstPage;
  let matches = await matchPage(page.places, roster, rules);
  // A thousand chats that fit nobody must not hide the one behind them that does.
  while (matches.length === 0 && page.last !== null) {
    page = await readLine(table, projectId, BOUNDS.lineBatchChatsMax, page.last);
    matches = await matchPage(page.places, roster, rules);
  }
  const whole = page === firstPage && page.last === null && roster.complete();
  return { project, roster: new Map(roster.read.map(agent => [agent.id, agent])), matches, whole, since };
}

type RosterReader = {
  readonly read: Candidate[];
  /** Reads so many more, and says whether there are still others behind them. */
  readonly more: (rows: number) => Promise<void>;
  readonly complete: () => boolean;
};

/** Reads the rank index only as far as it is needed: a line of ten needs the first few of ten thousand agents. */
function rosterReader({ table }: Context, projectId: ProjectId): RosterReader {
  const read: Candidate[] = [];
  let last: string | null | undefined;
  return {
    read,
    complete: () => last === null,
    async more(rows) {
      const page = await readRank(table, projectId, rows, last ?? undefined);
      read.push(...page.candidates);
      last = page.last;
    },
  };
}

async function matchPage(
  places: readonly Place[],
  roster: RosterReader,
  rules: LineRules,
): Promise<readonly Match[]> {
  if (roster.read.length === 0 && !roster.complete()) await roster.more(places.length + BOUNDS.rankHeadRows);
  for (;;) {
    const matches = matchLine(places, { agents: roster.read, complete: roster.complete() }, rules);
    if (matches.length > 0 || roster.complete()) return matches;
    await roster.more(Math.max(BOUNDS.rankRowsMore, roster.read.length));
  }
}
