import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Instant, ProjectId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { Table } from '../store/client.ts';
import { addStarts, readStarts } from '../store/starts.ts';
import { Problem } from './problems.ts';

/** Starts from outside in each minute; null = as many as come. */
export type StartsPerMinute = { readonly perAddress: number | null; readonly perProject: number | null };

/** Where a start comes from, and when. */
type Comer = {
  readonly table: Table;
  readonly projectId: ProjectId;
  /** Empty = unknown, which is held against nobody. */
  readonly address: string;
  readonly now: Instant;
};

export type StartLimits = {
  /** Throws 429 where the limit of the address or the project is reached; otherwise the start is counted. */
  readonly count: (comer: Comer) => Promise<void>;
  /** As `count`, for a start that is counted later. */
  readonly check: (comer: Comer) => Promise<void>;
};

const MINUTE_MS = 60_000;

/** What this process knows of one minute: its own starts that are not in the table yet, and whether the limit is reached. */
type Known = { pending: number; isReached: boolean };

/** One limit that holds for a start: of what, how many, and how many of them a process notes at once. */
type Limit = { readonly of: string; readonly most: number; readonly notedTogether: number };

/**
 * Counts are kept in the table, so that they hold over all processes, but not with every start: each process notes several
 * at once. So a usual visitor costs nothing more, and a limit may be passed by what the running processes have not noted yet.
 * A refusal writes nothing, and after the first one reads nothing either until the minute is over.
 */
export function startLimits({ perAddress, perProject }: StartsPerMinute): StartLimits {
  let minute = 0 as Instant;
  let known = new Map<string, Known>();

  function limitsOn({ address }: Comer): readonly Limit[] {
    const { perAddress: ofAddress, perProject: ofProject } = BOUNDS.startsNotedTogether;
    const net = address === '' ? null : networkOf(address);
    return [
      ...(perAddress === null || net === null
        ? []
        : [{ of: hashed(net), most: perAddress, notedTogether: ofAddress }]),
      ...(perProject === null ? [] : [{ of: 'project', most: perProject, notedTogether: ofProject }]),
    ];
  }

  function knownOf({ projectId, now }: Comer, { of }: Limit): Known {
    const present = (now - (now % MINUTE_MS)) as Instant;
    if (present !== minute || known.size > BOUNDS.startAddressesMax) known = new Map();
    minute = present;
    const key = `${projectId}#${of}`;
    const found = known.get(key) ?? { pending: 0, isReached: false };
    known.set(key, found);
    return found;
  }

  async function isReached({ table, projectId }: Comer, { of, most }: Limit, here: Known, more: number) {
    here.isReached ||= (await readStarts(table, projectId, of, minute)) + here.pending + more > most;
    return here.isReached;
  }

  return {
    async count(comer) {
      for (const limit of limitsOn(comer)) {
        const here = knownOf(comer, limit);
        if (here.isReached) throw tooMany(comer);
        if (here.pending + 1 < limit.notedTogether) {
          here.pending += 1;
          continue;
        }
        if (await isReached(comer, limit, here, 1)) throw tooMany(comer);
        const noted = here.pending + 1;
        here.pending = 0;
        await addStarts(comer.table, comer.projectId, limit.of, minute, noted);
      }
    },
    async check(comer) {
      for (const limit of limitsOn(comer)) {
        const here = knownOf(comer, limit);
        if (here.isReached || (await isReached(comer, limit, here, 1))) throw tooMany(comer);
      }
    },
  };
}

function tooMany({ now }: Comer): Problem {
  const seconds = Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1_000);
  const detail = `Try again in ${seconds} seconds. Nothing was changed.`;
  return new Problem('too-many-starts', detail, { retryAfterSeconds: seconds });
}

/** Whoever has one IPv6 address has a whole network of them: its first half is what counts. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [before = '', after = ''] = address.split('::');
  const head = before.split(':').filter(part => part !== '');
  const tail = after.split(':').filter(part => part !== '');
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  const parts = address.includes('::') ? [...head, ...zeros, ...tail] : head;
  return parts
    .slice(0, 4)
    .map(part => Number.parseInt(part, 16).toString(16))
    .join(':');
}

/** A visitor's address is nobody's business: the table does not hold it. */
function hashed(address: string): string {
  return createHash('sha256').update(address).digest('base64url').slice(0, 22);
}
