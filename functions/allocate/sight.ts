import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Match, Place } from '../../domain/line.ts';
import { asksFreeAgents } from '../../domain/rule.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { readRank } from '../store/agents.ts';
import { readConfiguration } from '../store/configuration.ts';
import type { StoredCursor } from '../store/cursor.ts';
import { readLine } from '../store/line.ts';
import type { Heads } from './heads.ts';
import { matchChats, type Setup, setUp } from './setup.ts';

/** What could be given out now, by one reading of line and roster. */
export type Sight = {
  readonly setup: Setup;
  readonly roster: ReadonlyMap<AgentId, Candidate>;
  readonly cursor: StoredCursor | null;
  readonly matches: readonly Match[];
  /** The waiting chats looked at that nobody available can take. */
  readonly left: readonly Place[];
  /** The whole line was looked at: what is not among the matches fits nobody now. */
  readonly whole: boolean;
  readonly since: Instant;
};

/**
 * Matches the line against the roster. Of both it reads on from the heads only as far as it must: ten waiting chats
 * need the first few of ten thousand agents, and a thousand chats that fit nobody must not hide the one behind them.
 */
async function match(context: Context, setup: Setup, heads: Heads, since: Instant): Promise<Sight> {
  const { table } = context;
  const { id: projectId } = setup.project;
  const left: Place[] = [];
  let { line } = heads;
  for (;;) {
    if (line.last !== null && line.places.length < BOUNDS.lineBatchChatsMax) {
      const more = await readLine(table, projectId, BOUNDS.lineBatchChatsMax, line.last);
      line = { places: [...line.places, ...more.places], last: more.last };
    }
    const { matching, roster } = await matchChats(context, setup, heads, line.places);
    left.push(...matching.left);
    if (matching.matches.length > 0 || line.last === null) {
      const { agents, originals } = roster.roster;
      const read = new Map([...agents, ...originals].map(agent => [agent.id, agent]));
      const { matches } = matching;
      return { setup, roster: read, cursor: roster.cursor, matches, left, whole: line.last === null, since };
    }
    line = await readLine(table, projectId, BOUNDS.lineBatchChatsMax, line.last);
  }
}

/**
 * Reads everything anew and matches it; null when nobody waits, or the project is gone. Where nobody could take
 * anything it stops at the head of the line, unless the `wholeLine` is wanted all the same, or the rules give chats to
 * others than those with room.
 */
export async function look(
  context: Context,
  projectId: ProjectId,
  wholeLine: boolean,
): Promise<Sight | null> {
  const { table } = context;
  // Mostly nobody waits, and then that is all: who joins after the change that led here was written looks for itself.
  if ((await readLine(table, projectId, 1)).places.length === 0) return null;
  const since = context.now();
  const [rank, configuration] = await Promise.all([
    readRank(table, projectId, BOUNDS.searchHeadRows),
    readConfiguration(table, projectId),
  ]);
  // The line after the agents: whoever waited when they were read is seen.
  const line = await readLine(table, projectId, BOUNDS.lineHeadRows);
  if (configuration === null || line.places.length === 0) return null;
  const heads: Heads = { rank, line, cursor: null };
  const setup = setUp(configuration);
  const { settings } = configuration.project;
  const mayGiveOut = rank.candidates.length > 0 || !asksFreeAgents(settings);
  const isWanted = wholeLine || (settings.automaticAllocation && mayGiveOut);
  if (isWanted) return match(context, setup, heads, since);
  return match(context, setup, { ...heads, line: { ...line, last: null } }, since);
}
