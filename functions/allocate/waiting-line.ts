import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { type LineRules, type Match, matchLine } from '../../domain/line.ts';
import type { Project } from '../../domain/project.ts';
import { ruleFor } from '../../domain/settings.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { readAvailable } from '../store/agents.ts';
import { readChannels } from '../store/channels.ts';
import { giveOut, type Handout } from '../store/give-out.ts';
import { readLine } from '../store/line.ts';
import { readProject } from '../store/projects.ts';
import { releaseLease, takeLease } from '../store/search-lease.ts';
import { armThisMinute } from './arm.ts';
import { RECORD_LIMITS, recordOf } from './decision.ts';

export type Search = {
  /** `done`: nothing more can be given out. `elsewhere`: another searcher is at it. `unfinished`: out of time. */
  readonly outcome: 'done' | 'elsewhere' | 'unfinished';
  readonly assigned: number;
  readonly waiting: number;
};

/**
 * Gives out the waiting line of a project: oldest first, against one reading of the roster at a time, several chats
 * of one agent in one transaction, the agents in parallel.
 *
 * Why nobody waits while an agent is free: whoever adds a chat or frees an agent writes that first and calls this
 * after it. Of two such writes the later one's call sees both. If the lease is held then, its holder looks once
 * more after giving it back, and so sees both as well. If the holder dies, the lease runs out and the periodic
 * search comes by. See docs/decisions/0003-waiting-line.md.
 */
export async function searchLine(context: Context, projectId: ProjectId, budgetMs: number): Promise<Search> {
  const { table } = context;
  const deadlineMs = table.elapsedMs() + budgetMs;
  let assigned = 0;
  for (let round = 0; round < BOUNDS.searchRoundsMax; round += 1) {
    const sight = await look(context, projectId);
    if (sight.matches.length === 0) {
      if (sight.waiting > 0) await armThisMinute(context, projectId);
      return { outcome: 'done', assigned, waiting: sight.waiting };
    }
    const owner = context.newId.searcher();
    if (!(await takeLease(table, projectId, owner, context.now()))) {
      return { outcome: 'elsewhere', assigned, waiting: sight.waiting };
    }
    try {
      assigned += await giveOutAll(context, projectId, owner, deadlineMs, sight);
    } finally {
      await releaseLease(table, projectId, owner);
    }
    if (table.elapsedMs() > deadlineMs) return { outcome: 'unfinished', assigned, waiting: sight.waiting };
  }
  return { outcome: 'unfinished', assigned, waiting: 0 };
}

/** What could be given out now, by one reading of line and roster. */
type Sight = {
  readonly project: Project | null;
  readonly waiting: number;
  readonly roster: ReadonlyMap<AgentId, Candidate>;
  readonly matches: readonly Match[];
  readonly since: Instant;
};

async function look(context: Context, projectId: ProjectId): Promise<Sight> {
  const { table } = context;
  let page = await readLine(table, projectId, BOUNDS.lineBatchChatsMax);
  const nothing = {
    project: null,
    waiting: page.places.length,
    roster: new Map(),
    matches: [],
    since: context.now(),
  };
  if (page.places.length === 0) return nothing;
  const available = await readAvailable(table, projectId);
  if (available.length === 0) return nothing;
  const [project, channels] = await Promise.all([
    readProject(table, projectId),
    readChannels(table, projectId),
  ]);
  if (project === null) return nothing;
  const rules: LineRules = {
    automaticAllocation: project.settings.automaticAllocation,
    ruleFor: returning => ruleFor(project.settings, returning),
    weightOf: weightsOf(channels),
    limits: RECORD_LIMITS,
  };
  let matches = matchLine(page.places, available, rules);
  let waiting = page.places.length;
  // A thousand chats that fit nobody must not hide the one behind them that does.
  while (matches.length === 0 && page.last !== null) {
    page = await readLine(table, projectId, BOUNDS.lineBatchChatsMax, page.last);
    waiting += page.places.length;
    matches = matchLine(page.places, available, rules);
  }
  const roster = new Map(available.map(agent => [agent.id, agent]));
  return { project, waiting, roster, matches, since: nothing.since };
}

/** Under the lease: give out, look again, until a look finds nothing or time is up. */
async function giveOutAll(
  context: Context,
  projectId: ProjectId,
  owner: string,
  deadlineMs: number,
  first: Sight,
): Promise<number> {
  let assigned = 0;
  let sight = first;
  for (let round = 0; round < BOUNDS.searchRoundsMax; round += 1) {
    if (sight.project === null || sight.matches.length === 0) return assigned;
    assigned += await giveOutMatches(context, sight.project, sight);
    if (context.table.elapsedMs() > deadlineMs) return assigned;
    if (!(await takeLease(context.table, projectId, owner, context.now()))) return assigned;
    sight = await look(context, projectId);
  }
  return assigned;
}

async function giveOutMatches(context: Context, project: Project, sight: Sight): Promise<number> {
  const lots = byAgent(sight.matches);
  const given = await inParallel(lots, BOUNDS.claimsInParallel, async lot => {
    const agent = sight.roster.get(lot.agentId);
    if (agent === undefined) return 0;
    const handouts = lot.matches.map(match => handout(context, project, match, sight.since));
    const result = await giveOut(context.table, project.id, agent, handouts);
    // Whatever else came in between, the next look reads both anew.
    return result.outcome === 'committed' ? handouts.length : 0;
  });
  return given.reduce((sum, count) => sum + count, 0);
}

type Lot = { readonly agentId: AgentId; readonly matches: readonly Match[] };

/**
 * The matches of each agent together. Stops at the first that would be one too many for its agent's transaction:
 * what comes behind it must not be given out before it.
 */
function byAgent(matches: readonly Match[]): readonly Lot[] {
  const lots = new Map<AgentId, Match[]>();
  for (const match of matches) {
    const lot = lots.get(match.agent.id) ?? [];
    if (lot.length === BOUNDS.claimChatsMax) break;
    lot.push(match);
    lots.set(match.agent.id, lot);
  }
  return [...lots].map(([agentId, lot]) => ({ agentId, matches: lot }));
}

function handout(context: Context, project: Project, match: Match, since: Instant): Handout {
  const { place, verdict, agent, weight } = match;
  const attempts = place.attempts + 1;
  const decision = recordOf(context, verdict, {
    chatId: place.chatId,
    trigger: 'search',
    project,
    attempts,
    since,
  });
  const assignment = {
    agentId: agent.id,
    method: 'automatic' as const,
    at: decision.at,
    reason: null,
    forced: false,
    decisionId: decision.id,
  };
  return { place, weight, assignment, decision };
}
