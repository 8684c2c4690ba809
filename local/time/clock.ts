import * as z from 'zod';
import type { Instant } from '../../domain/brands.ts';
import type { DataFolder } from '../storage/data-folder.ts';
import { jsonFile } from '../storage/json-file.ts';

const clockFile = z.object({ offsetMs: z.number(), latest: z.number() });

/** Usher's time: the machine's, and as far ahead as it was moved. It never runs backwards, over restarts too. */
export type Clock = {
  readonly now: () => Instant;
  /** Moves on to a moment; one that has passed changes nothing. */
  readonly moveTo: (at: Instant) => void;
  /** Writes down that time has come to `at` or now, whichever is later: after a restart it is not earlier. */
  readonly keep: (at?: Instant) => void;
};

/** `machineNow` in milliseconds since the epoch; it may jump back (a corrected clock), Usher's time then waits. */
export function openClock(folder: DataFolder, machineNow: () => number = Date.now): Clock {
  const file = jsonFile(folder.within('clock.json'), clockFile);
  const before = file.read();
  let latest = before?.latest ?? 0;
  /** The latest that was ever written down. */
  let kept = latest;
  let offsetMs = Math.max(before?.offsetMs ?? 0, latest - machineNow());

  const now = () => {
    latest = Math.max(latest, machineNow() + offsetMs);
    return latest as Instant;
  };
  return {
    now,
    moveTo(at) {
      offsetMs += Math.max(0, at - now());
    },
    keep(at = now()) {
      kept = Math.max(kept, at, now());
      file.write({ offsetMs: Math.max(offsetMs, kept - machineNow()), latest: kept });
    },
  };
}
