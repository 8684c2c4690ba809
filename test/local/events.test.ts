import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Api, openLaptop, type TestLaptop } from '../support/laptop.ts';

let laptop: TestLaptop;
let api: Api;
let owner: Api;

type Item = {
  id: string;
  'detail-type': string;
  detail: { agentId: string; status: string; versionAfter: number };
};

beforeAll(async () => {
  laptop = await openLaptop();
  api = laptop.api();
  owner = laptop.api(await laptop.token({ role: 'owner' }));
  await owner('PUT', '/v1/projects/acme', { name: 'Acme' });
  await owner('PUT', '/v1/projects/acme/admin/agents/ada', { name: 'Ada' });
  for (let change = 0; change < 60; change += 1) {
    await owner('PUT', '/v1/projects/acme/agents/ada/status', {
      status: change % 2 === 0 ? 'busy' : 'online',
    });
  }
});
afterAll(() => laptop.close());

test('the list is never behind: what was answered is in it', async () => {
  await owner('PUT', '/v1/projects/acme/admin/agents/ben', { name: 'Ben' });
  const all = await allItems();
  expect(all.at(-1)).toMatchObject({ 'detail-type': 'AgentStatusChanged', detail: { agentId: 'ben' } });
});

test('events come in the order of the changes, in pages of fifty', async () => {
  const first = (await api('GET', '/local/events')).body;
  expect(first.items).toHaveLength(50);
  expect(first.nextCursor).toBe(first.items[49].id);
  const second = (await api('GET', `/local/events?after=${first.nextCursor}`)).body;
  expect(second.nextCursor).toBeNull();
  const items: Item[] = [...first.items, ...second.items];
  const versions = items
    .filter(({ detail }) => detail.agentId === 'ada')
    .map(({ detail }) => detail.versionAfter);
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  const nothing = (await api('GET', `/local/events?after=${items.at(-1)?.id}`)).body;
  expect(nothing).toEqual({ items: [], nextCursor: null });
});

test('an event has the form that EventBridge delivers', async () => {
  const [item] = (await api('GET', '/local/events')).body.items;
  expect(item).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'AgentStatusChanged',
    source: 'usher',
    account: '000000000000',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    region: 'us-east-1',
    resources: [],
    detail: expect.objectContaining({ projectId: 'acme', agentId: 'ada' }),
  });
});

test('a change that cannot be read is in the dead letters of the publisher, and those behind it are told', async () => {
  const { client, name } = laptop.context.table;
  const row = { pk: 'P#acme#ROSTER', sk: 'nobody', status: 'lost' };
  await client.send(new PutCommand({ TableName: name, Item: row }));
  await owner('PUT', '/v1/projects/acme/admin/agents/cleo', { name: 'Cleo', memberOrder: 9 });
  expect((await allItems()).at(-1)?.detail.agentId).toBe('cleo');
  const sqs = new SQSClient({
    endpoint: laptop.queue.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: laptop.queue.unreadableUrl, MaxNumberOfMessages: 10 }),
  );
  sqs.destroy();
  expect(Messages.map(({ Body = '' }) => JSON.parse(Body))).toMatchObject([
    { Records: [{ dynamodb: { NewImage: { sk: { S: 'nobody' } } } }] },
  ]);
});

async function allItems(): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await api('GET', `/local/events?after=${cursor}`);
    items.push(...body.items);
    cursor = body.nextCursor;
  }
  return items;
}

test('a reset empties the list, and nothing of before comes again', async () => {
  const before = (await allItems()).map(({ id }) => id);
  await laptop.reset();
  expect(await allItems()).toEqual([]);
  await owner('PUT', '/v1/projects/acme', { name: 'Acme' });
  await owner('PUT', '/v1/projects/acme/admin/agents/cyd', { name: 'Cyd' });
  const after = await allItems();
  expect(after.map(({ detail }) => detail.agentId)).toEqual(['cyd']);
  expect(before).not.toContain(after[0]?.id);
});
