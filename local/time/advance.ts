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
  /** How many writes the functions have sent to the table. */
  readonly writes: () => number;
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
 * What would only repeat itself is passed over, so that a day takes seconds and thirty quiet days a moment: a message
 * that was handled once and changed nothing, and whole minutes of them.
 */
export async function advance(advancing: Advancing, target: Instant): Promise<void> {
  const { clock, minutes } = advancing;
  // A process that is killed on the way must not come back to an earlier time than it has written.
  clock.keep(target);
  const way: Way = { tried: new Set(), settled: new Set(), quiet: false };
  for (;;) {
    const minuteAt = minutes.next();
    const { dueAt, messages } = firstDue(waitingMessages(advancing, way.tried));
    if (Math.min(minuteAt, dueAt) > target) break;
    if (dueAt < minuteAt) {
      await handle(advancing, way, dueAt as Instant, messages);
      continue;
    }
    // What was handled leaves the queue, so that looking at it stays quick.
    await advancing.sweep();
    await noteChanges(advancing, way);
    if (way.quiet && (await passQuietMinutes(advancing, target, way.tried))) {
      way.quiet = false;
      continue;
    }
    clock.moveTo(minuteAt);
    await minutes.run();
    way.settled.clear();
    way.quiet = true;
  }
  clock.moveTo(target);
  if (way.tried.size > 0) await advancing.sweep();
  clock.keep();
}

/** What is known on the way. */
type Way = {
  /** The messages that had their turn. */
  readonly tried: Set<string>;
  /** What repeated messages ask for, handled since the last write: handling it again would find the same. */
  readonly settled: Set<string>;
  /** Nothing has changed since the minute ran. */
  quiet: boolean;
};

async function handle(
  advancing: Advancing,
  way: Way,
  dueAt: Instant,
  messages: readonly Waiting[],
): Promise<void> {
  const { clock, deliveries, queue, isRepeated } = advancing;
  const isSettled = ({ body }: Waiting) => isRepeated(body) && way.settled.has(askedBy(body));
  const passed = new Set(messages.filter(isSettled).map(({ messageId }) => messageId));
  deliveries.passOver(passed);
  const due = messages.filter(message => !isSettled(message));
  for (const { messageId } of messages) way.tried.add(messageId);
  if (due.length === 0) {
    queue?.hasten(passed);
    return;
  }
  clock.moveTo(dueAt);
  const written = advancing.writes();
  const done = await deliveries.deliver(due);
  queue?.hasten(new Set([...passed, ...done]));
  if (advancing.writes() !== written) way.settled.clear();
  if (done.size < due.length) way.quiet = false;
  for (const { messageId, body } of due) if (done.has(messageId)) way.settled.add(askedBy(body));
}

/** A change that matters unsettles everything. */
async function noteChanges({ drain, matters }: Advancing, way: Way): Promise<void> {
  if (!(await drain()).some(matters)) return;
  way.quiet = false;
  way.settled.clear();
}

/** A message without its time: what it asks for. */
function askedBy(body: string): string {
  return body.replace(/"dueAt":\d+/, '');
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
