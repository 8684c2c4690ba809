import { expect, test } from '@jest/globals';
import type { ChatId, GroupId, Instant, ProjectId } from '../../../domain/brands.ts';
import type { BotChat, Chat, HeldChat, OpenChat } from '../../../domain/chat.ts';
import { assign } from '../../../domain/verbs/assign.ts';
import { close } from '../../../domain/verbs/close.ts';
import { hold, resume } from '../../../domain/verbs/hold.ts';
import { handOver, queue, type ToGroup, transferFailed } from '../../../domain/verbs/transfer.ts';
import { saveChange } from '../../../functions/store/changes.ts';
import type { StoredChat } from '../../../functions/store/chat-row.ts';
import { commit } from '../../../functions/store/commit.ts';
import { readLine } from '../../../functions/store/line.ts';
import { createForBot } from '../../../functions/store/start.ts';
import { findQueues } from '../../../functions/store/sweep.ts';
import { countQueued, purge, readOpenQueue, readQueue } from '../../../functions/store/transfer-queue.ts';
import { agentId, botChat, LINE_1, LINE_2, NOW } from '../../support/domain.ts';
import { ACME, chatAt, isCommitted, later, storedAs, table } from './fixtures.ts';

const TO_1: ToGroup = { groupId: LINE_1.id, reason: null, isBotTransfer: false };
const TO_2: ToGroup = { groupId: LINE_2.id, reason: 'speaks French', isBotTransfer: true };
const queued = async () => (await readQueue(table, ACME)).queued;
const isListed = async () => (await findQueues(table)).length > 0;

/** A bot's chat that is there. */
async function begun(number = 1, projectId: ProjectId = ACME): Promise<StoredChat & { chat: BotChat }> {
  const stored = storedAs(botChat({ id: chatAt(number), projectId, version: 1 }));
  expect(await createForBot(table, stored, [])).toEqual(isCommitted);
  return stored;
}

async function change<After extends Chat>(before: StoredChat, after: After) {
  expect(await saveChange(table, { before, after }, [])).toEqual(isCommitted);
  return { ...before, chat: after };
}

const assigned = (chat: BotChat | OpenChat, to = 'ada'): OpenChat =>
  assign(
    chat,
    { agentId: agentId(to), method: 'transfer', reason: null, forced: false, decisionId: null, weight: 1 },
    NOW,
  );

/** Queued for a group at a moment, with the bot or, where one is named, with an agent. */
async function enqueue(number: number, at: Instant, to = TO_1, owner: string | null = null) {
  const first = await begun(number);
  const own = owner === null ? first : await change(first, assigned(first.chat, owner));
  return change(own, queue(own.chat, to, at));
}

export function transferQueue(): void {
  test('is empty where nothing is queued', async () => {
    await begun();
    expect([await queued(), await countQueued(table, ACME), await isListed()]).toEqual([[], 0, false]);
  });

  test('holds what a chat says of its transfer, with the state it is in', async () => {
    await enqueue(1, NOW, TO_2, 'ada');
    await enqueue(2, later(1));
    expect(await queued()).toEqual([
      { chatId: chatAt(1), ...TO_2, createdOn: NOW, state: 'open' },
      { chatId: chatAt(2), ...TO_1, createdOn: later(1), state: 'bot' },
    ]);
  });

  type Queued = StoredChat & { chat: OpenChat };
  type Row = { readonly groupId: GroupId; readonly createdOn: Instant; readonly state: string };
  const row = (state: string, groupId = LINE_1.id, createdOn = NOW): Row => ({ state, groupId, createdOn });
  const MOVES: readonly (readonly [string, (before: Queued) => Chat, Row | null, boolean])[] = [
    ['is put on hold', ({ chat }) => hold(chat, later(5)), row('held'), false],
    ['is closed', ({ chat }) => close(chat, 'closed-by-agent', later(5)), row('closed'), true],
    ['goes to an agent', ({ chat }) => assigned(chat, 'bo'), null, false],
    ['finds nobody', ({ chat }) => transferFailed(chat, later(5)), null, false],
    // The same group again keeps the place, another one is a new place.
    ['is queued for the same group', ({ chat }) => queue(chat, TO_1, later(5)), row('open'), true],
    [
      'is queued for another group',
      ({ chat }) => queue(chat, TO_2, later(5)),
      row('open', LINE_2.id, later(5)),
      true,
    ],
    [
      'is queued for another group at once',
      ({ chat }) => queue(chat, TO_2, NOW),
      row('open', LINE_2.id),
      true,
    ],
  ];
  test.each(MOVES)('has the row moved in the same write when the chat %s', async (_, verb, after, listed) => {
    const before = await enqueue(1, NOW, TO_1, 'ada');
    await change(before, verb(before as Queued));
    const rows = (await queued()).map(({ groupId, createdOn, state }) => ({ state, groupId, createdOn }));
    expect(rows).toEqual(after === null ? [] : [after]);
    expect(await isListed()).toBe(listed);
  });

  test('shows a chat that is taken back from hold in the place it had, and lists it again', async () => {
    const open = await enqueue(1, NOW, TO_1, 'ada');
    await enqueue(2, later(1));
    const held = await change(open, hold(open.chat as OpenChat, later(5)));
    await change(held, resume(held.chat as HeldChat, later(9)));
    expect((await queued()).map(({ chatId, state }) => `${chatId} ${state}`)).toEqual([
      `${chatAt(1)} open`,
      `${chatAt(2)} bot`,
    ]);
    expect(await isListed()).toBe(true);
  });

  test('a chat of a bot that finds nobody leaves for the line, in that group', async () => {
    const { chat, ...rest } = await enqueue(1, NOW);
    await change({ ...rest, chat }, handOver(chat as BotChat, LINE_1.id, later(5)));
    expect(await queued()).toEqual([]);
    expect((await readLine(table, ACME, 5)).places).toMatchObject([
      { chatId: chatAt(1), asked: LINE_1.id, handedOver: true },
    ]);
  });

  test('of two changes of a queued chat at once, one is written, with its row', async () => {
    const before = await enqueue(1, NOW, TO_1, 'ada');
    const chat = before.chat as OpenChat;
    const both = await Promise.all(
      [close(chat, 'closed-by-agent', later(5)), queue(chat, TO_2, later(5))].map(after =>
        saveChange(table, { before, after }, []),
      ),
    );
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['committed', 'refused']);
    const isClosed = both[0]?.outcome === 'committed';
    expect(await queued()).toMatchObject([
      isClosed ? { state: 'closed', createdOn: NOW } : { state: 'open', groupId: LINE_2.id },
    ]);
  });

  test('is served by the time of queueing over all groups, then by age, page by page', async () => {
    await enqueue(4, NOW, TO_2);
    await enqueue(3, NOW, TO_1);
    await enqueue(1, later(900));
    await enqueue(2, (NOW - 900) as Instant, TO_2);
    const first = await readQueue(table, ACME, 2);
    expect(first.queued.map(({ chatId }) => chatId)).toEqual([chatAt(2), chatAt(3)]);
    const second = await readQueue(table, ACME, 3, first.last ?? undefined);
    expect([second.queued.map(({ chatId }) => chatId), second.last]).toEqual([[chatAt(4), chatAt(1)], null]);
  });

  test('is shown and counted without the closed ones, the held ones included, however many are closed', async () => {
    const ids: ChatId[] = [];
    for (let number = 1; number <= 9; number += 1) {
      const own = await enqueue(number, later(number), TO_1, 'ada');
      if (number % 3 === 0) await change(own, hold(own.chat as OpenChat, NOW));
      else if (number < 8) await change(own, close(own.chat as OpenChat, 'closed-by-agent', NOW));
      if (number % 3 === 0 || number >= 8) ids.push(own.chat.id);
    }
    expect(await countQueued(table, ACME)).toBe(4);
    const shown: ChatId[] = [];
    for (let after: string | undefined; ; ) {
      const page = await readOpenQueue(table, ACME, 2, after);
      expect(page.queued.length).toBeLessThanOrEqual(2);
      shown.push(...page.queued.map(({ chatId }) => chatId));
      if (page.last === null) break;
      after = page.last;
    }
    expect(shown).toEqual(ids);
  });

  test('a closed one goes when it is purged, twice does no harm, and the others stay', async () => {
    const own = await enqueue(1, NOW, TO_1, 'ada');
    await enqueue(2, later(1));
    await change(own, close(own.chat as OpenChat, 'closed-by-agent', NOW));
    const [dead] = await queued();
    if (dead === undefined) throw new Error('it is in the queue');
    for (let times = 0; times < 2; times += 1) {
      expect(await commit(table, [purge(table, ACME, dead)], () => true)).toEqual(isCommitted);
    }
    expect((await queued()).map(({ chatId }) => chatId)).toEqual([chatAt(2)]);
  });

  test('is each project’s own', async () => {
    const other = 'acme-2' as ProjectId;
    const stored = await begun(1, other);
    await change(stored, queue(stored.chat, TO_1, NOW));
    expect([await queued(), await countQueued(table, other)]).toEqual([[], 1]);
    expect(await findQueues(table)).toEqual([other]);
  });
}
