import * as z from 'zod';
import type { DataFolder } from '../storage/data-folder.ts';
import { jsonFile } from '../storage/json-file.ts';

/** Where a shard was read to: the last sequence number, `start` = not yet, `end` = it is closed and read. */
type ShardPosition = { readonly after: string } | 'start' | 'end';

const kept = z.object({
  streamArn: z.string(),
  shards: z.record(
    z.string(),
    z.union([z.object({ after: z.string() }), z.literal('start'), z.literal('end')]),
  ),
});

/** How far the table's stream was published. Kept, so that a restart goes on where it stopped. */
export type StreamPosition = {
  readonly of: (streamArn: string, shardId: string) => ShardPosition;
  readonly reached: (streamArn: string, shardId: string, position: ShardPosition) => void;
};

export function openStreamPosition(folder: DataFolder): StreamPosition {
  const file = jsonFile(folder.within('stream.json'), kept);
  let known = file.read();
  return {
    of: (streamArn, shardId) => (known?.streamArn === streamArn && known.shards[shardId]) || 'start',
    reached(streamArn, shardId, position) {
      // Another stream is another table: what was known of the old one's shards means nothing in it.
      const shards = known?.streamArn === streamArn ? known.shards : {};
      known = { streamArn, shards: { ...shards, [shardId]: position } };
      file.write(known);
    },
  };
}
