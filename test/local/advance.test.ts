import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import type { Functions } from '../../local/functions.ts';
import { minuteOf } from '../../local/time/minutes.ts';
import { openLaptop, type TestLaptop } from '../support/laptop.ts';

type Call = { readonly what: string; readonly at: number };

let laptop: TestLaptop;
let calls: Call[];
let atMinute: () => Promise<void>;
let failing: Set<string>;
let onMessage: (what: string) => void;

/** Real engines; the functions only note when they were called. */
async function open(more: Partial<Functions> = {}): Promise<void> {
  calls = [];
  failing = new Set();
  atMinute = async () => {};
  onMessage = () => {};
  const note = (what: string) => calls.push({ what, at: laptop.context.now() });
  laptop = await openLaptop({
    functions: real => ({
      ...real,
      async minute() {
        note('minute');
        await atMinute();
      },
      async search({ Records }: SQSEvent) {
        for (const { body } of Records) {
          const { what } = JSON.parse(body);
          note(what);
          onMessage(what);
        }
        const failures = Records.filter(({ body }) => failing.has(JSON.parse(body).what));
        return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
      },
      isRepeated: body => JSON.parse(body).what === 'repeated',
      ...more,
    }),
  });
}

/** Through the queue itself, with the delay that the functions would give it. */
async function send(what: string, inSeconds: number): Promise<number> {
  const { endpoint, queueUrl } = laptop.queue;
  const dueAt = laptop.context.now() + inSeconds * 1_000;
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const MessageBody = JSON.stringify({ what, dueAt });
  await client.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds: Math.min(900, inSeconds) }),
  );
  client.destroy();
  return dueAt;
}

beforeEach(() => open());
afterEach(() => laptop.close());

const names = () => calls.map(({ what }) => what);

describe('moving the clock', () => {
  test('every minute and message happens in order, each at its own time', async () => {
    const last = await send('last', 200);
    const first = await send('first', 5);
    const second = await send('second', 100);
    const start = laptop.context.now();
    const now = await laptop.advance(240);

    expect(now).toBeGreaterThanOrEqual(start + 240_000);
    expect(now).toBeLessThan(start + 245_000);
    const minutes = [1, 2, 3, 4].map(n => minuteOf(start) + n * 60_000);
    const expected = [
      ...minutes.map(at => ({ what: 'minute', at })),
      { what: 'first', at: first },
      { what: 'second', at: second },
      { what: 'last', at: last },
    ].sort((a, b) => a.at - b.at);
    expect(names()).toEqual(expected.map(({ what }) => what));
    for (const [index, { at }] of expected.entries()) {
      expect((calls[index]?.at ?? 0) - at).toBeGreaterThanOrEqual(0);
      expect((calls[index]?.at ?? 0) - at).toBeLessThan(5_000);
    }
  });

  test('what is sent on the way counts, and what is due later stays', async () => {
    let sent: Promise<unknown> = Promise.resolve();
    atMinute = () => {
      sent = names().filter(name => name === 'minute').length === 1 ? send('sent on the way', 30) : sent;
      return sent.then(() => {});
    };
    await send('later', 600);
    await laptop.advance(120);
    expect(names().filter(name => name !== 'minute')).toEqual(['sent on the way']);
  });

  test('a message that fails is tried once on the way, and what follows it goes on', async () => {
    failing.add('bad');
    await send('bad', 5);
    await send('good', 6);
    await laptop.advance(50);
    expect(names().filter(name => name !== 'minute')).toEqual(['bad', 'good']);
  });

  test('two moves at once are two moves', async () => {
    const start = laptop.context.now();
    await Promise.all([laptop.advance(100), laptop.advance(100)]);
    expect(laptop.context.now()).toBeGreaterThanOrEqual(start + 200_000);
  });

  test('what was on its way comes when it is due by the moved clock, once', async () => {
    const arrived = Promise.withResolvers<void>();
    onMessage = what => {
      if (what === 'soon') arrived.resolve();
    };
    const dueAt = await send('soon', 30);
    await laptop.advance(29);
    expect(names()).not.toContain('soon');
    await arrived.promise;
    expect(laptop.context.now() - dueAt).toBeLessThan(5_000);
    await laptop.advance(600);
    expect(names().filter(name => name === 'soon')).toHaveLength(1);
  });

  test('what was handled has left the queue', async () => {
    for (let index = 0; index < 25; index += 1) await send(`m${index}`, 100 + index);
    await laptop.advance(200);
    // The poller may hold ten of them, which it deletes now that the clock stands.
    while (laptop.queue.look().length > 0) await pause(5);
    expect(names().filter(name => name !== 'minute')).toHaveLength(25);
  });
});

describe('quiet minutes are passed over', () => {
  const DAYS = 86_400;

  test('thirty days in which nothing changes are a handful of calls', async () => {
    await laptop.advance(30 * DAYS);
    expect(names().length).toBeLessThan(6);
    expect(calls.at(-1)?.at).toBeGreaterThanOrEqual(minuteOf(laptop.context.now()));
  });

  test('so are thirty days in which the minute sends the same again and again', async () => {
    atMinute = async () => {
      await send('repeated', 20);
      await send('repeated', 60);
    };
    await laptop.advance(30 * DAYS);
    expect(names().length).toBeLessThan(20);
    const end = minuteOf(laptop.context.now());
    expect(calls.filter(({ at }) => at >= end).map(({ what }) => what)).toContain('minute');
  });

  test('a message that is not repeated happens at its own time', async () => {
    const dueAt = await send('once', 800);
    await laptop.advance(DAYS);
    const once = calls.find(({ what }) => what === 'once');
    expect((once?.at ?? 0) - dueAt).toBeLessThan(5_000);
    expect((once?.at ?? 0) - dueAt).toBeGreaterThanOrEqual(0);
  });

  test('nothing is passed over while something changes every minute', async () => {
    let version = 0;
    atMinute = async () => {
      version += 1;
      const { client, name } = laptop.context.table;
      await client.send(new PutCommand({ TableName: name, Item: { pk: 'some', sk: 'row', version } }));
    };
    await laptop.advance(20 * 60);
    expect(names()).toHaveLength(20);
  });

  test('a time that something is due at is not passed over', async () => {
    await laptop.close();
    let due = 0;
    await open({ nextTimed: async () => (due > laptop.context.now() ? (due as never) : null) });
    due = minuteOf(laptop.context.now()) + 7 * 3_600_000 + 30_000;
    await laptop.advance(DAYS);
    expect(calls.map(({ at }) => minuteOf(at))).toContain(minuteOf(due));
    expect(calls.map(({ at }) => minuteOf(at))).toContain(minuteOf(due) + 60_000);
  });
});
