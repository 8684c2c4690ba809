import { expect, test } from '@jest/globals';
import type { Agent } from '../../../domain/agent.ts';
import type { Instant } from '../../../domain/brands.ts';
import type { OpenChat } from '../../../domain/chat.ts';
import type { Decision } from '../../../domain/decision.ts';
import { released, taken } from '../../../domain/load.ts';
import { WHOLE_TEAM } from '../../../domain/scope.ts';
import { assign } from '../../../domain/verbs/assign.ts';
import { close } from '../../../domain/verbs/close.ts';
import { readTeam, saveAgent } from '../../../functions/store/agents.ts';
import { saveChange } from '../../../functions/store/changes.ts';
import type { StoredChat } from '../../../functions/store/chat-row.ts';
import {
  isOnChannel,
  listChatIds,
  readChat,
  readChats,
  readDecisions,
} from '../../../functions/store/chats.ts';
import { readLine } from '../../../functions/store/line.ts';
import { joinLine } from '../../../functions/store/start.ts';
import {
  agent,
  assignment,
  channelId,
  closedChat,
  LINE_1,
  NOW,
  offeredChat,
  openChat,
} from '../../support/domain.ts';

import {
  ACME,
  ADA,
  ada,
  chatAt,
  DECISION,
  isCommitted,
  join,
  later,
  NOBODY,
  open,
  put,
  storedAs,
  table,
  waiting,
} from './fixtures.ts';
export function chats(): void {
  const full: OpenChat = openChat({
    id: chatAt(1),
    groupId: LINE_1.id,
    visitor: { name: 'Vi', attributes: { plan: 'gold' } },
    returning: true,
    forced: true,
    assignments: [
      assignment({ reason: 'by hand', forced: true, decisionId: null, method: 'accepted' }),
      assignment(),
    ],
  });

  test.each<[string, StoredChat['chat'], Decision | null]>([
    ['that waits', waiting(), null],
    ['that waits, with the decision why', waiting(), NOBODY],
    ['that is open, with everything it can hold', full, DECISION],
    ['that is open, with as little as possible', openChat({ id: chatAt(1), assignments: [] }), null],
    ['that is offered to the team', offeredChat({ id: chatAt(1) }), DECISION],
    [
      'that is offered to a group it asked for',
      offeredChat({ id: chatAt(1), asked: LINE_1.id, offer: { ...offeredChat().offer, groupId: LINE_1.id } }),
      DECISION,
    ],
    ['that goes on in the whole team', waiting(1, { asked: WHOLE_TEAM }), NOBODY],
    ['of a visitor that somebody served before', waiting(1, { returning: true, lastServedBy: ADA.id }), null],
    ['that closed unheld', closedChat({ id: chatAt(1) }), NOBODY],
    ['that closed in an agent’s hands', close(full, 'closed-by-operator', NOW), DECISION],
  ])('one %s is read as it was written, its decision included', async (_, chat, firstDecision) => {
    const stored = storedAs(chat, firstDecision);
    await joinLine(table, stored as ReturnType<typeof storedAs<ReturnType<typeof waiting>>>, 0, []);
    expect(await readChat(table, chat.projectId, chat.id)).toEqual(stored);
    expect(await readDecisions(table, chat.projectId, chat.id)).toEqual(
      firstDecision === null ? [] : [firstDecision],
    );
  });

  test('that are not there are null, or left out', async () => {
    await join(1);
    expect(await readChat(table, ACME, chatAt(2))).toBeNull();
    expect(await readDecisions(table, ACME, chatAt(2))).toBeNull();
    const found = await readChats(table, ACME, [chatAt(3), chatAt(1), chatAt(2)]);
    expect(found.map(({ chat }) => chat.id)).toEqual([chatAt(1)]);
    expect(await readChats(table, ACME, [])).toEqual([]);
  });

  test('are read in the order asked for, also more than one call can fetch', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => chatAt(index + 1)).reverse();
    await Promise.all(ids.map((_, index) => joinLine(table, storedAs(waiting(index + 1)), 0, [])));
    expect((await readChats(table, ACME, ids)).map(({ chat }) => chat.id)).toEqual(ids);
  });

  test('are listed by state, oldest first, page by page', async () => {
    await put(ADA);
    for (const number of [3, 1, 2]) await join(number, number === 2 ? { channelId: channelId('mail') } : {});
    await open(4);
    const first = await listChatIds(table, ACME, 'waiting', 2);
    expect(first.chats.map(chat => chat.id)).toEqual([chatAt(1), chatAt(2)]);
    const second = await listChatIds(table, ACME, 'waiting', 2, chatAt(2));
    expect(second).toMatchObject({ chats: [{ id: chatAt(3) }], more: false });
    expect((await listChatIds(table, ACME, 'open')).chats.map(chat => chat.id)).toEqual([chatAt(4)]);
    expect((await listChatIds(table, ACME, 'closed')).chats).toEqual([]);
    expect(await isOnChannel(table, ACME, 'waiting', channelId('mail'))).toBe(true);
    expect(await isOnChannel(table, ACME, 'open', channelId('mail'))).toBe(false);
  });

  const accept = async (before: StoredChat & { chat: ReturnType<typeof waiting> }, by: Agent) => {
    const after = assign(
      before.chat,
      { agentId: by.id, method: 'accepted', reason: null, forced: true, decisionId: null, weight: 2 },
      NOW,
    );
    const saved = await saveChange(table, { before, after }, [{ before: by, after: taken(by, after.id, 2) }]);
    return { after, saved };
  };

  test('of two agents who accept one at once, exactly one gets it', async () => {
    const bo = agent({ id: 'bo', maxLoad: 0 });
    await put(ADA, bo);
    const before = await join();
    const both = await Promise.all([accept(before, ADA), accept(before, bo)]);
    expect(both.map(({ saved }) => saved.outcome).sort()).toEqual(['committed', 'refused']);
    const winner = both.find(({ saved }) => saved.outcome === 'committed')?.after;
    expect((await readChat(table, ACME, chatAt(1)))?.chat).toEqual(winner);
    expect((await readTeam(table, ACME)).map(one => one.load).sort()).toEqual([0, 2]);
    expect((await readLine(table, ACME, 5)).places).toEqual([]);
  });

  test('one is not accepted after its agent changed, and stays in the line', async () => {
    await put(ADA);
    const before = await join();
    await saveAgent(table, ACME, { ...ADA, active: false, version: 2 }, 1);
    expect((await accept(before, ADA)).saved.outcome).toBe('refused');
    expect((await readLine(table, ACME, 5)).places).toHaveLength(1);
  });

  const closing = async (stored: StoredChat & { chat: OpenChat }, now: Instant, given?: Agent) => {
    const before = given ?? (await ada());
    const after = close(stored.chat, 'closed-by-agent', now);
    return saveChange(table, { before: stored, after }, [
      { before, after: released(before, stored.chat, now) },
    ]);
  };

  test('closed twice at once releases its slot once, by exactly what was charged', async () => {
    await put(ADA);
    const stored = await open(1, 3);
    const both = await Promise.all([closing(stored, later(1)), closing(stored, later(2))]);
    expect(both.map(saved => saved.outcome).sort()).toEqual(['committed', 'refused']);
    expect(await ada()).toMatchObject({ load: 0, openChats: 0, vacancy: 5, chatIds: [] });
  });

  test('is not closed against an older row of its agent', async () => {
    await put(ADA);
    const stored = await open(1);
    const seen = await ada();
    await open(2);
    expect((await closing(stored, later(1), seen)).outcome).toBe('refused');
    expect((await ada()).openChats).toBe(2);
  });

  test('closed while it waits leaves the line; it is not accepted after that', async () => {
    await put(ADA);
    const before = await join();
    const after = close(before.chat, 'closed-by-visitor', NOW);
    expect(await saveChange(table, { before, after }, [])).toEqual(isCommitted);
    expect((await readLine(table, ACME, 5)).places).toEqual([]);
    expect((await accept(before, ADA)).saved.outcome).toBe('refused');
    expect((await ada()).load).toBe(0);
  });
}
