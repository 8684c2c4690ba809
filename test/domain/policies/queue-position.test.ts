import { describe, test } from '@jest/globals';
import { agent, LINE_1, LINE_2, LINE_3 } from '../../support/domain.ts';
import { type Case, expectOf } from './cases.ts';

const FULL = { maxLoad: 1, load: 1 } as const;
const AWAY = { status: 'offline' } as const;

/** `from` names the place in seed 002, `says` its sentence. Each team is listed with the wrong one first. */
describe('002, The client initiates the chat: who comes first', () => {
  test.each<Case>([
    {
      from: 'step 2, example 1',
      says: 'agents of "Line 1" and "Line 2" are found: a further search among "Line 1"',
      team: [agent({ id: 'bo', groups: [LINE_2] }), agent({ id: 'ada', groups: [LINE_1] })],
      winner: 'ada',
      by: 'queue-position',
    },
    {
      from: 'step 2, example 2',
      says: 'agents of "Line 2" and "Line 3" are found: a further search among "Line 2"',
      team: [agent({ id: 'ada', groups: [LINE_3] }), agent({ id: 'bo', groups: [LINE_2] })],
      winner: 'bo',
      by: 'queue-position',
    },
    {
      // Line 1 is there, but nobody of it is found in step 1.
      from: 'step 2, example 2',
      says: 'a full agent of "Line 1" does not keep the chat from "Line 2"',
      team: [
        agent({ id: 'ada', groups: [LINE_1], maxLoad: 0 }),
        agent({ id: 'bo', groups: [LINE_3] }),
        agent({ id: 'cy', groups: [LINE_2] }),
      ],
      winner: 'cy',
      by: 'queue-position',
    },
    {
      from: 'step 2',
      says: 'a lower "Queue position": of an agent in several groups the lowest counts',
      team: [agent({ id: 'ada', groups: [LINE_2] }), agent({ id: 'bo', groups: [LINE_3, LINE_1] })],
      winner: 'bo',
      by: 'queue-position',
    },
    {
      from: 'step 2',
      says: 'an agent in no group comes last',
      team: [agent({ id: 'ada' }), agent({ id: 'bo', groups: [LINE_3] })],
      winner: 'bo',
      by: 'queue-position',
    },
    {
      // The queue position is asked before the load.
      from: 'step 2',
      says: 'a lower "Queue position" outweighs fewer open chats',
      team: [
        agent({ id: 'ada', groups: [LINE_2] }),
        agent({ id: 'bo', groups: [LINE_1], openChats: 4, load: 4 }),
      ],
      winner: 'bo',
      by: 'queue-position',
    },
    {
      from: 'step 3',
      says: 'Which agent has fewer open chats?',
      team: [agent({ id: 'ada', openChats: 2, load: 2 }), agent({ id: 'bo', openChats: 1, load: 1 })],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      // Two light chats are more chats than one heavy one, though they leave more room.
      from: 'step 3',
      says: 'fewer open chats: counted, not weighed',
      team: [agent({ id: 'ada', openChats: 2, load: 2 }), agent({ id: 'bo', openChats: 1, load: 4 })],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      from: 'step 3',
      says: 'fewer open chats: held ones are not in the count',
      team: [agent({ id: 'ada', openChats: 2 }), agent({ id: 'bo', openChats: 1, heldChats: 9 })],
      winner: 'bo',
      by: 'open-chats',
    },
    {
      from: 'step 4, example',
      says: '"Agent A" last closed a chat at 15:00 and "Agent B" at 15:05: "Agent A"',
      team: [agent({ id: 'agent-b', lastClosed: '15:05' }), agent({ id: 'agent-a', lastClosed: '15:00' })],
      winner: 'agent-a',
      by: 'last-close',
    },
    {
      // The ids the other way round: it is the time that decides.
      from: 'step 4, example',
      says: 'closed the last chat earlier than the other agents, whatever they are called',
      team: [agent({ id: 'agent-a', lastClosed: '15:05' }), agent({ id: 'agent-b', lastClosed: '15:00' })],
      winner: 'agent-b',
      by: 'last-close',
    },
    {
      from: 'step 4',
      says: 'an agent who never closed a chat counts as longest',
      team: [agent({ id: 'ada', lastClosed: '00:00' }), agent({ id: 'bo', lastClosed: null })],
      winner: 'bo',
      by: 'last-close',
    },
    {
      from: 'step 4',
      says: 'what is still equal then: the agent id, so that it is always the same agent',
      team: [agent({ id: 'bo', lastClosed: '15:00' }), agent({ id: 'ada', lastClosed: '15:00' })],
      winner: 'ada',
      by: 'agent-id',
    },
    {
      // Compared as text, as the table sorts them: "1" comes before "9".
      from: 'step 4',
      says: 'the agent id as it is written',
      team: [agent({ id: 'agent-9' }), agent({ id: 'agent-10' })],
      winner: 'agent-10',
      by: 'agent-id',
    },
    {
      from: 'step 1',
      says: 'If there is more than 1 agent, the search is continued: with one it is over',
      team: [agent({ id: 'ada', status: 'rest' }), agent({ id: 'bo', openChats: 4 })],
      winner: 'bo',
      by: 'eligibility',
    },
  ])('$from: $says', row => expectOf('queue-position', row));
});

describe('002, The client initiates the chat, step 1: "The search is repeated every 5 seconds if no agents are found"', () => {
  test.each<Case>([
    { says: 'nobody is online: it waits', team: [agent(AWAY)], waits: 'nobody-online' },
    {
      says: 'Busy and Rest are not online (000)',
      team: [agent({ id: 'ada', status: 'busy' }), agent({ id: 'bo', status: 'rest' })],
      waits: 'nobody-online',
    },
    { says: 'all are full', team: [agent(FULL)], waits: 'all-full' },
    {
      // Somebody is online, so more people online would not be the only cure.
      says: 'one is full, the others are away',
      team: [agent({ id: 'ada', ...FULL }), agent({ id: 'bo', ...AWAY })],
      waits: 'all-full',
    },
    {
      says: 'room, but too little for this channel',
      team: [agent({ maxLoad: 5, load: 3 })],
      given: { channel: { weight: 3 } },
      waits: 'all-full',
    },
    {
      says: 'nobody works with the channel',
      team: [agent({ channels: ['mail'] }), agent({ id: 'bo', active: false })],
      waits: 'nobody-works-channel',
    },
    {
      says: 'the project says offer: to the whole team, not to the lowest position only',
      team: [agent({ id: 'ada', groups: [LINE_2], ...AWAY }), agent({ id: 'bo', groups: [LINE_1], ...AWAY })],
      given: { rule: { onNobody: 'offer' } },
      offeredTo: ['ada', 'bo'],
      because: 'nobody-online',
    },
    {
      says: 'the project says offer, and all are full',
      team: [agent({ id: 'ada', ...FULL })],
      given: { rule: { onNobody: 'offer' } },
      offeredTo: ['ada'],
      because: 'all-full',
    },
    {
      says: 'automatic allocation is off',
      team: [agent()],
      given: { automaticAllocation: false },
      waits: 'automatic-off',
    },
  ])('$says', row => expectOf('queue-position', row));
});
