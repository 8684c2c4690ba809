import { createHash } from 'node:crypto';
import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Table } from '../store/client.ts';
import { addStarts, readStarts } from '../store/starts.ts';
import { Problem } from './problems.ts';

/** Starts from outside in each minute; null = as many as come. */
export type StartLimits = { readonly perAddress: number | null; readonly perProject: number | null };

/** Throws 429 where the limit of the address or the project is reached; otherwise the start is counted. */
export type LimitStarts = (
  table: Table,
  projectId: ProjectId,
  address: string,
  now: Instant,
) => Promise<void>;

const MINUTE_MS = 60_000;

/** What this process knows of one minute: its own starts that are not in the table yet, and whether the limit is reached. */
type Count = { pending: number; isReached: boolean };

/**
 * Counts are kept in the table, so that they hold over all processes, but not with every start: each process notes several
 * at once. So a usual visitor costs nothing more, and a limit may be passed by what the running processes have not noted yet.
 * A refusal writes nothing, and after the first one reads nothing either until the minute is over.
 */
export function startLimiter({ perAddress, perProject }: StartLimits): LimitStarts {
  let minute = 0 as Instant;
  let counts = new Map<string, Count>();

  async function count(table: Table, projectId: ProjectId, of: string, most: number, noteEach: number) {
    const key = `${projectId}#${of}`;
    const known = counts.get(key) ?? { pending: 0, isReached: false };
    counts.set(key, known);
    if (known.isReached) return false;
    known.pending += 1;
    if (known.pending < noteEach) return true;
    const noted = known.pending;
    known.pending = 0;
    if ((await readStarts(table, projectId, of, minute)) + noted > most) {
      known.isReached = true;
      return false;
    }
    await addStarts(table, projectId, of, minute, noted);
    return true;
  }

  return async (table, projectId, address, now) => {
    const present = (now - (now % MINUTE_MS)) as Instant;
    if (present !== minute || counts.size > BOUNDS.startAddressesMax) counts = new Map();
    minute = present;
    const isLetIn =
      (perAddress === null ||
        address === '' ||
        (await count(
          table,
          projectId,
          hashed(address),
          perAddress,
          BOUNDS.startsNotedTogether.perAddress,
        ))) &&
      (perProject === null ||
        (await count(table, projectId, 'project', perProject, BOUNDS.startsNotedTogether.perProject)));
    if (isLetIn) return;
    const seconds = Math.ceil((minute + MINUTE_MS - now) / 1_000);
    throw new Problem('too-many-starts', `Try again in ${seconds} seconds. Nothing was changed.`, {
      retryAfterSeconds: seconds,
    });
  };
}

/** A visitor's address is nobody's business: the table does not hold it. */
function hashed(address: string): string {
  return createHash('sha256').update(address).digest('base64url').slice(0, 22);
}
