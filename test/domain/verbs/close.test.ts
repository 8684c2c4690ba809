import { expect, test } from '@jest/globals';
import { CLOSED_AS, isLegal } from '../../../domain/chat.ts';
import { close } from '../../../domain/verbs/close.ts';
import { agentId, at, NOW, offeredChat, openChat, waitingChat } from '../../support/domain.ts';

test('a closed chat keeps who held it and what was charged, out of the reach of what counts open chats', () => {
  const chat = openChat({
    agentId: agentId('bo'),
    weight: 3,
    forced: true,
    assignedAt: at('15:20'),
    version: 5,
  });
  const { agentId: _agent, weight: _weight, forced: _forced, assignedAt: _at, ...rest } = chat;
  expect(close(chat, 'closed-by-agent', NOW)).toEqual({
    ...rest,
    state: 'closed',
    held: { agentId: 'bo', weight: 3, forced: true, assignedAt: at('15:20') },
    closedAt: NOW,
    closedAs: 'closed-by-agent',
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
    version: 3,
  });
  expect(isLegal('accept', closed)).toBe(false);
});

test.each(CLOSED_AS)('who closed it is on record: %s', closedAs => {
  expect(close(openChat(), closedAs, NOW).closedAs).toBe(closedAs);
});

test('who last served the visitor outlives the chat', () => {
  expect(close(openChat({ lastServedBy: agentId('ada') }), 'closed-by-operator', NOW).lastServedBy).toBe(
    'ada',
  );
});
