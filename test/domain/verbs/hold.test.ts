import { expect, test } from '@jest/globals';
import { hold, resume } from '../../../domain/verbs/hold.ts';
import { at, groupId, NOW, openChat } from '../../support/domain.ts';

test('a chat on hold stays its agent’s, with what it was charged', () => {
  const chat = openChat({ weight: 3, version: 5 });
  expect(hold(chat, NOW)).toEqual({ ...chat, state: 'held', heldSince: NOW, version: 6 });
});

test('taken back it is as it was, and says since when, for its timers start again', () => {
  const chat = openChat({ weight: 3, version: 5 });
  expect(resume(hold(chat, at('15:30')), NOW)).toEqual({ ...chat, resumedAt: NOW, version: 7 });
});

test('a chat queued for a group keeps its place while it is on hold', () => {
  const transfer = {
    groupId: groupId('line-1'),
    reason: 'why',
    isBotTransfer: false,
    createdOn: at('15:00'),
    askedAt: at('15:00'),
  };
  const held = hold(openChat({ transfer }), at('15:30'));
  expect([held.transfer, resume(held, NOW).transfer]).toEqual([transfer, transfer]);
});
