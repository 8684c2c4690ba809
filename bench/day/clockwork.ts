import type { Instant } from '../../domain/brands.ts';
import type { World } from '../../test/support/world.ts';
import { openAgenda } from '../simulation/agenda.ts';

type Deed = () => Promise<void>;

/** What people do, second by second, over the world's own minutes and the messages of its queue. */
export type Clockwork = {
  /** Enters a deed so many milliseconds from now. What is due in the same second happens at once. */
  readonly after: (ms: number, deed: Deed) => void;
  /** As `after`, for one during which nothing else happens. */
  readonly aloneAfter: (ms: number, deed: Deed) => void;
  /** Time goes on to `end`, from one thing to the next. */
  readonly run: (end: Instant) => Promise<void>;
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

export function openClockwork(world: World): Clockwork {
  const agenda = openAgenda<{ readonly deed: Deed; readonly alone: boolean }>();
  const { clock, queue } = world;
  const secondFrom = (at: number) => (Math.ceil(at / SECOND_MS) * SECOND_MS) as Instant;
  const enter = (ms: number, deed: Deed, alone: boolean) =>
    agenda.enter(secondFrom(clock.now + ms), { deed, alone });
  const dueDeeds = () => {
    const due: { readonly deed: Deed; readonly alone: boolean }[] = [];
    while ((agenda.nextAt() ?? Number.POSITIVE_INFINITY) <= clock.now) due.push(agenda.next().entry);
    return due;
  };
  return {
    after: (ms, deed) => enter(ms, deed, false),
    aloneAfter: (ms, deed) => enter(ms, deed, true),
    async run(end) {
      for (let minuteAt = Math.ceil(clock.now / MINUTE_MS) * MINUTE_MS; ; ) {
        const messageAt = Math.min(...queue.map(({ dueAt }) => dueAt));
        const next = Math.min(minuteAt, messageAt, agenda.nextAt() ?? Number.POSITIVE_INFINITY);
        if (next > end) return;
        clock.now = Math.max(clock.now, next) as Instant;
        if (next === minuteAt) {
          await world.minute();
          minuteAt += MINUTE_MS;
        }
        const failed = await world.deliver();
        if (failed > 0) throw new Error(`${failed} messages of the queue failed`);
        const due = dueDeeds();
        await Promise.all(due.map(({ deed, alone }) => (alone ? null : deed())));
        for (const { deed, alone } of due) if (alone) await deed();
      }
    },
  };
}
