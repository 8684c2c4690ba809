import type { QueueEngine } from '../engines/queue.ts';
import type { Clock } from '../time/clock.ts';
import type { Gate } from '../time/gate.ts';
import { type Deliveries, dueAtOf } from './deliver.ts';
import type { Poller } from './queue.ts';

/** A delay has whole seconds, rounded up: that much is not late. */
const LATE_BY_MS = 1_500;
const TIMER_MS_MAX = 60_000;

export type LateMessages = Poller & { readonly lookAgain: () => void };

/**
 * SQS counts a delay in the machine's time. After the clock was moved, what was on its way then would arrive too late
 * by as much; this hands such messages out when they are due.
 */
export function watchLateMessages(
  queue: QueueEngine,
  deliveries: Deliveries,
  clock: Clock,
  gate: Gate,
): LateMessages {
  let timer: NodeJS.Timeout | undefined;
  /** Each is tried once; one that failed comes again from SQS. */
  const tried = new Set<string>();
  let closed = false;
  let running: Promise<unknown> = Promise.resolve();

  function lookAgain(): void {
    clearTimeout(timer);
    if (closed) return;
    const next = late()[0];
    if (next === undefined) return;
    const waitMs = Math.min(TIMER_MS_MAX, Math.max(0, next.dueAt - clock.now()));
    timer = setTimeout(() => {
      running = gate.together(handOut).then(lookAgain);
    }, waitMs);
  }

  function late() {
    const aheadMs = clock.now() - Date.now();
    return queue
      .look()
      .filter(({ id, arrivesAt }) => arrivesAt !== null && !deliveries.isDone(id) && !tried.has(id))
      .map(message => ({ ...message, dueAt: dueAtOf(message.body) }))
      .filter(({ arrivesAt, dueAt }) => (arrivesAt ?? 0) + aheadMs > dueAt + LATE_BY_MS)
      .sort((a, b) => a.dueAt - b.dueAt);
  }

  async function handOut(): Promise<void> {
    const now = clock.now();
    for (const { id, body, dueAt } of late()) {
      if (dueAt > now) return;
      tried.add(id);
      await deliveries.deliver([{ messageId: id, body }]);
    }
  }

  return {
    lookAgain,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
