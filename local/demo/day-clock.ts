import { clockAnswer } from './answers.ts';
import type { Connection } from './connection.ts';

/** The laptop's clock, read in seconds since the midnight with which the demo's day begins. */
export type DayClock = {
  /** Moves the clock on to a second of the day. It runs by itself as well: what is past already is left so. */
  readonly advanceTo: (second: number) => Promise<void>;
  readonly secondOf: (instantMs: number) => number;
};

const DAY_MS = 86_400_000;

/** Moves the clock to `opensAtSecond` of the next day (UTC, like the project), so that times of day read as recorded. */
export async function startDay(connection: Connection, opensAtSecond: number): Promise<DayClock> {
  const move = async (advanceSeconds: number) => {
    const { body } = await connection.call(
      { method: 'POST', path: '/local/clock', as: null, body: { advanceSeconds } },
      clockAnswer,
    );
    return { now: body.now, readAt: performance.now() };
  };
  let latest = await move(0);
  const midnight = Math.ceil(latest.now / DAY_MS) * DAY_MS;
  const advanceTo = async (second: number) => {
    const now = latest.now + (performance.now() - latest.readAt);
    // Whole milliseconds: no instant of the API is finer.
    const aheadMs = Math.ceil(midnight + second * 1_000 - now);
    if (aheadMs > 0) latest = await move(aheadMs / 1_000);
  };
  await advanceTo(opensAtSecond);
  return { advanceTo, secondOf: instantMs => (instantMs - midnight) / 1_000 };
}
