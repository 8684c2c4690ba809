import type { Instant, ProjectId } from '../../domain/brands.ts';
import type { Paces } from '../../domain/waits.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import {
  beginCount,
  readBoard,
  readCount,
  type StoredBoard,
  type StoredCount,
  saveBoard,
  saveCount,
} from '../store/board-row.ts';
import { countBoard } from './count.ts';

/**
 * A project's board: as it was counted last, or counted anew by whoever finds it too old. While one counts, the others are
 * given what there is: ten who look every two seconds cost one count, not ten. Whoever comes while the very first one is
 * counted counts for themselves.
 */
export async function presentBoard(context: Context, projectId: ProjectId): Promise<StoredBoard> {
  const { table } = context;
  const board = await readBoard(table, projectId);
  if (board !== null && isWithin(context, board, BOUNDS.boardAgeMs)) return board;
  const counted = await countInTurn(context, projectId, board);
  return counted ?? board ?? (await countBoard(context, projectId, null, null)).board;
}

/**
 * How fast the lines move, as it was counted last, or counted anew where that is too long ago; null = nobody knows yet. Of
 * the board's row, which is small: every glance of a waiting visitor reads it.
 */
export async function presentPaces(context: Context, projectId: ProjectId): Promise<Paces | null> {
  const board = await readBoard(context.table, projectId, true);
  if (board !== null && isWithin(context, board, BOUNDS.estimateAgeMs)) return board;
  return (await countInTurn(context, projectId, board)) ?? board;
}

function isWithin({ now }: Context, { at }: { readonly at: Instant }, ageMs: number): boolean {
  return at <= now() && at > now() - ageMs;
}

/**
 * Null: another is counting, or has counted since `board` was read. What the next count goes on from is a large row, and is
 * written now and then only: a count that goes on from an older one reads some chats more.
 */
async function countInTurn(
  context: Context,
  projectId: ProjectId,
  board: StoredBoard | null,
): Promise<StoredBoard | null> {
  const { table, now } = context;
  const until = (now() + BOUNDS.boardCountMs) as Instant;
  if (!(await beginCount(table, projectId, board, now(), until))) return null;
  const before = await readCount(table, projectId);
  const counted = await countBoard(context, projectId, board, before);
  if (!isLately(context, before)) await saveCount(table, projectId, counted.count);
  await saveBoard(table, projectId, counted.board);
  return counted.board;
}

function isLately(context: Context, count: StoredCount | null): boolean {
  return count !== null && isWithin(context, count, BOUNDS.boardCountKeptMs);
}
