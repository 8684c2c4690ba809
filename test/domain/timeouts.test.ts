import { describe, expect, test } from '@jest/globals';
import type { Chat } from '../../domain/chat.ts';
import { nextLook, type Timeouts, timeoutOf } from '../../domain/timeouts.ts';
import {
  assignment,
  at,
  botChat,
  closedChat,
  groupId,
  heldChat,
  offeredChat,
  openChat,
  waitingChat,
} from '../support/domain.ts';

const OFF: Timeouts = { changeAgentMinutes: 0, changeAgentMaxMoves: 3, closeAfterLastMessageMinutes: 0 };
const CHANGE: Timeouts = { ...OFF, changeAgentMinutes: 5 };
const CLOSE: Timeouts = { ...OFF, closeAfterLastMessageMinutes: 10 };
const BOTH: Timeouts = { ...CHANGE, ...CLOSE, changeAgentMinutes: 5 };
const visitorAt = (clock: string) => ({ from: 'visitor' as const, at: at(clock) });
const agentAt = (clock: string) => ({ from: 'agent' as const, at: at(clock) });

/** Ada has the chat since 15:10. */
describe('a chat', () => {
  test.each<[string, Chat, Parameters<typeof timeoutOf>[1], Timeouts, ReturnType<typeof timeoutOf>]>([
    [
      'moves when the visitor waits',
      openChat(),
      visitorAt('15:20'),
      BOTH,
      { action: 'change-agent', at: at('15:25') },
    ],
    [
      'closes when the visitor is silent',
      openChat(),
      agentAt('15:20'),
      BOTH,
      { action: 'close', at: at('15:30') },
    ],
    [
      'closes after an operator too',
      openChat(),
      { from: 'operator', at: at('15:20') },
      BOTH,
      { action: 'close', at: at('15:30') },
    ],
    // "Both run from the latest of last message, assignment and resume"
    [
      'counts from its assignment',
      openChat(),
      visitorAt('15:00'),
      CHANGE,
      { action: 'change-agent', at: at('15:15') },
    ],
    [
      'counts from its resume',
      openChat({ resumedAt: at('15:40') }),
      visitorAt('15:20'),
      CHANGE,
      { action: 'change-agent', at: at('15:45') },
    ],
    ['does not move where that is off', openChat(), visitorAt('15:20'), CLOSE, null],
    ['does not close where that is off', openChat(), agentAt('15:20'), CHANGE, null],
    // "do not run while a chat has no message at all"
    ['without a message stays', openChat(), null, BOTH, null],
    ['on hold stays', heldChat(), visitorAt('15:20'), BOTH, null],
    ['on hold is not closed either', heldChat(), agentAt('15:20'), BOTH, null],
    ['that waits stays', waitingChat(), visitorAt('15:20'), BOTH, null],
    ['that is offered stays', offeredChat(), visitorAt('15:20'), BOTH, null],
    ['that is closed stays so', closedChat(), agentAt('15:20'), BOTH, null],
    [
      'with a bot closes when the visitor is silent',
      botChat(),
      { from: 'bot', at: at('15:20') },
      BOTH,
      { action: 'close', at: at('15:30') },
    ],
    ['with a bot is not moved', botChat(), visitorAt('15:20'), BOTH, null],
  ])('%s', (_, chat, last, timeouts, expected) => {
    expect(timeoutOf(chat, last, timeouts)).toEqual(expected);
  });

  test('queued for a group has its time from then on', () => {
    const transfer = {
      groupId: groupId('line-1'),
      reason: null,
      isBotTransfer: false,
      createdOn: at('15:21'),
      askedAt: at('15:21'),
    };
    const of = (last: ReturnType<typeof visitorAt | typeof agentAt>) =>
      timeoutOf(openChat({ transfer }), last, BOTH);
    expect(of(visitorAt('15:20'))).toEqual({ action: 'change-agent', at: at('15:26') });
    expect(of(agentAt('15:20'))).toEqual({ action: 'close', at: at('15:31') });
  });

  test.each([
    [0, 3, true],
    [2, 3, true],
    [3, 3, false],
    [0, 0, false],
  ])('moved %i times of %i at most may move again: %s', (moves, changeAgentMaxMoves, mayMove) => {
    const changed = Array.from({ length: moves }, () => assignment({ method: 'changed-agent' }));
    // Other ways to another agent do not count.
    const assignments = [assignment(), assignment({ method: 'transfer' }), ...changed];
    const timeout = timeoutOf(openChat({ assignments }), visitorAt('15:20'), {
      ...CHANGE,
      changeAgentMaxMoves,
    });
    expect(timeout !== null).toBe(mayMove);
  });
});

describe('the sweep looks again', () => {
  test.each([
    ['never where no time-out is on', null, OFF, null],
    ['when the time-out comes', { action: 'close', at: at('16:03') } as const, BOTH, at('16:03')],
    // Somebody may write in the very moment after, and the shorter one begins.
    ['when the shorter one could come', { action: 'close', at: at('16:09') } as const, BOTH, at('16:05')],
    ['when the only one could come', null, CLOSE, at('16:10')],
  ])('%s', (_, timeout, timeouts, expected) => {
    expect(nextLook(timeout, timeouts, at('16:00'))).toBe(expected);
  });
});
