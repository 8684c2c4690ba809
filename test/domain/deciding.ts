import type { Candidate } from '../../domain/agent.ts';
import { type Circumstances, decide } from '../../domain/decide.ts';
import { demand, LIMITS } from '../support/domain.ts';

/** The decision for a chat on `web` that weighs 1, under the default policy. */
export function decideAmong(candidates: readonly Candidate[], given: Partial<Circumstances> = {}) {
  return decide({
    policy: 'queue-position',
    automaticAllocation: true,
    demand: demand(),
    candidates,
    reading: 'whole-team',
    complete: true,
    limits: LIMITS,
    ...given,
  });
}
