import { BOUNDS } from '../bounds.ts';
import { Problem } from '../edge/problems.ts';
import type { Table } from '../store/client.ts';

/**
 * Tries a verb again while others keep changing the rows it is about: each try reads them anew and decides anew, after
 * a pause that grows and is drawn by lot, so that many who met do not meet again. `null` from a try means it lost such a
 * race and changed nothing.
 */
export async function untilSettled<Answer>(
  { table }: { readonly table: Pick<Table, 'pause' | 'random'> },
  attempt: () => Promise<Answer | null>,
): Promise<Answer> {
  for (let tries = 1; tries <= BOUNDS.verbTriesMax; tries += 1) {
    const answer = await attempt();
    if (answer !== null) return answer;
    await table.pause(table.random() * 5 * 2 ** tries);
  }
  throw new Problem(
    'busy',
    'Others kept changing the same rows. Nothing was changed; try again in a moment.',
  );
}
