import { describe, expect, test } from '@jest/globals';
import { agent, LINE_1, LINE_2 } from '../../support/domain.ts';
import { type Case, expectOf, inTurn } from './cases.ts';

const FULL = { maxLoad: 1, load: 1 } as const;
const AWAY = { status: 'offline' } as const;

describe('001, 2.3 (1): "you can choose to allocate them by the number of reception sessions"', () => {
  test.each<Case>([
    {
      says: 'the number of reception sessions: the fewest',
      team: [agent({ id: 'ada', openChats: 2 }), agent({ id: 'bo', openChats: 1 })],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      says: 'the number: counted, not weighed',
      team: [agent({ id: 'ada', openChats: 2, load: 2 }), agent({ id: 'bo', openChats: 1, load: 4 })],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      // A larger limit is no larger claim: that would be another rule.
      says: 'the number: not the part of the limit that is used up',
      team: [
        agent({ id: 'ada', openChats: 2, load: 2, maxLoad: 20 }),
        agent({ id: 'bo', openChats: 1, load: 1, maxLoad: 2 }),
      ],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      says: 'the number: sessions on hold are not in it',
      team: [agent({ id: 'ada', openChats: 2 }), agent({ id: 'bo', openChats: 1, heldChats: 9 })],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      says: 'of the same number: who closed a chat the longest ago, before member order',
      team: [
        agent({ id: 'ada', lastClosed: '15:05', memberOrder: 1 }),
        agent({ id: 'bo', lastClosed: '15:00', memberOrder: 2 }),
      ],
      winner: 'bo',
      by: 'last-close',
    },
    {
      says: 'of the same number: who never closed one counts as longest ago',
      team: [
        agent({ id: 'ada', lastClosed: '00:01', memberOrder: 1 }),
        agent({ id: 'bo', lastClosed: null, memberOrder: 2 }),
      ],
      winner: 'bo',
      by: 'last-close',
    },
    {
      says: 'of the same number and close: the first in member order, whatever the id',
      team: [agent({ id: 'ada', memberOrder: 2 }), agent({ id: 'bo', memberOrder: 1 })],
      winner: 'bo',
      by: 'member-order',
    },
    {
      says: 'what is still equal goes by the id',
      team: [agent({ id: 'bo', memberOrder: 3 }), agent({ id: 'ada', memberOrder: 3 })],
      winner: 'ada',
      by: 'agent-id',
    },
    {
      says: 'a queue position and a share say nothing',
      team: [
        agent({ id: 'ada', groups: [LINE_1], openChats: 1, receptionWeight: 9 }),
        agent({ id: 'bo', groups: [LINE_2], receptionWeight: 0 }),
      ],
      winner: 'bo',
      by: 'open-chats',
    },
  ])('$says', row => expectOf('least-sessions', row));
});

describe('001, 1: "automatically and evenly distributed to team members who are online"', () => {
  test.each<Case>([
    {
      says: 'who are online: not offline',
      team: [agent({ id: 'ada', ...AWAY }), agent({ id: 'bo', openChats: 3 })],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: 'who are online: not busy',
      team: [agent({ id: 'ada', status: 'busy' }), agent({ id: 'bo', openChats: 3 })],
      winner: 'bo',
      by: 'eligibility',
    },
    { says: 'nobody is online: it waits', team: [agent(AWAY)], waits: 'nobody-online' },
    {
      says: 'nobody is online, and the project says offer',
      team: [agent({ id: 'ada', ...AWAY }), agent({ id: 'bo', status: 'rest' })],
      given: { rule: { onNobody: 'offer' } },
      offeredTo: ['ada', 'bo'],
      because: 'nobody-online',
    },
    {
      says: 'nobody works with the channel',
      team: [agent({ channels: ['mail'] })],
      waits: 'nobody-works-channel',
    },
  ])('$says', row => expectOf('least-sessions', row));

  test('evenly: three who start alike get two of six each', () => {
    const team = ['ada', 'bo', 'cy'].map((id, i) => agent({ id, memberOrder: 3 - i }));
    expect(inTurn('least-sessions', 6, team)).toEqual(['cy', 'bo', 'ada', 'cy', 'bo', 'ada']);
  });

  test('evenly: who has more is passed over until the others have as many', () => {
    const team = [agent({ id: 'ada', openChats: 2, load: 2 }), agent({ id: 'bo' })];
    expect(inTurn('least-sessions', 4, team)).toEqual(['bo', 'bo', 'ada', 'bo']);
  });
});

describe('001, 2.2: "Set a reception limit to regulate session distribution."', () => {
  test.each<Case>([
    {
      says: 'who is at the limit gets no more, though it has the fewest',
      team: [agent({ id: 'ada', ...FULL }), agent({ id: 'bo', openChats: 3, load: 3 })],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: '"If automatic allocation isn’t needed, set the limit to 0."',
      team: [agent({ id: 'ada', maxLoad: 0 }), agent({ id: 'bo', openChats: 3, load: 3 })],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: 'without a limit there is always room',
      team: [agent({ id: 'ada', maxLoad: null, openChats: 90, load: 90 })],
      winner: 'ada',
      by: 'eligibility',
    },
    {
      says: 'the limit is in units of weight: what is left must hold this channel',
      team: [agent({ id: 'ada', maxLoad: 5, load: 3 }), agent({ id: 'bo', openChats: 3, load: 2 })],
      given: { channel: { weight: 3 } },
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: 'everybody online is at the limit: it waits',
      team: [agent(FULL), agent({ id: 'bo', ...AWAY })],
      waits: 'all-full',
    },
    {
      says: 'everybody has limit 0, and the project says offer',
      team: [agent({ id: 'ada', maxLoad: 0 })],
      given: { rule: { onNobody: 'offer' } },
      offeredTo: ['ada'],
      because: 'all-full',
    },
  ])('$says', row => expectOf('least-sessions', row));
});

describe('001, 2.3: "turn on [Automatic Allocation]"', () => {
  test('it is off: the chat waits, however free the team is', () => {
    expectOf('least-sessions', {
      says: 'off',
      team: [agent()],
      given: { automaticAllocation: false },
      waits: 'automatic-off',
    });
  });
});
