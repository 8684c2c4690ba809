import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { beginCount, readBoard, type StoredBoard, saveBoard } from '../store/board-row.ts';
import { countBoard } from './count.ts';

/**
 * A project's board, not older than `maxAgeMs`: as it was counted last, or counted anew by whoever finds it too old. While
 * one counts, the others are given what there is: ten who look every two seconds cost one count, not ten. Null: nobody has
 * counted yet, and another is at it.
 */
export async function presentBoard(
  context: Context,
  projectId: ProjectId,
  maxAgeMs: number,
): Promise<StoredBoard | null> {
  const { table } = context;
  const now = context.now();
  const before = await readBoard(table, projectId);
  if (before !== null && before.at <= now && before.at > now - maxAgeMs) return before;
  const until = (now + BOUNDS.boardCountMs) as Instant;
  if (!(await beginCount(table, projectId, before, now, until))) return before;
  const board = await countBoard(context, projectId, before);
  await saveBoard(table, projectId, board);
  return board;
}
