import { Logger } from '@aws-lambda-powertools/logger';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { EventsRefused, eventBus } from '../../functions/stream/event-bus.ts';
import type { DomainEvent } from '../../functions/stream/events.ts';
import { publishLambda } from '../../functions/stream/publish.ts';
import { agent } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { openWorld, type World, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const log = new Logger({ serviceName: 'test', logLevel: 'SILENT' });

/** Publishes what the table's own stream says; the bus refuses what `refuses` says. */
async function publish(world: World, refuses: (event: DomainEvent) => boolean = () => false) {
  const published: DomainEvent[] = [];
  const eventBusHere = {
    publish: async (events: readonly DomainEvent[]) => {
      if (events.some(refuses)) throw new EventsRefused('no');
      published.push(...events);
    },
  };
  const Records = await engine.records(world.table);
  const { batchItemFailures } = await publishLambda({ eventBus: eventBusHere, log })({
    Records,
  } as never);
  return { published, failed: batchItemFailures.map(failure => failure.itemIdentifier), Records };
}

/** Where the record stands that created a chat. */
const placeOf = (records: Awaited<ReturnType<typeof publish>>['Records'], chatId: string) =>
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

  test('stops at a row it cannot read, and reports it', async () => {
    const world = await openWorld(engine);
    await world.put({ waiting: waitingLine(world, 1) });
    const Records = (await engine.records(world.table)).map(record => ({
      ...record,
      dynamodb: { ...record.dynamodb, NewImage: { ...record.dynamodb?.NewImage, state: { S: 'lost' } } },
    }));
    const bus = { publish: async () => {} };
    const answer = await publishLambda({ eventBus: bus, log })({ Records } as never);
    expect(answer.batchItemFailures).toHaveLength(1);
  });

  test('ignores rows that are removed and rows it does not know', async () => {
    const published: unknown[] = [];
    const bus = { publish: async (events: readonly unknown[]) => void published.push(...events) };
    const keys = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
    const Records = [
      { dynamodb: { OldImage: keys('P#acme#CHAT#c', 'CHAT'), SequenceNumber: '1' } },
      { dynamodb: { NewImage: keys('P#acme', 'SOMETHING-NEW'), SequenceNumber: '2' } },
      { dynamodb: { NewImage: keys('IDEMPOTENCY#x', 'KEY'), SequenceNumber: '3' } },
      { dynamodb: { SequenceNumber: '4' } },
      {},
    ];
    const answer = await publishLambda({ eventBus: bus, log })({ Records } as never);
    expect({ answer, published }).toEqual({ answer: { batchItemFailures: [] }, published: [] });
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
