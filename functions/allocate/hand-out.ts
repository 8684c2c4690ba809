import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, Instant } from '../../domain/brands.ts';
import type { Match } from '../../domain/line.ts';
import { chargedTogether } from '../../domain/load.ts';
import type { Project } from '../../domain/project.ts';
import { groupOf } from '../../domain/scope.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import type { StoredCursor } from '../store/cursor.ts';
import { giveOut, type Handout, type Lot } from '../store/give-out.ts';
import { recordOf } from './decision.ts';
import type { Sight } from './sight.ts';

/**
 * Writes what was matched. Returns how many chats were given out. A batch in which anything was overtaken by events
 * is not written at all: splitting it would give chats out before older ones that their agents could have taken; the
 * next look matches them anew. `together` false: each agent by itself, for when that keeps happening.
 */
export async function handOut(context: Context, sight: Sight, together: boolean): Promise<number> {
  if (sight.cursor !== null) return handOutInTurn(context, sight, sight.cursor, together);
  const { table } = context;
  const { project } = sight.setup;
  const lots = lotsOf(context, project, sight);
  const batches = together ? batchesOf(lots) : lots.map(lot => [lot]);
  const given = await inParallel(batches, BOUNDS.claimsInParallel, async batch => {
    const { outcome } = await giveOut(table, project.id, batch, null);
    return outcome === 'committed' ? chatsIn(batch) : 0;
  });
  return given.reduce((sum, count) => sum + count, 0);
}

/**
 * The same where the rotation moves with each claim: its cursor is one row, so that one transaction follows the other,
 * each with the next chats of the line. Stops at the first that is refused.
 */
async function handOutInTurn(
  context: Context,
  sight: Sight,
  cursor: StoredCursor,
  together: boolean,
): Promise<number> {
  const { project } = sight.setup;
  const roster = new Map(sight.roster);
  const size = together ? BOUNDS.claimChatsMax : 1;
  let seen = cursor;
  for (let from = 0; from < sight.matches.length; from += size) {
    const matches = sight.matches.slice(from, from + size);
    const lots = lotsOf(context, project, { ...sight, matches, roster });
    const to = matches.findLast(match => match.cursorAfter !== undefined)?.cursorAfter;
    const move = to === undefined ? null : { seen, to };
    const { outcome } = await giveOut(context.table, project.id, lots, move);
    if (outcome !== 'committed') return from;
    if (to !== undefined) seen = { cursor: to, version: seen.version + 1 };
    for (const { agent, handouts } of lots) {
      const weights = handouts.map(({ weight }) => weight);
      roster.set(agent.id, chargedTogether(agent, weights));
    }
  }
  return sight.matches.length;
}

type Batch = readonly Lot[];

function chatsIn(batch: Batch): number {
  return batch.reduce((sum, lot) => sum + lot.handouts.length, 0);
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
function batchesOf(lots: readonly Lot[]): readonly Batch[] {
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
  const { place, scope, verdict, agent, weight, forced } = match;
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
    method: forced ? ('original-agent' as const) : ('automatic' as const),
    at: decision.at,
    reason: null,
    forced,
    decisionId: decision.id,
    createdOn: null,
  };
  return { place, groupId: groupOf(scope), weight, assignment, decision };
}
