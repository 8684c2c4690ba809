import { Problem } from '../edge/problems.ts';

const TRIES_MAX = 5;

/**
 * Tries a verb again while others keep changing the rows it is about: each try reads them anew and decides anew.
 * `null` from a try means it lost such a race and changed nothing.
 */
export async function untilSettled<Answer>(attempt: () => Promise<Answer | null>): Promise<Answer> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const answer = await attempt();
    if (answer !== null) return answer;
  }
  throw new Problem(
    'busy',
    'Others kept changing the same rows. Nothing was changed; try again in a moment.',
  );
}
