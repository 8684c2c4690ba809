import type { ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import type { DecisionOutcome } from '../../domain/decision.ts';
import { type Setup, setUp } from '../allocate/setup.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { type Changes, saveChanges } from '../store/changes.ts';
import { commit } from '../store/commit.ts';
import { readConfiguration } from '../store/configuration.ts';
import type { FinishedRun } from '../store/jobs.ts';
import { purge, type Queued, readQueue } from '../store/transfer-queue.ts';
import { type Floor, openFloor } from './floor.ts';
import { type Move, moveOne } from './move.ts';
import { type Transferring, takeIn } from './take-in.ts';

/** What a run did, in chats. */
export type Distribution = Omit<FinishedRun, 'at' | 'tookMs'>;

type Order = { readonly quantity: number; readonly deadlineMs: number };

/**
 * One run over a project's queue (seed 002, "How the Job works"): up to `quantity` chats, oldest first, over all groups,
 * each with one decision. The agents are read once, and the run's own moves count for the chats behind. Several moves go
 * in one transaction; where one was overtaken by events, none of them is written and they are decided anew from the rows
 * met. What could not be written by then keeps its place for the next run: only a decision takes a chat out of the queue.
 * While automatic allocation is off nothing is done.
 */
export async function distribute(
  context: Context,
  projectId: ProjectId,
  { quantity, deadlineMs }: Order,
): Promise<Distribution> {
  const { table } = context;
  const since = context.now();
  const [configuration, first] = await Promise.all([
    readConfiguration(table, projectId),
    readQueue(table, projectId, Math.min(quantity, BOUNDS.queueBatchChatsMax)),
  ]);
  if (!configuration?.project.settings.automaticAllocation) return NOTHING;
  const setup = setUp(configuration);
  const floor = openFloor(context, setup);
  const tally: Tally = { distributed: 0, held: 0, because: {}, closed: [] };
  const met = new Set<ChatId>();
  const order = { deadlineMs, met };
  const [taken] = await Promise.all([
    takeIn(context, projectId, { ...order, quantity }, first),
    floor.readGroups(first.queued.map(({ groupId }) => groupId)),
  ]);
  for (let { chats, held, closed } = taken; ; ) {
    tally.held += held;
    tally.closed.push(...closed);
    await floor.readFor(chats);
    const before = decided(tally);
    const isOver = await giveOut(context, setup, floor, chats, tally, deadlineMs);
    // Another run may have begun by then.
    const isLeaseOver = context.now() >= since + BOUNDS.runLeaseMs;
    if (isOver || isLeaseOver || decided(tally) - before === chats.length) break;
    // Some were changed by others in the meantime and are not this run's: those behind them take their turn.
    const left = { ...order, quantity: quantity - decided(tally) };
    const again = await readQueue(table, projectId, BOUNDS.queueBatchChatsMax);
    ({ chats, held, closed } = await takeIn(context, projectId, left, again));
  }
  const purged = await purgeAll(context, projectId, tally.closed);
  const { distributed, held, because } = tally;
  const notDistributed = decided(tally) - distributed;
  return {
    read: distributed + notDistributed + held + purged,
    distributed,
    notDistributed,
    held,
    purged,
    because,
  };
}

const NOTHING: Distribution = { read: 0, distributed: 0, notDistributed: 0, held: 0, purged: 0, because: {} };

/** How many chats have got their decision. */
function decided({ distributed, because }: Tally): number {
  return Object.values(because).reduce((sum, count) => sum + count, distributed);
}

type Tally = {
  distributed: number;
  held: number;
  readonly because: Partial<Record<DecisionOutcome, number>>;
  readonly closed: Queued[];
};

/** True: its time is up, or others were in the way too often, and the rest is for the next run. */
async function giveOut(
  context: Context,
  setup: Setup,
  floor: Floor,
  chats: readonly Transferring[],
  tally: Tally,
  deadlineMs: number,
): Promise<boolean> {
  const { table } = context;
  const since = context.now();
  let waiting = chats;
  let size: number = BOUNDS.movesPerWriteMax;
  for (let lost = 0; waiting.length > 0 && table.elapsedMs() < deadlineMs; ) {
    const moves = movesOf(context, setup, floor, waiting.slice(0, size), since);
    const saved = await saveChanges(table, setup.project.id, moves, floor.moved());
    floor.settle(saved.outcome === 'committed' ? 'written' : 'undone');
    if (saved.outcome === 'committed') {
      for (const move of moves) count(tally, move);
      waiting = waiting.slice(moves.length);
      size = BOUNDS.movesPerWriteMax;
      lost = 0;
      continue;
    }
    lost += 1;
    if (lost === BOUNDS.lostWritesMax) return true;
    if (saved.outcome === 'refused') waiting = learn(floor, tally, waiting, saved);
    // The fewer go together, the less is in the way of one that others keep changing.
    size = Math.max(1, Math.floor(size / 2));
  }
  return waiting.length > 0;
}

/** As many of the moves, from the first on, as fit one transaction. */
function movesOf(
  context: Context,
  setup: Setup,
  floor: Floor,
  chats: readonly Transferring[],
  since: Instant,
): readonly Move[] {
  const moves: Move[] = [];
  for (const one of chats) {
    const rows = (moves.length + 1) * ROWS_OF_A_MOVE + floor.touches() + AGENTS_OF_A_MOVE;
    if (rows > BOUNDS.transactionRowsMax) break;
    moves.push(moveOne(context, setup, floor, one, { trigger: 'distribution', since }));
  }
  return moves;
}

/** The chat, its row in the queue or in the line, and its decision; the agent it leaves, and the one who gets it. */
const ROWS_OF_A_MOVE = 3;
const AGENTS_OF_A_MOVE = 2;

function count(tally: Tally, { decision: { outcome } }: Move): void {
  if (outcome === 'assigned') tally.distributed += 1;
  else tally.because[outcome] = (tally.because[outcome] ?? 0) + 1;
}

/**
 * Takes in what others did meanwhile, and gives back the chats that are still to be decided. One that was changed itself,
 * and may have another agent or another group by now, keeps its place for the next run.
 */
function learn(
  floor: Floor,
  tally: Tally,
  waiting: readonly Transferring[],
  { chats, agents, gone }: Extract<Changes, { outcome: 'refused' }>,
): readonly Transferring[] {
  for (const agent of agents) floor.learn(agent.id, agent);
  for (const id of gone) floor.learn(id, undefined);
  const changed = new Map(chats.map(({ chat }) => [chat.id, chat]));
  for (const { before, to, createdOn } of waiting) {
    const chat = changed.get(before.chat.id);
    if (chat?.state === 'held') tally.held += 1;
    if (chat?.state !== 'closed' || createdOn === null) continue;
    tally.closed.push({ ...to, chatId: chat.id, createdOn, state: 'closed' });
  }
  return waiting.filter(({ before }) => !changed.has(before.chat.id));
}

/** Nothing writes the row of a closed chat any more: it simply goes. Returns how many went; the others wait for the next run. */
async function purgeAll(
  { table }: Context,
  projectId: ProjectId,
  closed: readonly Queued[],
): Promise<number> {
  const batches = Array.from({ length: Math.ceil(closed.length / PURGED_TOGETHER_MAX) }, (_, index) =>
    closed.slice(index * PURGED_TOGETHER_MAX, (index + 1) * PURGED_TOGETHER_MAX),
  );
  const purged = await inParallel(batches, BOUNDS.claimsInParallel, async batch => {
    const writes = batch.map(one => purge(table, projectId, one));
    const { outcome } = await commit(table, writes, () => true);
    return outcome === 'committed' ? batch.length : 0;
  });
  return purged.reduce((sum, count) => sum + count, 0);
}

const PURGED_TOGETHER_MAX = 25;
