import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { StreamPosition } from './stream-position.ts';

/** What one reading of a shard brought. `ended`: the shard is closed, nothing will follow. */
type Reading = { readonly records: readonly StreamRecord[]; readonly ended: boolean };

/** Reads a stream's shards from where they were left. */
export type ShardReader = {
  readonly read: (shardId: string) => Promise<Reading>;
  /** Reads again from the kept position next time: what was read is not done. */
  readonly rewind: (shardId: string) => void;
};

const RECORDS_MAX = 100;

export function openShardReader(
  client: DynamoDBStreamsClient,
  streamArn: string,
  position: StreamPosition,
): ShardReader {
  const iterators = new Map<string, string>();

  async function iteratorOf(shardId: string): Promise<string> {
    const at = position.of(streamArn, shardId);
    const from =
      typeof at === 'object'
        ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: at.after }
        : { ShardIteratorType: 'TRIM_HORIZON' as const };
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...from }),
    );
    if (ShardIterator === undefined) throw new Error('the stream gave no iterator');
    return ShardIterator;
  }

  return {
    async read(shardId) {
      try {
        const iterator = iterators.get(shardId) ?? (await iteratorOf(shardId));
        const answer = await client.send(
          new GetRecordsCommand({ ShardIterator: iterator, Limit: RECORDS_MAX }),
        );
        if (answer.NextShardIterator === undefined) iterators.delete(shardId);
        else iterators.set(shardId, answer.NextShardIterator);
        return { records: answer.Records ?? [], ended: answer.NextShardIterator === undefined };
      } catch (error) {
        iterators.delete(shardId);
        // After a long sleep of the machine: the iterator is asked for anew, next time.
        if (error instanceof ExpiredIteratorException) return { records: [], ended: false };
        if (!(error instanceof TrimmedDataAccessException)) throw error;
        console.error('usher: the stream keeps a day; older changes were not published as events.');
        position.reached(streamArn, shardId, 'start');
        return { records: [], ended: false };
      }
    },
    rewind: shardId => iterators.delete(shardId),
  };
}

/** All shards of a stream, the older first. */
export async function listShards(
  client: DynamoDBStreamsClient,
  streamArn: string,
): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  let from: string | undefined;
  do {
    const { StreamDescription } = await client.send(
      new DescribeStreamCommand({
        StreamArn: streamArn,
        ...(from !== undefined && { ExclusiveStartShardId: from }),
      }),
    );
    shards.push(...(StreamDescription?.Shards ?? []));
    from = StreamDescription?.LastEvaluatedShardId;
  } while (from !== undefined);
  return shards;
}
