import { Logger } from '@aws-lambda-powertools/logger';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Instant } from '../../domain/brands.ts';
import { EventsRefused, eventBus } from '../../functions/stream/event-bus.ts';
import type { DomainEvent } from '../../functions/stream/events.ts';
import { publishLambda } from '../../functions/stream/publish.ts';
import { unreadableChanges } from '../../functions/stream/unreadable.ts';
import { agent } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { openWorld, type World } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const log = new Logger({ serviceName: 'test', logLevel: 'SILENT' });

type Records = readonly DynamoDBRecord[];
type Refusing = {
  readonly refuses?: (event: DomainEvent) => boolean;
  /** The queue of what cannot be read takes nothing either. */
  readonly queueIsOut?: boolean;
};

/** A publisher whose bus and queue keep what they take. */
function openPublisher({ refuses = () => false, queueIsOut = false }: Refusing = {}) {
  const published: DomainEvent[] = [];
  const asideBodies: string[] = [];
  const bus = {
    publish: async (events: readonly DomainEvent[]) => {
      if (events.some(refuses)) throw new EventsRefused('no');
      published.push(...events);
    },
  };
  const queue = {
    send: async ({ input }: SendMessageCommand) => {
      if (queueIsOut) throw new Error('no');
      expect(input.QueueUrl).toBe('the-queue');
      asideBodies.push(input.MessageBody ?? '');
    },
  };
  const lambda = publishLambda({
    eventBus: bus,
    unreadable: unreadableChanges(queue as unknown as SQSClient, 'the-queue'),
    log,
  });
  const deliver = async (records: Records) => {
    const { batchItemFailures } = await lambda({ Records: [...records] });
    return batchItemFailures.map(failure => failure.itemIdentifier);
  };
  return { published, asideBodies, lambda, deliver };
}

const recordsOf = async (world: World) => (await engine.records(world.table)) as unknown as Records;

/** Publishes what the table's own stream says; the bus refuses what `refuses` says. */
async function publish(world: World, refuses: (event: DomainEvent) => boolean = () => false) {
  const { published, deliver } = openPublisher({ refuses });
  const Records = await recordsOf(world);
  return { published, failed: await deliver(Records), Records };
}

/** Where the record stands that created a chat. */
const placeOf = (records: Records, chatId: string) =>
  records.findIndex(({ dynamodb }) => dynamodb?.Keys?.pk?.S?.endsWith(chatId));

const told = ({ type, detail }: DomainEvent) =>
  `${type} ${detail.chatId === undefined ? detail.agentId : ''} ${detail.versionBefore}>${detail.versionAfter}`;

describe('the stream’s publisher', () => {
  test('tells each change of a chat and of a status in order, and nothing of other rows', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [agent({ id: 'ada', maxLoad: 1, status: 'offline' })] });
    const { body } = await world.start({ key: 'k', message: 'hello' });
    await world.setStatus('ada', 'online');
    await world.setStatus('ada', 'busy');
    await world.close(body.chat.id);
    const { published, failed } = await publish(world);
    expect(failed).toEqual([]);
    expect(published.map(told)).toEqual([
      'AgentStatusChanged ada 0>1',
      'ChatCreated  0>1',
      'ChatWaiting  1>2',
      'MessagePosted  0>1',
      'AgentStatusChanged ada 1>2',
      'ChatAssigned  2>3',
      'AgentStatusChanged ada 3>4',
      'ChatClosed  3>4',
    ]);
  });

  test('tells of a chat that was assigned as it was created two events, each with its own id', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [agent({ id: 'ada' })] });
    const { body } = await world.start();
    const { published } = await publish(world);
    const ofChat = published.filter(({ detail }) => detail.chatId === body.chat.id);
    expect(ofChat.map(({ type, detail }) => [type, detail.eventId])).toEqual([
      ['ChatCreated', `${body.chat.id}#1`],
      ['ChatAssigned', `${body.chat.id}#2`],
    ]);
    expect(ofChat[1]?.detail).toMatchObject({ agentId: 'ada', weight: 1, method: 'automatic' });
  });

  test('delivered again tells the same events with the same ids', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [agent({ id: 'ada' })] });
    await world.start();
    const [once, again] = [await publish(world), await publish(world)];
    expect(again.published).toEqual(once.published);
    const ids = once.published.map(({ type, detail }) => `${type} ${detail.eventId}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('tells of an agent that was removed and comes back under ids that were not there before', async () => {
    const world = await openWorld(engine);
    const params = { agentId: 'ada' };
    for (const life of ['first', 'second', 'third']) {
      await world.call('replaceAgent', { params, body: { name: life } });
      for (const status of ['online', 'rest', 'busy']) await world.setStatus('ada', status);
      expect((await world.call('deleteAgent', { params })).status).toBe(204);
      world.clock.now = (world.clock.now + 10) as Instant;
    }
    const { published } = await publish(world);
    const ids = published.map(({ detail }) => detail.eventId);
    expect(ids).toHaveLength(12);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^acme\/ada#\d+$/);
    const versions = published.map(({ detail }) => detail.versionAfter);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  test('that the bus refuses reports where to go on: all before it is published, nothing from there on', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: [agent({ id: 'ada', maxLoad: 20 })] });
    const chats: string[] = [];
    for (let count = 0; count < 9; count += 1) chats.push((await world.start()).body.chat.id);
    const refusedId = chats[6];
    const { published, failed, Records } = await publish(world, event => event.detail.chatId === refusedId);
    const [sequence] = failed;
    const from = Records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === sequence);
    const created = published.filter(({ type }) => type === 'ChatCreated').map(({ detail }) => detail.chatId);
    expect(failed).toHaveLength(1);
    // Nothing is lost: every chat whose record is before the place to go on from was told of.
    const before = chats.filter(id => placeOf(Records, id) < from);
    expect(created.slice(0, before.length)).toEqual(before);
    expect(created).not.toContain(refusedId);
    expect(chats.indexOf(refusedId ?? '')).toBeGreaterThanOrEqual(before.length);
    expect(published.length).toBeGreaterThan(0);
  });

  test('ignores rows that are removed and rows it does not know', async () => {
    const { published, asideBodies, deliver } = openPublisher();
    const keys = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
    const failed = await deliver([
      { dynamodb: { OldImage: keys('P#acme#CHAT#c', 'CHAT'), SequenceNumber: '1' } },
      { dynamodb: { NewImage: keys('P#acme', 'SOMETHING-NEW'), SequenceNumber: '2' } },
      { dynamodb: { NewImage: keys('IDEMPOTENCY#x', 'KEY'), SequenceNumber: '3' } },
      { dynamodb: { SequenceNumber: '4' } },
      {},
    ]);
    expect({ failed, published, asideBodies }).toEqual({ failed: [], published: [], asideBodies: [] });
  });
});

describe('a change that cannot be read', () => {
  /** Three agents that are made, each a record; the state of the middle one means nothing to us. */
  async function threeAgents() {
    const world = await openWorld(engine);
    await world.put({ agents: ['ada', 'ben', 'cleo'].map(id => agent({ id })) });
    const sound = (await recordsOf(world)).filter(({ dynamodb }) =>
      dynamodb?.Keys?.pk?.S?.endsWith('#ROSTER'),
    );
    return {
      sound,
      spoiled: sound.map((record, index) => (index === 1 ? withStatus(record, 'lost') : record)),
    };
  }
  const withStatus = (record: DynamoDBRecord | undefined, status: string): DynamoDBRecord => ({
    ...record,
    dynamodb: {
      ...record?.dynamodb,
      NewImage: { ...record?.dynamodb?.NewImage, status: { S: status } },
    },
  });
  const sequenceOf = (records: Records, index: number) => records[index]?.dynamodb?.SequenceNumber;
  const agentsOf = (events: readonly DomainEvent[]) => events.map(({ detail }) => detail.agentId);

  test('is set aside whole, and holds up nothing behind it', async () => {
    const { spoiled } = await threeAgents();
    const { published, asideBodies, deliver } = openPublisher();
    expect(await deliver(spoiled)).toEqual([]);
    expect(agentsOf(published)).toEqual(['ada', 'cleo']);
    expect(asideBodies.map(body => JSON.parse(body))).toEqual([
      { Records: [JSON.parse(JSON.stringify(spoiled[1]))], why: expect.stringContaining('status') },
    ]);
  });

  test('is published from what was set aside once it can be read', async () => {
    const { sound, spoiled } = await threeAgents();
    const { published, asideBodies, lambda } = openPublisher();
    await lambda({ Records: [...spoiled] });
    const event = JSON.parse(asideBodies[0] ?? '');
    expect(await lambda({ ...event, Records: [withStatus(event.Records[0], 'online')] })).toEqual({
      batchItemFailures: [],
    });
    const [, expected] = (await publishedOf(sound)) as DomainEvent[];
    expect(published.at(-1)).toEqual(expected);
    // Where it still cannot be, it is set aside anew.
    await lambda(event);
    expect(asideBodies[1]).toBe(asideBodies[0]);
  });

  async function publishedOf(records: Records) {
    const { published, deliver } = openPublisher();
    await deliver(records);
    return published;
  }

  test('is where to go on from if it cannot be set aside: nothing is lost, nothing overtakes it', async () => {
    const { spoiled } = await threeAgents();
    const { published, deliver } = openPublisher({ queueIsOut: true });
    expect(await deliver(spoiled)).toEqual([sequenceOf(spoiled, 1)]);
    expect(agentsOf(published)).toEqual(['ada']);
  });

  test('is not set aside, again and again, behind a place that the bus refuses', async () => {
    const { spoiled } = await threeAgents();
    const { asideBodies, deliver } = openPublisher({ refuses: ({ detail }) => detail.agentId === 'ada' });
    expect(await deliver(spoiled)).toEqual([sequenceOf(spoiled, 0)]);
    expect(asideBodies).toEqual([]);
  });

  test('is before the place that the bus refuses: it is set aside once, and not delivered again', async () => {
    const { spoiled } = await threeAgents();
    const { published, asideBodies, deliver } = openPublisher({
      refuses: ({ detail }) => detail.agentId === 'cleo',
    });
    expect(await deliver(spoiled)).toEqual([sequenceOf(spoiled, 2)]);
    expect([agentsOf(published), asideBodies.length]).toEqual([['ada'], 1]);
  });

  test('and is too large for the queue leads there by its keys, in a form that nobody takes for the change', async () => {
    const { sound } = await threeAgents();
    const { asideBodies, lambda, deliver } = openPublisher();
    expect(await deliver([withStatus(sound[0], 'x'.repeat(300_000))])).toEqual([]);
    const body = JSON.parse(asideBodies[0] ?? '');
    expect(body.tooLarge.dynamodb).toMatchObject({
      Keys: sound[0]?.dynamodb?.Keys,
      SequenceNumber: sequenceOf(sound, 0),
    });
    expect(asideBodies[0]?.length).toBeLessThan(2_000);
    await expect(lambda(body)).rejects.toThrow();
  });

  test('and holds characters that the queue refuses is kept with all of them', async () => {
    const { sound } = await threeAgents();
    const { asideBodies, deliver } = openPublisher();
    const status = 'a\uFFFEb\uFFFFc';
    await deliver([withStatus(sound[0], status)]);
    expect(asideBodies[0]).not.toMatch(/[\uFFFE\uFFFF]/);
    expect(JSON.parse(asideBodies[0] ?? '').Records[0].dynamodb.NewImage.status.S).toBe(status);
  });
});

describe('the bus', () => {
  const event: DomainEvent = {
    type: 'ChatCreated',
    detail: {
      eventId: 'chat_1#1',
      at: '2026-03-02T16:00:00.000Z',
      projectId: 'acme' as DomainEvent['detail']['projectId'],
      versionBefore: 0,
      versionAfter: 1,
    },
  };
  const busThat = (answer: object, sent: unknown[] = []) =>
    eventBus(
      {
        send: async (command: { input: unknown }) => {
          sent.push(command.input);
          return answer;
        },
      } as unknown as EventBridgeClient,
      'the-bus',
    );

  test('gets the event under its type, with what it is about', async () => {
    const sent: unknown[] = [];
    await busThat({ FailedEntryCount: 0 }, sent).publish([event]);
    expect(sent).toEqual([
      {
        Entries: [
          {
            EventBusName: 'the-bus',
            Source: 'usher',
            DetailType: 'ChatCreated',
            Time: new Date(event.detail.at),
            Detail: JSON.stringify(event.detail),
          },
        ],
      },
    ]);
  });

  test('that takes some of a batch and not all is not taken for success', async () => {
    await expect(busThat({ FailedEntryCount: 1 }).publish([event, event])).rejects.toThrow(EventsRefused);
  });
});
