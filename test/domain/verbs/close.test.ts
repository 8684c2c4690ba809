import { expect, test } from '@jest/globals';
import { CLOSED_AS, isLegal } from '../../../domain/chat.ts';
import { close } from '../../../domain/verbs/close.ts';
import {
  agentId,
  at,
  botChat,
  groupId,
  heldChat,
  NOW,
  offeredChat,
  openChat,
  waitingChat,
} from '../../support/domain.ts';

test('a closed chat keeps who held it and what was charged, out of the reach of what counts open chats', () => {
  const chat = openChat({
    agentId: agentId('bo'),
    weight: 3,
    forced: true,
    assignedAt: at('15:20'),
    version: 5,
  });
  const { agentId: _agent, weight: _weight, forced: _forced, assignedAt: _at, ...others } = chat;
  const { resumedAt: _resumed, ...rest } = others;
  expect(close(chat, 'closed-by-agent', NOW)).toEqual({
    ...rest,
    state: 'closed',
    held: { agentId: 'bo', weight: 3, forced: true, assignedAt: at('15:20') },
    closedAt: NOW,
    closedAs: 'closed-by-agent',
    withBot: false,
    version: 6,
  });
});

test('a chat closed while it waited was held by nobody, and waits no more', () => {
  const { waitingSince: _, ...rest } = waitingChat({ version: 2 });
  expect(close(waitingChat({ version: 2 }), 'closed-by-visitor', NOW)).toEqual({
    ...rest,
    state: 'closed',
    held: null,
    closedAt: NOW,
    closedAs: 'closed-by-visitor',
    withBot: false,
    version: 3,
  });
});

test('a chat closed while it was offered was held by nobody, and nobody can accept it any more', () => {
  const { offer: _, ...rest } = offeredChat({ version: 2 });
  const closed = close(offeredChat({ version: 2 }), 'closed-by-visitor', NOW);
  expect(closed).toEqual({
    ...rest,
    state: 'closed',
    held: null,
    closedAt: NOW,
    closedAs: 'closed-by-visitor',
    withBot: false,
    version: 3,
  });
  expect(isLegal('accept', closed)).toBe(false);
});

test('a chat closed while on hold keeps who held it and what had been charged', () => {
  const closed = close(heldChat({ weight: 3 }), 'closed-by-visitor', NOW);
  expect(closed).toMatchObject({ state: 'closed', held: { agentId: 'ada', weight: 3 }, version: 5 });
  expect(closed).not.toHaveProperty('heldSince');
});

test('a chat closed while with a bot was held by nobody', () => {
  expect(close(botChat(), 'closed-by-visitor', NOW)).toMatchObject({
    state: 'closed',
    held: null,
    withBot: true,
    version: 2,
  });
});

test('a chat that was queued for a group goes nowhere any more', () => {
  const transfer = {
    groupId: groupId('line-1'),
    reason: null,
    isBotTransfer: false,
    createdOn: at('15:00'),
    askedAt: at('15:00'),
  };
  expect(close(openChat({ transfer }), 'closed-by-agent', NOW).transfer).toBeNull();
});

test.each(CLOSED_AS)('who closed it is on record: %s', closedAs => {
  expect(close(openChat(), closedAs, NOW).closedAs).toBe(closedAs);
});

test('who last served the visitor outlives the chat', () => {
  expect(close(openChat({ lastServedBy: agentId('ada') }), 'closed-by-operator', NOW).lastServedBy).toBe(
    'ada',
  );
});
