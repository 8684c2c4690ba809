import type { Instant, ProjectId } from '../../domain/brands.ts';
import { searchKey } from '../../functions/store/keys.ts';
import type { Engines } from '../engines/engines.ts';
import type { Functions } from '../functions.ts';
import type { DataFolder } from '../storage/data-folder.ts';
import { type Advancing, advance } from '../time/advance.ts';
import type { Clock } from '../time/clock.ts';
import type { Gate } from '../time/gate.ts';
import { keepMinutes } from '../time/minutes.ts';
import { openDeliveries } from './deliver.ts';
import { watchLateMessages } from './late-messages.ts';
import { pollQueue } from './queue.ts';
import { type ChangedRow, pollStream } from './stream.ts';
import { openStreamPosition } from './stream-position.ts';

/** All that happens without a request: the queue, the stream, the minute. */
export type Background = {
  /** Publishes what has been written until now. */
  readonly drain: () => Promise<unknown>;
  /** Moves the clock; everything that falls due on the way is done, in order. The gate must be held alone. */
  readonly advanceTo: (target: Instant) => Promise<void>;
  /** The table was made anew. */
  readonly startOver: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function startBackground(
  engines: Engines,
  functions: Functions,
  folder: DataFolder,
  clock: Clock,
  gate: Gate,
  writes: () => number,
): Promise<Background> {
  const { clients, queueUrl, own } = engines;
  const deliveries = openDeliveries(functions.search, engines.env.AWS_REGION ?? '');
  const stream = await pollStream(engines, functions.publish, openStreamPosition(folder), gate);
  const queue = pollQueue(clients.queue, queueUrl, deliveries, gate);
  const late = own.queue && watchLateMessages(own.queue, deliveries, clock, gate);
  const minutes = keepMinutes(folder, () => everyMinute(engines, functions), clock, gate);
  late?.lookAgain();

  const advancing: Advancing = {
    clock,
    minutes,
    queue: own.queue,
    deliveries,
    sweep: queue.sweep,
    drain: stream.drain,
    writes,
    matters,
    isRepeated: functions.isRepeated,
    // A table elsewhere tells of its changes later; then no minute can be known to be quiet.
    nextTimed: async () => (own.table ? functions.nextTimed() : clock.now()),
  };
  return {
    drain: stream.drain,
    async advanceTo(target) {
      await advance(advancing, target);
      minutes.lookAgain();
      late?.lookAgain();
    },
    startOver: stream.reopen,
    async close() {
      await Promise.all([queue.close(), stream.close(), late?.close(), minutes.close()]);
    },
  };
}

/** What EventBridge's schedules call at each minute. Where they are another's, whoever is called looks for itself. */
async function everyMinute({ env, own: { rules } }: Engines, functions: Functions): Promise<void> {
  const isJobOn = rules === null || rules.isEnabled(env.USHER_JOB_RULE ?? '');
  const done = await Promise.allSettled([functions.minute(), ...(isJobOn ? [functions.jobMinute()] : [])]);
  const failed = done.flatMap(one => (one.status === 'rejected' ? [one.reason] : []));
  if (failed.length > 0) throw new AggregateError(failed, 'a function of the minute failed');
}

const SEARCH_ROW = searchKey('' as ProjectId).sk;

/** The row that says who searches and until when searches are armed changes every minute, and decides nothing. */
function matters({ sk }: ChangedRow): boolean {
  return sk !== SEARCH_ROW;
}
