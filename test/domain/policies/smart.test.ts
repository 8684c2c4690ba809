import { describe, expect, test } from '@jest/globals';
import { agent, LINE_1, LINE_2 } from '../../support/domain.ts';
import { type Case, expectOf, inTurn } from './cases.ts';

const FULL = { maxLoad: 1, load: 1 } as const;
const AWAY = { status: 'offline' } as const;

describe('000, SMART: "try to find service agents who is in Ready status and add one of them to the chat"', () => {
  test.each<Case>([
    { says: 'one in Ready status', team: [agent({ id: 'ada' })], winner: 'ada', by: 'eligibility' },
    {
      says: 'Busy: "will not be added to any new chat"',
      team: [agent({ id: 'ada', status: 'busy' }), agent({ id: 'bo', openChats: 3 })],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: 'Rest: "will not be added to any new chat"',
      team: [agent({ id: 'ada', status: 'rest' }), agent({ id: 'bo', openChats: 3 })],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: 'one of them: who has the fewest open chats',
      team: [agent({ id: 'ada', openChats: 2 }), agent({ id: 'bo', openChats: 1 })],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      // Counted, not weighed: one heavy chat is one chat.
      says: 'one of them: the fewest, however little room is left',
      team: [agent({ id: 'ada', openChats: 2, load: 2 }), agent({ id: 'bo', openChats: 1, load: 4 })],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      says: 'one of them: of the same count, who closed a chat the longest ago',
      team: [agent({ id: 'ada', lastClosed: '15:05' }), agent({ id: 'bo', lastClosed: '15:00' })],
      winner: 'bo',
      by: 'last-close',
    },
    {
      says: 'one of them: who never closed one counts as longest ago',
      team: [agent({ id: 'ada', lastClosed: '00:01' }), agent({ id: 'bo' })],
      winner: 'bo',
      by: 'last-close',
    },
    {
      says: 'one of them: what is still equal goes by the id',
      team: [agent({ id: 'bo' }), agent({ id: 'ada' })],
      winner: 'ada',
      by: 'agent-id',
    },
    {
      // Lines are of another system; this one does not know them.
      says: 'of the whole team: a queue position says nothing',
      team: [agent({ id: 'ada', groups: [LINE_1], openChats: 1 }), agent({ id: 'bo', groups: [LINE_2] })],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      says: 'of the whole team: a share and a member order say nothing',
      team: [agent({ id: 'bo' }), agent({ id: 'ada', receptionWeight: 0, memberOrder: 9 })],
      winner: 'ada',
      by: 'agent-id',
    },
  ])('$says', row => expectOf('smart', row));

  test('one of them: each in turn while they have the same count', () => {
    const team = [agent({ id: 'ada', lastClosed: '15:00' }), agent({ id: 'bo' }), agent({ id: 'cy' })];
    expect(inTurn('smart', 5, team)).toEqual(['bo', 'cy', 'ada', 'bo', 'cy']);
  });
});

describe('000, SMART: "If there is not service agents in Ready status, fall back to ALL policy and add all service agents to the chat."', () => {
  test.each<Case>([
    {
      says: 'nobody in Ready status: Busy, Rest and away are added',
      team: [
        agent({ id: 'ada', status: 'busy' }),
        agent({ id: 'bo', status: 'rest' }),
        agent({ id: 'cy', ...AWAY }),
      ],
      offeredTo: ['ada', 'bo', 'cy'],
      because: 'nobody-online',
    },
    {
      // Ready, but nobody could be given the chat: the reason is kept apart.
      says: 'all in Ready status are full',
      team: [agent({ id: 'ada', ...FULL }), agent({ id: 'bo', maxLoad: 0 })],
      offeredTo: ['ada', 'bo'],
      because: 'all-full',
    },
    {
      says: 'all service agents: the full one in Ready status and those who are not',
      team: [agent({ id: 'ada', ...FULL }), agent({ id: 'bo', ...AWAY })],
      offeredTo: ['ada', 'bo'],
      because: 'all-full',
    },
    {
      says: 'all service agents: not who left, and not who works with another channel',
      team: [
        agent({ id: 'ada', active: false }),
        agent({ id: 'bo', channels: ['mail'] }),
        agent({ id: 'cy', ...AWAY }),
      ],
      offeredTo: ['cy'],
      because: 'nobody-online',
    },
    {
      // He is Ready, but no help to this chat.
      says: 'in Ready status on another channel is not there',
      team: [agent({ id: 'ada', channels: ['mail'] }), agent({ id: 'bo', ...AWAY })],
      offeredTo: ['bo'],
      because: 'nobody-online',
    },
    {
      says: 'nobody works with the channel: nobody is left to add, so the chat waits',
      team: [agent({ id: 'ada', channels: ['mail'] }), agent({ id: 'bo', active: false })],
      waits: 'nobody-works-channel',
    },
    { says: 'no team', team: [], waits: 'nobody-works-channel' },
    {
      says: 'the project says wait: nobody online',
      team: [agent(AWAY)],
      given: { rule: { onNobody: 'wait' } },
      waits: 'nobody-online',
    },
    {
      says: 'the project says wait: all full',
      team: [agent(FULL), agent({ id: 'bo', ...AWAY })],
      given: { rule: { onNobody: 'wait' } },
      waits: 'all-full',
    },
    {
      says: 'automatic allocation is off: neither given nor offered',
      team: [agent()],
      given: { automaticAllocation: false },
      waits: 'automatic-off',
    },
  ])('$says', row => expectOf('smart', row));
});
