import { describe, expect, test } from '@jest/globals';
import { assign } from '../../../domain/verbs/assign.ts';
import {
  agentId,
  assignment,
  at,
  decisionId,
  groupId,
  NOW,
  offeredChat,
  waitingChat,
} from '../../support/domain.ts';

const TO_BO = {
  agentId: agentId('bo'),
  method: 'automatic',
  reason: null,
  forced: false,
  decisionId: decisionId('dec_7'),
  weight: 2,
} as const;

describe('an assigned chat', () => {
  test('is open, its agent’s, charged, and waits no more', () => {
    const { waitingSince: _, ...waiting } = waitingChat({ version: 2 });
    expect(assign(waitingChat({ version: 2 }), TO_BO, NOW)).toEqual({
      ...waiting,
      state: 'open',
      agentId: 'bo',
      weight: 2,
      forced: false,
      assignedAt: NOW,
      resumedAt: null,
      lastServedBy: 'bo',
      assignments: [
        {
          agentId: 'bo',
          method: 'automatic',
          at: NOW,
          reason: null,
          forced: false,
          decisionId: 'dec_7',
          createdOn: null,
        },
      ],
      version: 3,
    });
  });

  test('keeps how it came about each time, oldest first', () => {
    const before = assignment({ agentId: agentId('ada'), at: at('15:10') });
    const chat = assign(waitingChat({ assignments: [before] }), TO_BO, NOW);
    expect(chat.assignments.map(one => [one.agentId, one.at])).toEqual([
      ['ada', at('15:10')],
      ['bo', NOW],
    ]);
  });

  test('taken by hand past the limit is recorded as forced, with the way and no decision', () => {
    const byHand = { ...TO_BO, method: 'accepted', forced: true, decisionId: null } as const;
    const chat = assign(waitingChat(), byHand, NOW);
    expect(chat.forced).toBe(true);
    expect(chat.assignments.at(-1)).toMatchObject({ method: 'accepted', forced: true, decisionId: null });
  });

  test('was last served by its new agent, and its visitor stays as new as it came', () => {
    const chat = assign(waitingChat({ returning: false, lastServedBy: null }), TO_BO, NOW);
    expect(chat).toMatchObject({ returning: false, lastServedBy: 'bo' });
  });

  test('is forced on whoever served the visitor before, and says so', () => {
    const chat = assign(waitingChat(), { ...TO_BO, method: 'original-agent', forced: true }, NOW);
    expect(chat.forced).toBe(true);
    expect(chat.assignments.at(-1)).toMatchObject({ method: 'original-agent', forced: true });
  });
});

describe('an offered chat that is accepted', () => {
  const BY_BO = { ...TO_BO, method: 'accepted', decisionId: null } as const;

  test('is open, its agent’s, charged, and offered no more', () => {
    const { offer: _, ...offered } = offeredChat({ version: 4 });
    expect(assign(offeredChat({ version: 4 }), BY_BO, NOW)).toEqual({
      ...offered,
      state: 'open',
      agentId: 'bo',
      weight: 2,
      forced: false,
      assignedAt: NOW,
      resumedAt: null,
      lastServedBy: 'bo',
      assignments: [
        {
          agentId: 'bo',
          method: 'accepted',
          at: NOW,
          reason: null,
          forced: false,
          decisionId: null,
          createdOn: null,
        },
      ],
      version: 5,
    });
  });

  test('stays in the group it was offered to', () => {
    const sales = groupId('sales');
    expect(assign(offeredChat({ groupId: sales }), BY_BO, NOW).groupId).toBe('sales');
  });
});
