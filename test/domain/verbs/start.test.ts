import { describe, expect, test } from '@jest/globals';
import type { ProjectId, VisitorId } from '../../../domain/brands.ts';
import { assign } from '../../../domain/verbs/assign.ts';
import { close } from '../../../domain/verbs/close.ts';
import { type Start, start, startWithBot, wait } from '../../../domain/verbs/start.ts';
import {
  agentId,
  assignment,
  channelId,
  chatId,
  closedChat,
  groupId,
  NOW,
  offeredChat,
  openChat,
  waitingChat,
} from '../../support/domain.ts';

function starting(given: Partial<Start> = {}): Start {
  return {
    id: chatId('chat_9'),
    projectId: 'acme' as ProjectId,
    channelId: channelId('web'),
    asked: null,
    groupId: null,
    visitorId: 'vis_1' as VisitorId,
    visitor: { name: 'Vera' },
    previous: null,
    ...given,
  };
}

test("a chat starts as nobody's, at version 1, and waits from then on", () => {
  expect(start(starting(), NOW)).toEqual({
    id: 'chat_9',
    projectId: 'acme',
    state: 'waiting',
    channelId: 'web',
    asked: null,
    groupId: null,
    visitorId: 'vis_1',
    visitor: { name: 'Vera' },
    returning: false,
    lastServedBy: null,
    assignments: [],
    createdAt: NOW,
    waitingSince: NOW,
    transfer: null,
    handedOver: false,
    toldWaitSeconds: null,
    transferFailedAt: null,
    version: 1,
  });
});

test('a chat that starts with a bot waits for nobody, at version 1', () => {
  const { waitingSince: _, ...rest } = start(starting(), NOW);
  expect(startWithBot(start(starting(), NOW))).toEqual({ ...rest, state: 'bot' });
});

test('it keeps the group it asked for, and where that is searched', () => {
  const sales = groupId('sales');
  const chat = start(starting({ asked: sales, groupId: sales }), NOW);
  expect(chat).toMatchObject({ asked: 'sales', groupId: 'sales' });
});

/** "Returning = an earlier chat of this visitor in this project was assigned to an agent." */
describe('a visitor is returning', () => {
  const byBo = { lastServedBy: agentId('bo') };

  test.each([
    { when: 'there was no chat before', previous: null, servedBy: null },
    { when: 'the chat before was assigned', previous: closedChat(byBo), servedBy: 'bo' },
    { when: 'the chat before is still open', previous: openChat(byBo), servedBy: 'bo' },
    {
      // Having been here is not enough.
      when: 'the chat before was closed while it waited',
      previous: close(waitingChat(), 'closed-by-visitor', NOW),
      servedBy: null,
    },
    {
      // To be offered to all is not to be served by one.
      when: 'the chat before was closed while it was offered',
      previous: close(offeredChat(), 'closed-by-visitor', NOW),
      servedBy: null,
    },
    {
      // One step further back still counts: the chat in between remembers it.
      when: 'only the chat before the last was assigned',
      previous: close(start(starting({ previous: closedChat(byBo) }), NOW), 'closed-by-visitor', NOW),
      servedBy: 'bo',
    },
    {
      when: 'the chat before went to somebody else than the one before that',
      previous: assign(
        start(starting({ previous: closedChat(byBo) }), NOW),
        { ...assignment({ agentId: agentId('cy') }), weight: 1 },
        NOW,
      ),
      servedBy: 'cy',
    },
  ])('$when: served by $servedBy', ({ previous, servedBy }) => {
    const chat = start(starting({ previous }), NOW);
    expect(chat).toMatchObject({ returning: servedBy !== null, lastServedBy: servedBy, assignments: [] });
  });
});

test('to begin to wait is the second change of a chat and changes nothing else', () => {
  const chat = start(starting(), NOW);
  expect(wait(chat)).toEqual({ ...chat, version: 2 });
});
