import { describe, expect, test } from '@jest/globals';
import { isLegal, type Offer } from '../../../domain/chat.ts';
import { assign } from '../../../domain/verbs/assign.ts';
import { offer, withdraw } from '../../../domain/verbs/offer.ts';
import { assignment, at, decisionId, groupId, NOW, offeredChat, waitingChat } from '../../support/domain.ts';

const TO_ALL: Offer = { id: decisionId('dec_7'), groupId: null, agents: 3, at: NOW };
const TO_SALES: Offer = { ...TO_ALL, groupId: groupId('sales') };

describe('a chat that is offered', () => {
  test('is nobody’s, costs nobody anything, and waits no more', () => {
    const { waitingSince: _, ...waiting } = waitingChat({ version: 2 });
    const offered = offer(waitingChat({ version: 2 }), TO_ALL);
    expect(offered).toEqual({ ...waiting, state: 'offered', offer: TO_ALL, version: 3 });
    expect(offered).not.toHaveProperty('agentId');
    expect(offered).not.toHaveProperty('weight');
  });

  test.each([
    { to: 'the team', made: TO_ALL, before: groupId('sales'), groupId: null },
    { to: 'a group', made: TO_SALES, before: null, groupId: 'sales' },
  ])('is in the scope it was offered to: $to', ({ made, before, groupId }) => {
    expect(offer(waitingChat({ groupId: before }), made).groupId).toBe(groupId);
  });

  test('keeps what it asked for, how old it is, and who served its visitor', () => {
    const waiting = waitingChat({
      asked: groupId('sales'),
      createdAt: at('14:00'),
      assignments: [assignment()],
    });
    const { asked, createdAt, assignments, lastServedBy } = offer(waiting, TO_SALES);
    expect([asked, createdAt, lastServedBy]).toEqual(['sales', at('14:00'), null]);
    expect(assignments).toEqual(waiting.assignments);
  });

  test('has exactly one winner: once accepted it can be accepted no more', () => {
    const won = assign(offer(waitingChat(), TO_ALL), { ...assignment(), weight: 1 }, NOW);
    expect(won).not.toHaveProperty('offer');
    expect(isLegal('accept', won)).toBe(false);
    expect(isLegal('withdraw', won)).toBe(false);
  });
});

describe('an offer that is withdrawn', () => {
  test('leaves a chat that waits from now on, in the scope it had', () => {
    const { offer: _, ...rest } = offeredChat({ groupId: groupId('sales'), version: 3 });
    const offered = offeredChat({ groupId: groupId('sales'), version: 3 });
    expect(withdraw(offered, NOW)).toEqual({ ...rest, state: 'waiting', waitingSince: NOW, version: 4 });
  });

  test('leaves it as old as it was: its place in the line is that of its id', () => {
    const offered = offeredChat({ createdAt: at('09:00') });
    expect(withdraw(offered, NOW)).toMatchObject({ id: offered.id, createdAt: at('09:00') });
  });

  test('leaves it to be given out or offered anew', () => {
    const waiting = withdraw(offeredChat(), NOW);
    expect(isLegal('assign', waiting)).toBe(true);
    expect(offer(waiting, TO_SALES)).toMatchObject({ state: 'offered', offer: TO_SALES });
  });
});
