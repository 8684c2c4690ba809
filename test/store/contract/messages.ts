import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../../domain/brands.ts';
import type { Message } from '../../../domain/message.ts';
import {
  type Draft,
  firstMessage,
  postMessage,
  readConversation,
  readMessages,
} from '../../../functions/store/messages.ts';
import { joinLine } from '../../../functions/store/start.ts';
import { NOW } from '../../support/domain.ts';
import { openDoor, sentTwice } from '../../support/faults.ts';
import { ACME, chatAt, isCommitted, join, later, storedAs, table, waiting } from './fixtures.ts';

const said = (text: string, at: Instant = NOW) => ({
  chatId: chatAt(1),
  text,
  from: 'visitor' as const,
  agentId: null,
  at,
});
let attempts = 0;
const drafted = (text: string, at?: Instant): Draft => ({ ...said(text, at), attempt: `a${attempts++}` });
const post = (text: string, last: Message | null, at?: Instant) =>
  postMessage(table, ACME, drafted(text, at), last);

async function conversation(texts: readonly string[]): Promise<Message | null> {
  let last: Message | null = null;
  for (const text of texts) {
    const posted = await post(text, last);
    if (posted.outcome !== 'posted') throw new Error(posted.outcome);
    last = posted.message;
  }
  return last;
}

const all = async () => (await readMessages(table, ACME, chatAt(1), 0, 50)).messages;

export function messages(): void {
  test('the first one may come with the start', async () => {
    const stored = storedAs(waiting(1));
    const message = { ...said('hello'), number: 1 };
    expect(await joinLine(table, stored, 0, [firstMessage(table, ACME, message)])).toEqual(isCommitted);
    expect(await readConversation(table, ACME, chatAt(1))).toEqual({ ...stored, lastMessage: message });
    expect(await all()).toEqual([message]);
  });

  test('a chat is read with the last of them, or with none', async () => {
    const stored = await join(1);
    expect(await readConversation(table, ACME, chatAt(1))).toEqual({ ...stored, lastMessage: null });
    const last = await conversation(['one', 'two']);
    expect(await readConversation(table, ACME, chatAt(1), true)).toEqual({ ...stored, lastMessage: last });
    expect(await readConversation(table, ACME, chatAt(2))).toBeNull();
  });

  test('are read oldest first, page by page, each with the chat once its end is reached', async () => {
    await join(1);
    await conversation(['one', 'two', 'three', 'four', 'five']);
    const page = async (after: number, limit: number) => {
      const { messages: found, chat, more } = await readMessages(table, ACME, chatAt(1), after, limit);
      return [found.map(({ text }) => text), chat?.chat.id ?? null, more];
    };
    expect(await page(0, 2)).toEqual([['one', 'two'], null, true]);
    expect(await page(2, 2)).toEqual([['three', 'four'], null, true]);
    expect(await page(4, 2)).toEqual([['five'], chatAt(1), false]);
    // Exactly as many as were asked for: there is nothing more.
    expect(await page(3, 2)).toEqual([['four', 'five'], chatAt(1), false]);
    expect(await page(5, 2)).toEqual([[], chatAt(1), false]);
  });

  test('twenty at once each have a number of their own, and none is lost', async () => {
    await join(1);
    const texts = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    const posted = await Promise.all(texts.map(text => post(text, null)));
    expect(posted.map(({ outcome }) => outcome)).toEqual(texts.map(() => 'posted'));
    const found = await all();
    expect(found.map(({ number }) => number)).toEqual(texts.map((_, index) => index + 1));
    expect(found.map(({ text }) => text).sort()).toEqual([...texts].sort());
  });

  test('one that meets what was said meanwhile stands behind it', async () => {
    await join(1);
    const first = await conversation(['one']);
    await conversation([]);
    await post('two', first, later(1));
    const posted = await post('three', first, later(2));
    expect(posted).toMatchObject({ outcome: 'posted', message: { number: 3 } });
    expect((await all()).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  });

  test('one that the SDK sends again after a lost answer is said once', async () => {
    await join(1);
    const door = openDoor();
    door.next(({ name }) => name === 'Put', sentTwice);
    const posted = await postMessage(door.through(table), ACME, drafted('hello'), null);
    expect(posted).toMatchObject({ outcome: 'posted', message: { number: 1 } });
    expect(await all()).toHaveLength(1);
  });

  test('two that say the same in the same millisecond are both said, also where an answer is lost', async () => {
    await join(1);
    const door = openDoor();
    door.next(({ name }) => name === 'Put', sentTwice, sentTwice);
    const posted = await Promise.all(
      [1, 2].map(() => postMessage(door.through(table), ACME, drafted('ok'), null)),
    );
    expect(posted.map(({ outcome }) => outcome)).toEqual(['posted', 'posted']);
    expect((await all()).map(({ number, text }) => [number, text])).toEqual([
      [1, 'ok'],
      [2, 'ok'],
    ]);
  });

  describe('one that was said already by whoever was faster', () => {
    const KEY = { pk: 'kept', sk: 'kept' };
    const isSaidBy = ({ text }: Message) => text === 'hello';
    const kept = async () =>
      (await table.client.send(new GetCommand({ TableName: table.name, Key: KEY }))).Item;
    /** Keeps the number it was said under, unless something is kept there. */
    const alongside = ({ number }: Message) => [
      {
        Put: {
          TableName: table.name,
          Item: { ...KEY, number },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    ];

    test.each([
      ['alone', {}, undefined],
      ['with what belongs to it', { alongside }, { ...KEY, number: 1 }],
    ])('is not said again, %s', async (_, posting, expected) => {
      await join(1);
      const first = await conversation(['hello']);
      const posted = await postMessage(table, ACME, drafted('hello', later(3)), null, {
        ...posting,
        isSaidBy,
      });
      expect(posted).toEqual({ outcome: 'already-said', message: first });
      expect(await all()).toHaveLength(1);
      expect(await kept()).toEqual(expected);
    });

    test('and then answered is found behind what was said before it', async () => {
      await join(1);
      await conversation(['well', 'hello', 'yes?']);
      const posted = await postMessage(table, ACME, drafted('hello', later(3)), null, { isSaidBy });
      expect(posted).toMatchObject({ outcome: 'already-said', message: { number: 2 } });
      expect(await all()).toHaveLength(3);
    });

    test('is no answer for a command that is another’s by now', async () => {
      await join(1);
      await conversation(['hello']);
      await table.client.send(new PutCommand({ TableName: table.name, Item: { ...KEY, number: 7 } }));
      const posted = await postMessage(table, ACME, drafted('hello'), null, { alongside, isSaidBy });
      expect(posted).toEqual({ outcome: 'crowded' });
      expect(await kept()).toMatchObject({ number: 7 });
    });
  });
}
