import { spawnSync } from 'node:child_process';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Row, Table } from '../../functions/store/client.ts';
import { startTableEngine, type TableEngine } from '../../local/engines/dynamodb.ts';
import { dynoxideBinary } from '../../local/engines/dynoxide.ts';
import { ensureTable } from '../../local/engines/table.ts';
import { openDataFolder } from '../../local/storage/data-folder.ts';

/** A table engine that runs for one test file, with as many tables as its tests open. */
export type Engine = {
  readonly endpoint: string;
  /**
   * A new, empty table of the one shape. Retries do not pause and no deadline passes, unless a test says so.
   * `withStream` false: no history is kept, which the embedded engine gets slower with.
   */
  readonly openTable: (options?: { readonly withStream: boolean }) => Promise<Table>;
  readonly allRows: (table: Table) => Promise<readonly Row[]>;
  /** Every change of a table in the order of the commits; the changes of one transaction stand side by side. */
  readonly history: (table: Table) => Promise<readonly Change[]>;
  /** The same as the table's stream carries it. */
  readonly records: (table: Table) => Promise<readonly StreamRecord[]>;
  readonly close: () => Promise<void>;
};

export type Change = { readonly before: Row | null; readonly after: Row | null };

export const CREDENTIALS = {
  AWS_REGION: 'local',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

/** The engine `USHER_DYNAMODB` asks for, or the one named. */
export async function openEngine(wanted: string | undefined = process.env.USHER_DYNAMODB): Promise<Engine> {
  const engine = await startTableEngine(openDataFolder('memory'), wanted);
  const config = {
    endpoint: engine.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const bare = new DynamoDBClient(config);
  const streams = new DynamoDBStreamsClient(config);
  const client = DynamoDBDocumentClient.from(bare, { marshallOptions: { removeUndefinedValues: true } });
  let tables = 0;
  return {
    endpoint: engine.endpoint,
    async openTable({ withStream } = { withStream: true }) {
      tables += 1;
      const name = `usher-test-${tables}`;
      await ensureTable(bare, name, withStream);
      return { client, name, random: () => 0.5, pause: async () => {}, elapsedMs: () => 0 };
    },
    allRows,
    records: table => recordsOf(streams, table.name),
    history: async table => (await recordsOf(streams, table.name)).map(changeOf),
    async close() {
      client.destroy();
      bare.destroy();
      streams.destroy();
      await engine.close();
    },
  };
}

const JAVA_VERSION_MIN = 17;

/** Why an engine cannot run on this machine; null = it can. */
export function whyNotHere(name: TableEngine['name']): string | null {
  if (name === 'dynoxide') return dynoxideBinary() === null ? 'there is no package of it here' : null;
  const { stderr, stdout } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = /version "(\d+)/.exec(`${stderr}${stdout}`)?.[1];
  if (major === undefined) return `it needs Java ${JAVA_VERSION_MIN}, and there is no java here`;
  return Number(major) < JAVA_VERSION_MIN ? `it needs Java ${JAVA_VERSION_MIN}, here is ${major}` : null;
}

async function allRows(table: Table): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let from: Row | undefined; ; ) {
    const page = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        ConsistentRead: true,
        ...(from !== undefined && { ExclusiveStartKey: from }),
      }),
    );
    rows.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
    if (from === undefined) return rows;
  }
}

async function recordsOf(streams: DynamoDBStreamsClient, name: string): Promise<readonly StreamRecord[]> {
  const { Streams = [] } = await streams.send(new ListStreamsCommand({ TableName: name }));
  const StreamArn = Streams[0]?.StreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const records: StreamRecord[] = [];
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const begin = await streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    for (let ShardIterator = begin.ShardIterator; ShardIterator !== undefined; ) {
      const page = await streams.send(new GetRecordsCommand({ ShardIterator }));
      if (page.Records === undefined || page.Records.length === 0) break;
      records.push(...page.Records);
      ShardIterator = page.NextShardIterator;
    }
  }
  return records;
}

function changeOf({ dynamodb }: StreamRecord): Change {
  const image = (attributes: Parameters<typeof unmarshall>[0] | undefined) =>
    attributes === undefined || Object.keys(attributes).length === 0 ? null : unmarshall(attributes);
  return {
    before: image(dynamodb?.OldImage as Parameters<typeof unmarshall>[0] | undefined),
    after: image(dynamodb?.NewImage as Parameters<typeof unmarshall>[0] | undefined),
  };
}
