import * as z from 'zod';
import type { Instant } from '../../domain/brands.ts';
import type { Functions } from '../functions.ts';
import type { DataFolder } from '../storage/data-folder.ts';
import { jsonFile } from '../storage/json-file.ts';
import type { Clock } from './clock.ts';
import type { Gate } from './gate.ts';

export const MINUTE_MS = 60_000;

/** The start of the minute that a moment falls into. */
export function minuteOf(at: number): Instant {
  return (Math.floor(at / MINUTE_MS) * MINUTE_MS) as Instant;
}

/** Runs the minute's function at each minute of Usher's clock, once. */
export type Minutes = {
  /** The next one to run; it has passed when one was missed. */
  readonly next: () => Instant;
  /** Runs the one that has begun. */
  readonly run: () => Promise<void>;
  /** Passes over those before this one: nothing would have happened in them. */
  readonly passTo: (minute: Instant) => void;
  /** Waits anew: the clock was moved. */
  readonly lookAgain: () => void;
  readonly close: () => Promise<void>;
};

export function keepMinutes(
  folder: DataFolder,
  minute: Functions['minute'],
  clock: Clock,
  gate: Gate,
): Minutes {
  const file = jsonFile(folder.within('minute.json'), z.object({ last: z.number() }));
  let last = file.read()?.last ?? minuteOf(clock.now());
  let closed = false;
  let running: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const next = () => (last + MINUTE_MS) as Instant;

  async function run(): Promise<void> {
    last = minuteOf(clock.now());
    try {
      await minute();
    } catch (error) {
      console.error('usher: the function of the minute failed; the next minute runs it again.', error);
    }
    file.write({ last });
    clock.keep();
  }

  /** Timers are the machine's and may fire early; what counts is Usher's clock. */
  function wait(): void {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(
      () => {
        running = gate.together(async () => {
          if (clock.now() >= next()) await run();
        });
        running = running.then(wait);
      },
      Math.max(1, Math.min(MINUTE_MS, next() - clock.now())),
    );
  }
  wait();

  return {
    next,
    run,
    passTo(minuteStart) {
      last = Math.max(last, minuteStart - MINUTE_MS);
    },
    lookAgain: wait,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
