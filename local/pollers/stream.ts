import { setTimeout as pause } from 'node:timers/promises';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { Engines } from '../engines/engines.ts';
import type { Functions } from '../functions.ts';
import type { Gate } from '../time/gate.ts';
import type { Poller } from './queue.ts';
import type { StreamPosition } from './stream-position.ts';
import { lambdaRecord } from './stream-records.ts';
import { listShards, openShardReader } from './stream-shard.ts';

const EVERY_MS = 100;
const AFTER_FAILURE_MS = 1_000;

export type ChangedRow = { readonly pk: string; readonly sk: string };

export type StreamPoller = Poller & {
  /** Publishes all that has been written so far; answers with the keys of what it came by. */
  readonly drain: () => Promise<readonly ChangedRow[]>;
  /** Goes over to the stream of the table as it is now: it was made anew, and is empty. */
  readonly reopen: () => Promise<void>;
};

/**
 * Publishes the table's changes as the Lambda event source does: in order, and from the first one that failed on all
 * again, until it succeeds.
 */
export async function pollStream(
  { clients, tableName }: Pick<Engines, 'clients' | 'tableName'>,
  publish: Functions['publish'],
  position: StreamPosition,
  gate: Gate,
): Promise<StreamPoller> {
  let streamArn = '';
  let reader = openShardReader(clients.streams, streamArn, position);
  let open: readonly string[] = [];
  const closing = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();
  await reopen();
  const running = run();

  async function reopen(): Promise<void> {
    const { Table } = await clients.table.send(new DescribeTableCommand({ TableName: tableName }));
    streamArn = Table?.LatestStreamArn ?? '';
    reader = openShardReader(clients.streams, streamArn, position);
    open = await openShards();
  }

  /** The embedded engine hands the records of a table that was removed out again with the stream of the new one. */
  async function passOver(): Promise<void> {
    for (const shardId of open) {
      for (let isMore = true; isMore; ) {
        const { records, ended } = await reader.read(shardId);
        const last = records.at(-1)?.dynamodb?.SequenceNumber;
        if (last !== undefined) position.reached(streamArn, shardId, { after: last });
        isMore = records.length > 0 && !ended;
      }
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      let waitMs = EVERY_MS;
      await gate.together(drain).catch(error => {
        if (closing.signal.aborted) return;
        console.error("usher: the table's stream could not be published; trying again.", error);
        waitMs = AFTER_FAILURE_MS;
      });
      await pause(waitMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  function drain(): Promise<readonly ChangedRow[]> {
    const result = turn.then(drainShards);
    turn = result.catch(() => {});
    return result;
  }

  async function drainShards(): Promise<readonly ChangedRow[]> {
    const changed: ChangedRow[] = [];
    for (const shardId of open) {
      for (;;) {
        const { records, ended } = await reader.read(shardId);
        if (records.length > 0) await publishAll(shardId, records);
        changed.push(...records.map(keysOf));
        if (ended) {
          position.reached(streamArn, shardId, 'end');
          open = await openShards();
        }
        if (ended || records.length === 0) break;
      }
    }
    return changed;
  }

  async function publishAll(shardId: string, records: readonly StreamRecord[]) {
    const failedAt = await firstFailure(records);
    const done = failedAt === -1 ? records : records.slice(0, failedAt);
    const last = done.at(-1)?.dynamodb?.SequenceNumber;
    if (last !== undefined) position.reached(streamArn, shardId, { after: last });
    if (failedAt === -1) return;
    reader.rewind(shardId);
    throw new Error('the publishing function reported a failure');
  }

  /** The index of the first record that was not published, the first of all where the function threw; -1 = all were. */
  async function firstFailure(records: readonly StreamRecord[]): Promise<number> {
    try {
      const { batchItemFailures } = await publish({
        Records: records.map(one => lambdaRecord(one, streamArn)),
      });
      const failed = batchItemFailures.map(({ itemIdentifier }) => placeOf(records, itemIdentifier));
      return failed.length === 0 ? -1 : Math.min(...failed);
    } catch (error) {
      console.error('usher: the publishing function failed; its changes come again.', error);
      return 0;
    }
  }

  /** Parents stand before their children, and are read to their end first. */
  async function openShards(): Promise<readonly string[]> {
    const shards = await listShards(clients.streams, streamArn);
    const ids = shards.map(({ ShardId }) => ShardId ?? '');
    return ids.filter(id => position.of(streamArn, id) !== 'end');
  }

  return {
    drain,
    reopen() {
      const result = turn.then(reopen).then(passOver);
      turn = result.catch(() => {});
      return result;
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}

/** A sequence number that is not in the batch stands for all of it. */
function placeOf(records: readonly StreamRecord[], sequenceNumber: string): number {
  return Math.max(
    0,
    records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === sequenceNumber),
  );
}

function keysOf({ dynamodb }: StreamRecord): ChangedRow {
  return { pk: dynamodb?.Keys?.pk?.S ?? '', sk: dynamodb?.Keys?.sk?.S ?? '' };
}
