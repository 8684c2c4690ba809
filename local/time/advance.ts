import type { Instant } from '../../domain/brands.ts';
import type { QueueEngine } from '../engines/queue.ts';
import { type Deliveries, dueAtOf } from '../pollers/deliver.ts';
import type { ChangedRow } from '../pollers/stream.ts';
import type { Clock } from './clock.ts';
import { MINUTE_MS, type Minutes, minuteOf } from './minutes.ts';

const BATCH_MAX = 10;
const NEVER = Number.POSITIVE_INFINITY;

export type Advancing = {
  readonly clock: Clock;
  readonly minutes: Minutes;
  /** Null = the queue is not ours: what is on its way there comes when SQS hands it out. */
  readonly queue: QueueEngine | null;
  readonly deliveries: Deliveries;
  /** Deletes what is done from the queue. */
  readonly sweep: () => Promise<void>;
  readonly drain: () => Promise<readonly ChangedRow[]>;
  /** Whether a change of this row can lead to another outcome of a search or a run. */
  readonly matters: (row: ChangedRow) => boolean;
  /** Whether every minute sends this message anew, so that one of a quiet minute can be left out. */
  readonly isRepeated: (body: string) => boolean;
  /** From when on time alone may lead to something that the last minute did not see; null = never. */
  readonly nextTimed: () => Promise<Instant | null>;
};

/**
 * Moves the clock to `target`. Every minute and every message that falls due on the way is handled in order, at its
 * own time; where both are due, the minute comes first: it sends the messages of the time that begins.
 *
 * A whole minute in which nothing changed would repeat itself until something new is due: such minutes are passed
 * over, so that thirty quiet days take a moment.
 */
export async function advance(advancing: Advancing, target: Instant): Promise<void> {
  const { clock, minutes, deliveries, queue } = advancing;
  // A process that is killed on the way must not come back to an earlier time than it has written.
  clock.keep(target);
  const tried = new Set<string>();
  let quiet = false;
  for (;;) {
    const minuteAt = minutes.next();
    const { dueAt, messages } = firstDue(waitingMessages(advancing, tried));
    if (Math.min(minuteAt, dueAt) > target) break;
    if (dueAt < minuteAt) {
      clock.moveTo(dueAt as Instant);
      const done = await deliveries.deliver(messages);
      queue?.hasten(done);
      for (const { messageId } of messages) tried.add(messageId);
      if (done.size < messages.length) quiet = false;
      continue;
    }
    // What was handled leaves the queue, so that looking at it stays quick.
    await advancing.sweep();
    const changed = await advancing.drain();
    if (quiet && !changed.some(advancing.matters) && (await passQuietMinutes(advancing, target, tried))) {
      quiet = false;
      continue;
    }
    clock.moveTo(minuteAt);
    await minutes.run();
    quiet = true;
  }
  clock.moveTo(target);
  if (tried.size > 0) await advancing.sweep();
  clock.keep();
}

/**
 * Passes over the minutes up to the one before something may be due, and over what they would have repeated. False:
 * there is none to pass over.
 */
async function passQuietMinutes(
  advancing: Advancing,
  target: Instant,
  tried: ReadonlySet<string>,
): Promise<boolean> {
  const { minutes, deliveries, queue, isRepeated } = advancing;
  const waiting = waitingMessages(advancing, tried);
  const { dueAt } = firstDue(waiting.filter(({ body }) => !isRepeated(body)));
  const timedAt = (await advancing.nextTimed()) ?? NEVER;
  const to = minuteOf(Math.min(target, dueAt, timedAt));
  // The last minute runs whole again: it sends what is repeated in the time that follows.
  const from = (to - MINUTE_MS) as Instant;
  if (from <= minutes.next()) return false;
  const repeated = waiting.filter(message => message.dueAt <= from && isRepeated(message.body));
  const ids = new Set(repeated.map(({ messageId }) => messageId));
  deliveries.passOver(ids);
  queue?.hasten(ids);
  minutes.passTo(from);
  return true;
}

type Waiting = { readonly messageId: string; readonly body: string; readonly dueAt: number };

/** What is in the queue and not handled; each message is tried once per advance. */
function waitingMessages({ queue, deliveries }: Advancing, tried: ReadonlySet<string>): readonly Waiting[] {
  return (queue?.look() ?? [])
    .filter(({ id }) => !tried.has(id) && !deliveries.isDone(id))
    .map(({ id, body }) => ({ messageId: id, body, dueAt: dueAtOf(body) }));
}

/** Those that are due first, at one moment. */
function firstDue(waiting: readonly Waiting[]): {
  readonly dueAt: number;
  readonly messages: readonly Waiting[];
} {
  const dueAt = waiting.reduce((least, message) => Math.min(least, message.dueAt), NEVER);
  return { dueAt, messages: waiting.filter(message => message.dueAt === dueAt).slice(0, BATCH_MAX) };
}
