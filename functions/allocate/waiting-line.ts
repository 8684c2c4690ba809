import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { type LineRules, type Match, matchLine, type Place } from '../../domain/line.ts';
import type { Project } from '../../domain/project.ts';
import { ruleFor } from '../../domain/settings.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { readRank } from '../store/agents.ts';
import { readChannels } from '../store/channels.ts';
import { giveOut, type Handout, type Lot } from '../store/give-out.ts';
import { readLine } from '../store/line.ts';
import { readProject } from '../store/projects.ts';
import { releaseLease, takeLease } from '../store/search-lease.ts';
import { armThisMinute } from './arm.ts';
import { RECORD_LIMITS, recordOf } from './decision.ts';

export type Search = {
  /** `done`: nothing more can be given out. `elsewhere`: another searcher is at it. `unfinished`: out of time. */
  readonly outcome: 'done' | 'elsewhere' | 'unfinished';
  readonly assigned: number;
};

type Order = {
  /** How long it may take before it stops between two looks. */
  readonly budgetMs: number;
  /** What the caller has just seen; without it, a glance at line and roster comes first. */
  readonly glance?: Glance;
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
export async function searchLine(
  context: Context,
  projectId: ProjectId,
  { budgetMs, glance: seen }: Order,
): Promise<Search> {
  const { table } = context;
  const deadlineMs = table.elapsedMs() + budgetMs;
  const glance = seen ?? (await glanceAt(context, projectId));
  if (!glance.waiting) return { outcome: 'done', assigned: 0 };
  let assigned = 0;
  if (glance.available) {
    let sight: Sight | null = null;
    do {
      const owner = context.newId.searcher();
      if (!(await takeLease(table, projectId, owner, context.now())))
        return { outcome: 'elsewhere', assigned };
      try {
        assigned += await giveOutAll(context, projectId, owner, deadlineMs, sight);
      } finally {
        await releaseLease(table, projectId, owner);
      }
      if (table.elapsedMs() > deadlineMs) return { outcome: 'unfinished', assigned };
      sight = await look(context, projectId);
    } while (sight.matches.length > 0);
    if (!sight.waiting) return { outcome: 'done', assigned };
  }
  await armThisMinute(context, projectId);
  return { outcome: 'done', assigned };
}

export type Glance = { readonly waiting: boolean; readonly available: boolean };

/** Whether anybody waits and anybody is available: the cheapest question, asked before anything is locked or read whole. */
async function glanceAt({ table }: Context, projectId: ProjectId): Promise<Glance> {
  const [line, rank] = await Promise.all([readLine(table, projectId, 1), readRank(table, projectId, 1)]);
  return { waiting: line.places.length > 0, available: rank.candidates.length > 0 };
}

/** What could be given out now, by one reading of line and roster. */
type Sight = {
  readonly project: Project | null;
  readonly waiting: boolean;
  readonly roster: ReadonlyMap<AgentId, Candidate>;
  readonly matches: readonly Match[];
  readonly since: Instant;
};

async function look(context: Context, projectId: ProjectId): Promise<Sight> {
  const { table } = context;
  const since = context.now();
  const [firstPage, project, channels] = await Promise.all([
    readLine(table, projectId, BOUNDS.lineBatchChatsMax),
    readProject(table, projectId),
    readChannels(table, projectId),
  ]);
  const waiting = firstPage.places.length > 0;
  if (!waiting || project === null) return { project, waiting, roster: new Map(), matches: [], since };
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
  return { project, waiting, roster: new Map(roster.read.map(agent => [agent.id, agent])), matches, since };
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

/** Under the lease: give out, look again, until a look finds nothing or time is up. */
async function giveOutAll(
  context: Context,
  projectId: ProjectId,
  owner: string,
  deadlineMs: number,
  seen: Sight | null,
): Promise<number> {
  let assigned = 0;
  let sight = seen ?? (await look(context, projectId));
  while (sight.project !== null && sight.matches.length > 0) {
    assigned += await giveOutMatches(context, sight.project, sight);
    if (context.table.elapsedMs() > deadlineMs) return assigned;
    if (!(await takeLease(context.table, projectId, owner, context.now()))) return assigned;
    sight = await look(context, projectId);
  }
  return assigned;
}

async function giveOutMatches(context: Context, project: Project, sight: Sight): Promise<number> {
  const lots = lotsOf(context, project, sight);
  const given = await inParallel(batchesOf(lots), BOUNDS.claimsInParallel, batch =>
    giveOutBatch(context, project, batch),
  );
  return given.reduce((sum, count) => sum + count, 0);
}

/** Several agents in one transaction; if anything in it was overtaken by events, each agent in one of its own. */
async function giveOutBatch(context: Context, project: Project, batch: readonly Lot[]): Promise<number> {
  const result = await giveOut(context.table, project.id, batch);
  if (result.outcome === 'committed') return batch.reduce((sum, lot) => sum + lot.handouts.length, 0);
  // A single lot that failed is read and matched anew in the next look.
  if (batch.length === 1) return 0;
  const given = await inParallel(batch, BOUNDS.claimsInParallel, lot =>
    giveOutBatch(context, project, [lot]),
  );
  return given.reduce((sum, count) => sum + count, 0);
}

/**
 * The matches of each agent together, in the order of the agents' oldest chats. Stops at the first match that would
 * be one too many for its agent's transaction: what comes behind it must not be given out before it.
 */
function lotsOf(context: Context, project: Project, { matches, roster, since }: Sight): readonly Lot[] {
  const lots = new Map<AgentId, { agent: Candidate; handouts: Handout[] }>();
  for (const match of matches) {
    const agent = roster.get(match.agent.id);
    if (agent === undefined) break;
    const lot = lots.get(agent.id) ?? { agent, handouts: [] };
    if (lot.handouts.length === BOUNDS.claimChatsMax) break;
    lot.handouts.push(handout(context, project, match, since));
    lots.set(agent.id, lot);
  }
  return [...lots.values()];
}

/** As many lots in each batch as fit one transaction. */
function batchesOf(lots: readonly Lot[]): readonly (readonly Lot[])[] {
  const batches: Lot[][] = [];
  let room = 0;
  for (const lot of lots) {
    if (lot.handouts.length > room) {
      batches.push([]);
      room = BOUNDS.claimChatsMax;
    }
    batches.at(-1)?.push(lot);
    room -= lot.handouts.length;
  }
  return batches;
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
