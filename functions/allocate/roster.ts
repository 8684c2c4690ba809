import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, GroupId, ProjectId } from '../../domain/brands.ts';
import type { Tally } from '../../domain/closes.ts';
import { NO_QUEUE_POSITION } from '../../domain/group.ts';
import type { LineRules, Place, Roster } from '../../domain/line.ts';
import { asksCursor, asksTally, policyNamed, type ReadingOrder } from '../../domain/policies.ts';
import type { Cursor } from '../../domain/ranking.ts';
import type { RuledBy } from '../../domain/rule.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { type RankPage, readAgents, readMembers, readRank, readTurns, type Turn } from '../store/agents.ts';
import { readTallies } from '../store/closes.ts';
import type { Configuration } from '../store/configuration.ts';
import { readCursor, type StoredCursor } from '../store/cursor.ts';
import { laneEnd } from '../store/rank-key.ts';
import type { Heads } from './heads.ts';

/** What the decision about a chat depends on. */
export type Sought = Pick<Place, 'asked'> & RuledBy;

/** As much of the team as was read for the decisions about some chats, and how to read on. */
export type OpenRoster = {
  readonly roster: Roster;
  /** Where the rotation stands; null = no rule asks for it. */
  readonly cursor: StoredCursor | null;
  /** Reads on; null = everybody who could be chosen was read. */
  readonly readOn: (() => Promise<OpenRoster>) | null;
  /** Something was read that `head` did not hold. */
  readonly isBeyondHead: boolean;
};

/**
 * Reads what the decisions about these chats need to see, as the policies in force for them say: the first in the
 * policy's order for the team, whole groups, the agents who last served their visitors. `heads` are the first of the
 * rank index, which was read already (where that is the whole of it, nothing more of the team is read), and the cursor if
 * it was read with it.
 */
export async function openRoster(
  context: Context,
  configuration: Configuration,
  rules: LineRules,
  { rank: head, cursor: known }: Pick<Heads, 'rank' | 'cursor'>,
  chats: readonly Sought[],
): Promise<OpenRoster> {
  const { id: projectId } = configuration.project;
  const needs = needsOf(rules, chats);
  const cursor = needs.cursor ? (known ?? (await readCursor(context.table, projectId))) : null;
  const [team, originals, ...groups] = await Promise.all([
    readTeam({ context, projectId, chats: chats.length }, needs.order, head, cursor?.cursor ?? null),
    needs.originals.length === 0 ? [] : readAgents(context.table, projectId, needs.originals),
    ...needs.groups.map(id => readMembers(context.table, projectId, id)),
  ]);
  return opened(
    context,
    configuration,
    { needs, originals, members: groups.flat(), cursor, tallies: NOT_READ },
    team,
  );
}

type Needs = {
  readonly order: ReadingOrder | null;
  readonly groups: readonly GroupId[];
  readonly originals: readonly AgentId[];
  readonly tallies: boolean;
  readonly cursor: boolean;
};

function needsOf(rules: LineRules, chats: readonly Sought[]): Needs {
  const orders = new Set<ReadingOrder>();
  const groups = new Set<GroupId>();
  const originals = new Set<AgentId>();
  let tallies = false;
  let cursor = false;
  for (const chat of chats) {
    const { policy, original } = rules.ruleFor(chat);
    const { ranking, readingOrder } = policyNamed(policy);
    if (original !== null) originals.add(original);
    const scope = rules.scopeOf(policy, chat.asked);
    if (ranking === null || scope.kind === 'nowhere') continue;
    if (scope.kind === 'group') groups.add(scope.groupId);
    else orders.add(readingOrder);
    tallies ||= asksTally(policy);
    cursor ||= asksCursor(policy);
  }
  const [order = null, ...others] = orders;
  return {
    // What is first in one order is not in another: then all are read.
    order: others.length > 0 ? 'everyone' : order,
    groups: [...groups],
    originals: [...originals],
    tallies,
    cursor,
  };
}

type Read = {
  readonly needs: Needs;
  readonly originals: readonly Candidate[];
  readonly members: readonly Candidate[];
  readonly cursor: StoredCursor | null;
  readonly tallies: Tallies;
};

async function opened(
  context: Context,
  configuration: Configuration,
  read: Read,
  team: TeamReading,
): Promise<OpenRoster> {
  const { needs, originals, members, cursor } = read;
  // Members were read after the team: where an agent is in both, the later reading counts.
  const agents = [...team.agents, ...members];
  // Originals are in the pool of the chats behind theirs as well. Who was tallied is not read for it again.
  const everybody = [...agents, ...originals];
  const tallies = needs.tallies ? await readMissing(context, configuration, everybody, read.tallies) : null;
  const tallied = (some: readonly Candidate[]) =>
    tallies === null ? some : some.map(agent => withTally(agent, tallies));
  const { more } = team;
  const isBeyondHead = team.isBeyondHead || originals.length + members.length > 0;
  return {
    isBeyondHead,
    roster: {
      agents: tallied(agents),
      originals: tallied(originals),
      order: needs.order ?? 'everyone',
      edges: team.edges,
      cursor: cursor?.cursor ?? null,
    },
    cursor,
    readOn:
      more &&
      (async () => opened(context, configuration, { ...read, tallies: tallies ?? NOT_READ }, await more())),
  };
}

type Tallies = ReadonlyMap<AgentId, Tally>;
const NOT_READ: Tallies = new Map();

/** The same agents with what they closed, by the project's days. */
export async function withTallies(
  context: Context,
  configuration: Pick<Configuration, 'project'>,
  agents: readonly Candidate[],
): Promise<readonly Candidate[]> {
  const tallies = await readMissing(context, configuration, agents, NOT_READ);
  return agents.map(agent => withTally(agent, tallies));
}

async function readMissing(
  { table, now }: Context,
  { project }: Pick<Configuration, 'project'>,
  agents: readonly Candidate[],
  known: Tallies,
): Promise<Tallies> {
  const ids = agents.map(({ id }) => id).filter(id => !known.has(id));
  const read = await readTallies(table, project.id, ids, now(), project.settings.timeZone);
  return new Map([...known, ...read]);
}

function withTally(agent: Candidate, tallies: Tallies): Candidate {
  return { ...agent, tally: tallies.get(agent.id) ?? NOTHING_CLOSED };
}

const NOTHING_CLOSED = { closedToday: 0, closedIn30Days: 0 };

/** The available agents of the team in the order of a policy, as far as they were read. */
type TeamReading = {
  readonly agents: readonly Candidate[];
  /** Whoever was not read comes after one of these. */
  readonly edges: readonly Candidate[];
  readonly more: (() => Promise<TeamReading>) | null;
  readonly isBeyondHead: boolean;
};

/** `chats` is for how many chats agents are sought: so many at least are read at a time. */
type Team = { readonly context: Context; readonly projectId: ProjectId; readonly chats: number };

function readTeam(
  team: Team,
  order: ReadingOrder | null,
  head: RankPage,
  cursor: Cursor,
): Promise<TeamReading> | TeamReading {
  const isWhole = head.last === null || order === null;
  if (isWhole) return { agents: head.candidates, edges: [], more: null, isBeyondHead: false };
  switch (order) {
    case 'rank':
      return { ...inRank(team, [], head), isBeyondHead: false };
    case 'lanes':
      return inLanes(team, head);
    case 'rotation':
      return inRotation(team, cursor, [], null);
    case 'everyone':
      return everyone(team, head);
  }
}

function inRank(team: Team, before: readonly Candidate[], { candidates, last }: RankPage): TeamReading {
  const agents = [...before, ...candidates];
  const edge = agents.at(-1);
  if (last === null || edge === undefined) return { agents, edges: [], more: null, isBeyondHead: true };
  const { table } = team.context;
  const more = async () =>
    inRank(team, agents, await readRank(table, team.projectId, rowsMore(team, agents), last));
  return { agents, edges: [edge], more, isBeyondHead: true };
}

/** Reading on doubles what was read, so that a long way takes few steps. */
function rowsMore({ chats }: Team, agents: readonly Candidate[]): number {
  return Math.max(BOUNDS.rankRowsMore, chats, agents.length);
}

async function everyone(team: Team, head: RankPage): Promise<TeamReading> {
  const agents = [...head.candidates];
  for (let { last } = head; last !== null; ) {
    const page = await readRank(team.context.table, team.projectId, undefined, last);
    agents.push(...page.candidates);
    last = page.last;
  }
  return { agents, edges: [], more: null, isBeyondHead: true };
}

/** A lane is the agents of one queue position, in the order of their counts; `after` is where its reading goes on. */
type Lane = { readonly edge: Candidate; readonly after: string };

/** The heads of all lanes: the index is sorted by position first, so each lane's head is one jump further. */
async function inLanes(team: Team, head: RankPage): Promise<TeamReading> {
  const { table } = team.context;
  const agents: Candidate[] = [];
  const lanes: Lane[] = [];
  for (let page = head; ; ) {
    agents.push(...page.candidates);
    const edge = page.candidates.at(-1);
    if (edge === undefined || page.last === null) break;
    lanes.push({ edge, after: page.last });
    if (edge.queuePosition === NO_QUEUE_POSITION) break;
    page = await readRank(table, team.projectId, BOUNDS.laneHeadRows, laneEnd(edge.queuePosition));
  }
  return lanesRead(team, agents, lanes, agents.length > head.candidates.length);
}

function lanesRead(
  team: Team,
  agents: readonly Candidate[],
  lanes: readonly Lane[],
  isBeyondHead: boolean,
): TeamReading {
  const edges = lanes.map(({ edge }) => edge);
  const more = lanes.length === 0 ? null : () => readLanesOn(team, agents, lanes);
  return { agents, edges, more, isBeyondHead };
}

async function readLanesOn(
  team: Team,
  agents: readonly Candidate[],
  lanes: readonly Lane[],
): Promise<TeamReading> {
  const { context, projectId } = team;
  const rows = rowsMore(team, agents);
  const read = await Promise.all(
    lanes.map(({ edge, after }) =>
      readRank(context.table, projectId, rows, after, laneEnd(edge.queuePosition)),
    ),
  );
  const unfinished = read.flatMap(({ candidates, last }): Lane[] => {
    const edge = candidates.at(-1);
    return edge === undefined || last === null ? [] : [{ edge, after: last }];
  });
  return lanesRead(team, [...agents, ...read.flatMap(({ candidates }) => candidates)], unfinished, true);
}

/** In member order from the cursor on. Each agent is a row of its own, so that few are read at first. */
async function inRotation(
  team: Team,
  cursor: Cursor,
  before: readonly Candidate[],
  from: Turn | null,
): Promise<TeamReading> {
  const { context, projectId, chats } = team;
  const rows = Math.max(BOUNDS.rotationHeadRows, chats, 2 * before.length);
  const page = await readTurns(context.table, projectId, cursor, rows, from);
  const agents = [...before, ...page.candidates];
  const { next } = page;
  if (next === null) return { agents, edges: [], more: null, isBeyondHead: true };
  const edge = agents.at(-1);
  // The reading has to begin again from the first agent before it has found one.
  if (edge === undefined) return inRotation(team, cursor, agents, next);
  const more = () => inRotation(team, cursor, agents, next);
  return { agents, edges: [edge], more, isBeyondHead: true };
}
