import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { TABLE_SHAPE } from '../../functions/store/table.ts';

const WAIT_SECONDS_MAX = 120;

/** Creates the table from its shape, unless it is there. Without a stream where nothing reads one. */
export async function ensureTable(client: DynamoDBClient, name: string, withStream = true): Promise<void> {
  if (await exists(client, name)) return;
  const stream: CreateTableCommandInput['StreamSpecification'] = withStream
    ? { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }
    : { StreamEnabled: false };
  await client.send(new CreateTableCommand({ ...definition(name), StreamSpecification: stream }));
  await waitUntilTableExists({ client, maxWaitTime: WAIT_SECONDS_MAX, minDelay: 1 }, { TableName: name });
}

/** Empties the table by making it anew: one call each, however much is in it. */
export async function recreateTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(new DeleteTableCommand({ TableName: name }));
  await waitUntilTableNotExists({ client, maxWaitTime: WAIT_SECONDS_MAX, minDelay: 1 }, { TableName: name });
  await ensureTable(client, name);
}

async function exists(client: DynamoDBClient, TableName: string): Promise<boolean> {
  try {
    await client.send(new DescribeTableCommand({ TableName }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

function definition(name: string): CreateTableCommandInput {
  const { partitionKey, sortKey, rankIndex, membersIndex, listsIndex } = TABLE_SHAPE;
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const include = (projected: readonly string[]) => ({
    ProjectionType: 'INCLUDE' as const,
    NonKeyAttributes: [...projected],
  });
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      partitionKey,
      sortKey,
      rankIndex.sortKey,
      membersIndex.sortKey,
      listsIndex.partitionKey,
      listsIndex.sortKey,
    ].map(AttributeName => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keys(partitionKey, sortKey),
    LocalSecondaryIndexes: [
      {
        IndexName: rankIndex.name,
        KeySchema: keys(partitionKey, rankIndex.sortKey),
        Projection: include(rankIndex.projected),
      },
      {
        IndexName: membersIndex.name,
        KeySchema: keys(partitionKey, membersIndex.sortKey),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: listsIndex.name,
        KeySchema: keys(listsIndex.partitionKey, listsIndex.sortKey),
        Projection: include(listsIndex.projected),
      },
    ],
  };
}
