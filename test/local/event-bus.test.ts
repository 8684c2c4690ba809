import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type EventBusEngine, startEventBusEngine } from '../../local/engines/event-bus.ts';
import { type EventLog, openEventLog } from '../../local/engines/event-log.ts';
import { openRules, type Rules } from '../../local/engines/rules.ts';
import { openDataFolder } from '../../local/storage/data-folder.ts';
import { openClock } from '../../local/time/clock.ts';

let bus: EventBusEngine;
let log: EventLog;
let rules: Rules;
let client: EventBridgeClient;

beforeAll(async () => {
  const folder = openDataFolder('memory');
  log = openEventLog(folder);
  rules = openRules(folder);
  bus = await startEventBusEngine({ log, rules, clock: openClock(folder), region: 'us-east-1' });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new EventBridgeClient({ endpoint: bus.endpoint, region: 'us-east-1', credentials });
});
afterAll(async () => {
  client.destroy();
  await bus.close();
});
beforeEach(() => log.clear());

const good = (n: number): PutEventsRequestEntry => ({
  Source: 'usher',
  DetailType: 'Counted',
  Detail: JSON.stringify({ n }),
  Time: new Date('2026-03-12T19:03:58.700Z'),
});

test('entries are kept in their order, with the time they name', async () => {
  const { FailedEntryCount, Entries } = await client.send(
    new PutEventsCommand({ Entries: [good(1), good(2)] }),
  );
  const kept = log.after(null, 50)?.events ?? [];
  expect(FailedEntryCount).toBe(0);
  expect(kept.map(({ detail }) => detail)).toEqual([{ n: 1 }, { n: 2 }]);
  expect(kept.map(({ id }) => id)).toEqual(Entries?.map(({ EventId }) => EventId));
  expect(kept[0]?.time).toBe('2026-03-12T19:03:58Z');
});

test.each([
  ['no source', { Source: undefined }, 'InvalidArgument'],
  ['no type', { DetailType: '' }, 'InvalidArgument'],
  ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
  ['a detail that is no object', { Detail: '3' }, 'MalformedDetail'],
])('%s fails alone, in a 200', async (_, wrong, code) => {
  const Entries = [good(1), { ...good(2), ...wrong }, good(3)];
  const answer = await client.send(new PutEventsCommand({ Entries }));
  expect(answer.FailedEntryCount).toBe(1);
  expect(answer.Entries?.[1]?.ErrorCode).toBe(code);
  expect(log.after(null, 50)?.events.map(({ detail }) => detail)).toEqual([{ n: 1 }, { n: 3 }]);
});

test('more than ten at once are refused', async () => {
  const Entries = Array.from({ length: 11 }, (_, n) => good(n));
  await expect(client.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  expect(log.after(null, 50)?.events).toEqual([]);
});

test('a web page cannot put events', async () => {
  const headers = { 'content-type': 'text/plain', 'x-amz-target': 'AWSEvents.PutEvents' };
  const answer = await fetch(bus.endpoint, {
    method: 'POST',
    headers,
    body: JSON.stringify({ Entries: [good(1)] }),
  });
  expect(answer.status).toBe(415);
});

test('a schedule is off until it is enabled, and off again when it is disabled', async () => {
  expect(rules.isEnabled('every-minute')).toBe(false);
  await client.send(new EnableRuleCommand({ Name: 'every-minute' }));
  expect([rules.isEnabled('every-minute'), rules.isEnabled('another')]).toEqual([true, false]);
  await client.send(new DisableRuleCommand({ Name: 'every-minute' }));
  expect(rules.isEnabled('every-minute')).toBe(false);
});

test('a schedule without a name is not switched', async () => {
  const switched = client.send(new EnableRuleCommand({ Name: '' }));
  await expect(switched).rejects.toMatchObject({ name: 'ValidationException' });
});
