import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { whyNotHere } from '../support/engine.ts';
import { openLaptop, type TestLaptop } from '../support/laptop.ts';

let laptop: TestLaptop;
afterEach(() => laptop.close());

// The store's contract says so where one of them is not here.
const ENGINES = (['dynoxide', 'dynamodb-local'] as const).filter(engine => whyNotHere(engine) === null);

describe.each(ENGINES)('the stream of %s', engine => {
  test('calls the publisher with every change once, in order, as Lambda would', async () => {
    const seen: DynamoDBRecord[] = [];
    await open(engine, async ({ Records }) => {
      seen.push(...Records);
      return { batchItemFailures: [] };
    });
    for (let n = 1; n <= 3; n += 1) await put({ n, bytes: new Uint8Array([1, 2]) });
    await laptop.api()('GET', '/local/events');
    expect(seen.map(({ dynamodb }) => dynamodb?.NewImage?.n)).toEqual([{ N: '1' }, { N: '2' }, { N: '3' }]);
    expect(seen[0]?.dynamodb?.OldImage).toBeUndefined();
    expect(seen[2]).toMatchObject({
      eventName: 'MODIFY',
      eventSource: 'aws:dynamodb',
      dynamodb: {
        Keys: { pk: { S: 'p' }, sk: { S: 's' } },
        OldImage: { n: { N: '2' }, bytes: { B: 'AQI=' } },
        ApproximateCreationDateTime: expect.any(Number),
        SequenceNumber: expect.any(String),
      },
    });
  });

  test('delivers again from the change that failed, and nothing before it', async () => {
    const published: unknown[] = [];
    const all = Promise.withResolvers<void>();
    let failures = 0;
    await open(engine, async ({ Records }) => {
      for (const { dynamodb } of Records) {
        if (dynamodb?.NewImage?.n?.N === '2' && failures++ === 0) {
          return { batchItemFailures: [{ itemIdentifier: dynamodb.SequenceNumber ?? '' }] };
        }
        published.push(dynamodb?.NewImage?.n?.N);
      }
      if (published.at(-1) === '3') all.resolve();
      return { batchItemFailures: [] };
    });
    for (let n = 1; n <= 3; n += 1) await put({ n });
    await all.promise;
    expect(published).toEqual(['1', '2', '3']);
  });

  test('delivers all again from the lowest failure on, however often it takes', async () => {
    const batches: (string | undefined)[][] = [];
    const begun = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const failAt = (records: readonly DynamoDBRecord[], ...indexes: readonly number[]) => ({
      batchItemFailures: indexes.map(index => ({
        itemIdentifier: records[index]?.dynamodb?.SequenceNumber ?? '',
      })),
    });
    await open(engine, async ({ Records }) => {
      batches.push(Records.map(({ dynamodb }) => dynamodb?.NewImage?.n?.N));
      begun.resolve();
      await written.promise;
      // The first batch may not have all five yet; from the second on it has.
      if (batches.length <= 8) return failAt(Records, 0);
      if (batches.length === 9) return failAt(Records, 3, 1);
      if (batches.length === 10) throw new Error('out of memory');
      if (batches.length === 11) return { batchItemFailures: [{ itemIdentifier: 'unheard-of' }] };
      return { batchItemFailures: [] };
    });
    await put({ n: 1 });
    await begun.promise;
    for (let n = 2; n <= 5; n += 1) await put({ n });
    written.resolve();
    const api = laptop.api();
    while ((await api('GET', '/local/events')).status !== 200);
    const all = ['1', '2', '3', '4', '5'];
    const behind = all.slice(1);
    expect(batches.slice(1)).toEqual([...Array(8).fill(all), behind, behind, behind]);
  });
});

type Publish = Parameters<NonNullable<Parameters<typeof openLaptop>[0]>['functions'] & object>[0]['publish'];

async function open(engine: string, publish: Publish): Promise<void> {
  laptop = await openLaptop({ env: { USHER_DYNAMODB: engine }, functions: real => ({ ...real, publish }) });
}

async function put(row: Record<string, unknown>): Promise<void> {
  const { client, name } = laptop.context.table;
  await client.send(new PutCommand({ TableName: name, Item: { pk: 'p', sk: 's', ...row } }));
}
