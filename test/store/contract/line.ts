import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import type { ProjectId } from '../../../domain/brands.ts';
import type { Decision } from '../../../domain/decision.ts';
import { WHOLE_TEAM } from '../../../domain/scope.ts';
import { close } from '../../../domain/verbs/close.ts';
import { saveChange } from '../../../functions/store/changes.ts';
import { readChat, readDecisions } from '../../../functions/store/chats.ts';
import {
  placeRowOf,
  readLine,
  readLineUpTo,
  recordWaiting,
  type WaitsIn,
} from '../../../functions/store/line.ts';
import { joinLine } from '../../../functions/store/start.ts';
import { at, channelId, decisionId, LINE_1, NOW } from '../../support/domain.ts';

import { ACME, ADA, chatAt, isCommitted, join, NOBODY, storedAs, table, waiting } from './fixtures.ts';

const IN_TEAM: WaitsIn = { asked: null, groupId: null };
const TO_TEAM: WaitsIn = { asked: WHOLE_TEAM, groupId: null };

export function line(): void {
  test('is read oldest first and page by page, each place as it was written', async () => {
    for (const number of [3, 1]) await join(number);
    await joinLine(
      table,
      storedAs(
        waiting(2, {
          channelId: channelId('mail'),
          asked: LINE_1.id,
          groupId: LINE_1.id,
          returning: true,
          lastServedBy: ADA.id,
        }),
        NOBODY,
      ),
      2,
      [],
    );
    const first = await readLine(table, ACME, 2);
    expect(first.places.map(place => place.chatId)).toEqual([chatAt(1), chatAt(2)]);
    expect(first.places[1]).toEqual({
      chatId: chatAt(2),
      channelId: channelId('mail'),
      asked: LINE_1.id,
      groupId: LINE_1.id,
      returning: true,
      lastServedBy: ADA.id,
      handedOver: false,
      since: at('15:00'),
      attempts: 2,
      decided: true,
      explained: true,
    });
    expect(await readLine(table, ACME, 2, first.last ?? undefined)).toMatchObject({
      places: [{ chatId: chatAt(3) }],
      last: null,
    });
    expect(await readLine(table, 'elsewhere' as ProjectId, 2)).toEqual({ places: [], last: null });
  });

  const recording = async (number: number, to: WaitsIn, given: Partial<Decision> = {}) => {
    const { places } = await readLine(table, ACME, 9);
    const place = places.find(one => one.chatId === chatAt(number));
    if (place === undefined) throw new Error('it is in the line');
    const decision = { ...NOBODY, id: decisionId(`dec_why_${number}`), chatId: place.chatId, ...given };
    return { decision, go: () => recordWaiting(table, ACME, place, decision, to) };
  };
  const seen = async (number: number) => {
    const chat = await readChat(table, ACME, chatAt(number));
    const { places } = await readLine(table, ACME, 9);
    const place = places.find(one => one.chatId === chatAt(number));
    return { chat: chat?.chat, place, decisions: await readDecisions(table, ACME, chatAt(number)) };
  };

  test('keeps why a chat waits, once, without a change of the chat', async () => {
    await join(1);
    const first = await recording(1, IN_TEAM);
    const second = await recording(1, IN_TEAM, { id: decisionId('dec_again') });
    await first.go();
    await second.go();
    const { chat, place, decisions } = await seen(1);
    expect(decisions).toEqual([first.decision]);
    expect(chat).toEqual(waiting(1));
    expect(place).toMatchObject({ decided: true, explained: true });
  });

  test('keeps a later reason beside the first decision', async () => {
    const offering = { ...NOBODY, id: decisionId('dec_first'), chatId: chatAt(1) };
    const stored = storedAs(waiting(1), offering);
    const joined = await joinLine(table, stored, 0, []);
    expect(joined).toEqual(isCommitted);
    // As after an offer that ended: decided, and not yet said why it waits.
    const ended = placeRowOf(waiting(1), { attempts: 0, decided: true, explained: false });
    await table.client.send(new PutCommand({ TableName: table.name, Item: ended }));
    const { decision, go } = await recording(1, IN_TEAM);
    await go();
    expect((await seen(1)).decisions).toEqual([offering, decision]);
  });

  test.each([
    ['that is not decided', null, false],
    ['that was decided', NOBODY, false],
    ['that has its reason on record', NOBODY, true],
  ])('moves a chat %s on to the whole team, chat and place at once', async (_, first, explained) => {
    const inGroup = waiting(1, { asked: LINE_1.id, groupId: LINE_1.id });
    const stored = storedAs(inGroup, first && { ...first, chatId: chatAt(1) });
    expect(await joinLine(table, stored, 0, [])).toEqual(isCommitted);
    const Item = placeRowOf(inGroup, { attempts: 0, decided: first !== null, explained });
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
    const { decision, go } = await recording(1, TO_TEAM, { outcome: 'unknown-group' });
    await go();
    const { chat, place, decisions } = await seen(1);
    expect(chat).toEqual({ ...inGroup, asked: WHOLE_TEAM, groupId: null, version: 3 });
    // Why it waits there is still to be said.
    expect(place).toMatchObject({ asked: WHOLE_TEAM, groupId: null, decided: true, explained: false });
    expect(decisions?.at(-1)).toEqual(decision);
    // A second searcher that saw it before changes nothing more.
    await go();
    expect(await seen(1)).toEqual({ chat, place, decisions });
  });

  test('shows where a chat waits as soon as it is searched in another group, without a question asked anew', async () => {
    await join(1);
    const { decision, go } = await recording(1, { asked: null, groupId: LINE_1.id });
    await go();
    const there = await seen(1);
    expect(there.chat).toMatchObject({ state: 'waiting', asked: null, groupId: LINE_1.id, version: 3 });
    expect(there.place).toMatchObject({ asked: null, groupId: LINE_1.id, decided: true, explained: true });
    expect(there.decisions).toEqual([decision]);
    const back = await recording(1, IN_TEAM, { id: decisionId('dec_back') });
    await back.go();
    expect(await seen(1)).toMatchObject({
      chat: { groupId: null, version: 4 },
      place: { groupId: null, explained: true },
    });
    // One that saw it before the first of them changes nothing more.
    await go();
    expect((await seen(1)).decisions).toEqual([decision, back.decision]);
  });

  test.each([IN_TEAM, TO_TEAM])('keeps no reason (%j) for a chat that was closed meanwhile', async to => {
    const before = await join(1);
    const { go } = await recording(1, to);
    await saveChange(table, { before, after: close(before.chat, 'closed-by-visitor', NOW) }, []);
    await go();
    expect(await seen(1)).toMatchObject({ chat: { state: 'closed' }, place: undefined, decisions: [] });
  });

  test('up to a chat holds those before it and not itself', async () => {
    for (const number of [1, 2, 3]) await join(number);
    const before = async (number: number) =>
      (await readLineUpTo(table, ACME, chatAt(number))).map(place => place.chatId);
    expect(await before(3)).toEqual([chatAt(1), chatAt(2)]);
    expect(await before(1)).toEqual([]);
  });
}
