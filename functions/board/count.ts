import { type Agent, STATUSES } from '../../domain/agent.ts';
import type { ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import { CHAT_STATES } from '../../domain/chat.ts';
import { figuresOf, pacesOf, recentWaits, WAITS_KEPT_MS, type Wait, waitOf } from '../../domain/waits.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { readTeam } from '../store/agents.ts';
import type { StoredBoard, StoredCount } from '../store/board-row.ts';
import { idAt } from '../store/chat-id.ts';
import { listChatIds, readChats } from '../store/chats.ts';
import type { Table } from '../store/client.ts';
import { readLineUpTo } from '../store/line.ts';
import { readOpenOffers } from '../store/offers.ts';
import { countQueued } from '../store/transfer-queue.ts';

/** A board, and what the next count goes on from. */
type Counted = { readonly board: StoredBoard; readonly count: StoredCount };

/**
 * Counts a project's board anew, going on from the count before: of the chats only those that are new since, or that
 * nobody had by then, are read. The team, the line and the offers are read whole. `shown` is the board there was.
 */
export async function countBoard(
  { table, now }: Context,
  projectId: ProjectId,
  shown: StoredBoard | null,
  before: StoredCount | null,
): Promise<Counted> {
  const at = now();
  const [team, line, offers, queued, fresh, withBots] = await Promise.all([
    readTeam(table, projectId),
    readLineUpTo(table, projectId, LAST),
    readOpenOffers(table, projectId),
    countQueued(table, projectId),
    freshIds(table, projectId, at, before?.seenTo),
    allIds(table, projectId, 'bot'),
  ]);
  const unassigned = new Set([...line, ...offers].map(({ chatId }) => chatId).concat(withBots));
  const candidates = new Set([...(before?.pending ?? []), ...fresh]);
  const read = await readChats(
    table,
    projectId,
    [...candidates].filter(id => !unassigned.has(id)),
  );
  const found = read.map(({ chat }) => ({ chat, wait: waitOf(chat) }));
  // The list is a little stale: chats of the last seconds are looked at again by the next count.
  const sureTo = idAt((at - BOUNDS.listStalenessMs) as Instant);
  const isSure = (id: ChatId) => id < sureTo;
  const waits = (some: typeof found): Wait[] => some.flatMap(({ wait }) => (wait === null ? [] : [wait]));
  const settled = found.filter(({ chat }) => isSure(chat.id));
  const kept = newestLast([...(before?.waits ?? []), ...waits(settled)], at);
  const all = newestLast([...kept, ...waits(found.filter(one => !settled.includes(one)))], at);
  const beyond = before?.beyond ?? [];
  const oldest = line.length === 0 ? null : Math.min(...line.map(({ since }) => since));
  const stillPending = found.filter(({ chat, wait }) => wait === null && chat.state !== 'closed');
  // What is shown is of the sample, too: otherwise the next look, which has no more than that, would show something else.
  const sample = all.slice(-BOUNDS.boardWaitsMax);
  const figures = {
    agents: byStatus(team),
    waiting: {
      count: line.length,
      oldestSince: oldest === null ? null : new Date(oldest).toISOString(),
    },
    offered: offers.length,
    queued,
    assignments: assignmentsIn(all, beyond, at),
    timeToAssign: timeToAssignIn(sample, at),
    estimates: estimatesIn(sample, at),
  };
  const isSame = shown !== null && JSON.stringify(shown.figures) === JSON.stringify(figures);
  return {
    board: {
      version: isSame ? shown.version : at,
      at,
      figures,
      paces: pacesOf(sample, at).slice(0, BOUNDS.boardLinesMax),
    },
    count: {
      at,
      waits: kept.slice(-BOUNDS.boardWaitsMax),
      beyond: countBeyond(kept.slice(0, -BOUNDS.boardWaitsMax), beyond, at),
      seenTo: before !== null && before.seenTo > sureTo ? before.seenTo : sureTo,
      // Also those that waited already before the first count.
      pending: [...unassigned, ...stillPending.map(({ chat }) => chat.id)]
        .filter(isSure)
        .sort()
        .slice(-BOUNDS.boardPendingMax),
    },
  };
}

function byStatus(team: readonly Agent[]) {
  const counted = (agents: readonly Agent[]) => ({
    agents: agents.length,
    openChats: agents.reduce((sum, one) => sum + one.openChats, 0),
    heldChats: agents.reduce((sum, one) => sum + one.heldChats, 0),
    load: agents.reduce((sum, one) => sum + one.load, 0),
  });
  const active = team.filter(({ active }) => active);
  const entries = STATUSES.map(
    status => [status, counted(active.filter(one => one.status === status))] as const,
  );
  return Object.fromEntries(entries) as Record<(typeof STATUSES)[number], ReturnType<typeof counted>>;
}

/** Those of the last hour, in the order in which they ended. */
function newestLast(waits: readonly Wait[], at: Instant): readonly Wait[] {
  return recentWaits(waits, at).toSorted((a, b) => a.at - b.at);
}

function assignmentsIn(waits: readonly Wait[], beyond: StoredCount['beyond'], at: Instant) {
  const { lastMinute, lastHour } = figuresOf(waits, at);
  const moreSince = (since: number) =>
    beyond.reduce((sum, [from, count]) => (from > since ? sum + count : sum), 0);
  return {
    lastMinute: lastMinute + moreSince(at - MINUTE_MS),
    lastHour: lastHour + moreSince(at - WAITS_KEPT_MS),
  };
}

/** What is left out of the sample is still counted: by the second for a minute, by the minute from then on. */
function countBeyond(
  waits: readonly Wait[],
  before: StoredCount['beyond'],
  at: Instant,
): StoredCount['beyond'] {
  const counts = new Map<Instant, number>();
  for (const [from, count] of [...before, ...waits.map(wait => [wait.at, 1] as const)]) {
    if (from <= at - WAITS_KEPT_MS) continue;
    const spanMs = from > at - MINUTE_MS ? SECOND_MS : MINUTE_MS;
    const start = (from - (from % spanMs)) as Instant;
    counts.set(start, (counts.get(start) ?? 0) + count);
  }
  return [...counts];
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

function timeToAssignIn(waits: readonly Wait[], at: Instant) {
  const { p50Seconds, p95Seconds } = figuresOf(waits, at);
  return { p50Seconds, p95Seconds };
}

function estimatesIn(waits: readonly Wait[], at: Instant) {
  const { told, errorP50Seconds, errorP95Seconds } = figuresOf(waits, at);
  return { told, errorP50Seconds, errorP95Seconds };
}

/** Behind every id. */
const LAST = 'chat_~' as ChatId;

/** Those begun since, but of a count long ago: what closed before the last hour says nothing any more. */
async function freshIds(
  table: Table,
  projectId: ProjectId,
  at: Instant,
  seenTo: ChatId | undefined,
): Promise<readonly ChatId[]> {
  const hourAgo = idAt((at - WAITS_KEPT_MS) as Instant);
  const since = seenTo ?? hourAgo;
  const states = CHAT_STATES.filter(state => state !== 'bot');
  const lists = await inParallel(states, states.length, state =>
    allIds(table, projectId, state, state === 'closed' && since < hourAgo ? hourAgo : since),
  );
  return lists.flat();
}

async function allIds(
  table: Table,
  projectId: ProjectId,
  state: (typeof CHAT_STATES)[number],
  from?: ChatId,
): Promise<readonly ChatId[]> {
  const ids: ChatId[] = [];
  for (let after: string | undefined = from; ; ) {
    const { chats, more } = await listChatIds(table, projectId, state, undefined, after);
    ids.push(...chats.map(({ id }) => id));
    after = ids.at(-1);
    if (!more || after === undefined) return ids;
  }
}
