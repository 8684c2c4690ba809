import type { ProjectId } from '../../domain/brands.ts';
import { asksCursor } from '../../domain/policies.ts';
import { policiesIn } from '../../domain/rule.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { type RankPage, readRank } from '../store/agents.ts';
import type { Configuration } from '../store/configuration.ts';
import { readCursor, type StoredCursor } from '../store/cursor.ts';
import { type LinePage, readLine } from '../store/line.ts';

/** The heads of the waiting line and of the rank index: all that most decisions need to know of either. */
export type Heads = {
  readonly line: LinePage;
  readonly rank: RankPage;
  /** Where the rotation stands; null = no rule asks, or it was not read yet. */
  readonly cursor: StoredCursor | null;
};

/**
 * The line after the rank: a claim names the agent as the rank showed it, so whoever joined the line before this
 * reading of it is seen by everybody who could take that agent (docs/decisions/0003-waiting-line.md). The
 * configuration, which is on its way meanwhile, says whether the rotation's cursor is wanted too.
 */
export async function readHeads(
  { table }: Context,
  projectId: ProjectId,
  configuration: Promise<Configuration | null>,
): Promise<Heads> {
  const rank = await readRank(table, projectId, BOUNDS.rankHeadRows);
  const settings = (await configuration)?.project.settings;
  const asks = settings !== undefined && policiesIn(settings).some(asksCursor);
  const [line, cursor] = await Promise.all([
    readLine(table, projectId, BOUNDS.lineHeadRows),
    asks ? readCursor(table, projectId) : null,
  ]);
  return { rank, line, cursor };
}
