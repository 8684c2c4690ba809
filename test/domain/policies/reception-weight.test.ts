import { describe, expect, test } from '@jest/globals';
import { agent, LINE_1, LINE_2 } from '../../support/domain.ts';
import { type Case, expectOf, inTurn } from './cases.ts';

const AWAY = { status: 'offline' } as const;

/** An agent without limit with a share, and with so many open chats. */
const who = (
  id: string,
  receptionWeight: number,
  openChats: number,
  given: Parameters<typeof agent>[0] = {},
) => agent({ id, receptionWeight, openChats, maxLoad: null, ...given });

describe('001, 2.3 (2): "Distribution by Member Reception Weight"', () => {
  test.each<Case>([
    {
      says: 'nobody has anything: the largest weight first',
      team: [who('ada', 1, 0), who('bo', 3, 0), who('cy', 2, 0)],
      winner: 'bo',
      by: 'share',
    },
    {
      says: 'with one chat more 2 of 3 is less than 1 of 1',
      team: [who('ada', 1, 0), who('bo', 3, 1)],
      winner: 'bo',
      by: 'share',
    },
    {
      // 3/3 is 1/1: the chat in question is counted in, or the heavy weight would be owed one for ever.
      says: 'with one chat more 3 of 3 is as much as 1 of 1: then the id',
      team: [who('bo', 3, 2), who('ada', 1, 0)],
      winner: 'ada',
      by: 'agent-id',
    },
    {
      says: 'with one chat more 4 of 3 is more than 1 of 1',
      team: [who('bo', 3, 3), who('zoe', 1, 0)],
      winner: 'zoe',
      by: 'share',
    },
    {
      // 1/3 and 2/6, which no rounding may tell apart.
      says: 'equal shares are equal: who closed a chat the longest ago',
      team: [who('ada', 3, 0, { lastClosed: '15:05' }), who('bo', 6, 1, { lastClosed: '15:00' })],
      winner: 'bo',
      by: 'last-close',
    },
    {
      says: 'equal shares: who never closed one counts as longest ago',
      team: [who('ada', 1, 0, { lastClosed: '00:01' }), who('bo', 1, 0)],
      winner: 'bo',
      by: 'last-close',
    },
    {
      says: 'of equal weights: the fewest open chats',
      team: [who('ada', 2, 2), who('bo', 2, 1)],
      winner: 'bo',
      by: 'share',
    },
    {
      // The reception weight is a share, the weight of a channel is something else.
      says: 'chats are counted, not weighed',
      team: [who('ada', 1, 2, { load: 2 }), who('bo', 1, 1, { load: 9 })],
      winner: 'bo',
      by: 'share',
    },
    {
      says: 'a queue position and a member order say nothing',
      team: [
        who('ada', 1, 0, { groups: [LINE_1], memberOrder: 1 }),
        who('bo', 2, 0, { groups: [LINE_2], memberOrder: 2 }),
      ],
      winner: 'bo',
      by: 'share',
    },
    {
      says: 'who has the largest share and is not online gets nothing',
      team: [who('ada', 9, 0, AWAY), who('bo', 1, 4)],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: 'who has the largest share and is full gets nothing',
      team: [who('ada', 9, 0, { maxLoad: 0 }), who('bo', 1, 4)],
      winner: 'bo',
      by: 'eligibility',
    },
  ])('$says', row => expectOf('reception-weight', row));

  test('1, 2 and 3 share twelve chats as 2, 4 and 6', () => {
    const got = inTurn('reception-weight', 12, [who('ada', 1, 0), who('bo', 2, 0), who('cy', 3, 0)]);
    const counts = ['ada', 'bo', 'cy'].map(id => got.filter(one => one === id).length);
    expect(counts).toEqual([2, 4, 6]);
    expect(got.slice(0, 3)).toEqual(['cy', 'bo', 'cy']);
  });
});

/** "0 = no automatic chats under that policy." */
describe('without a share', () => {
  test.each<Case>([
    {
      says: 'nothing is given, however free the agent is',
      team: [who('ada', 0, 0), who('bo', 1, 9)],
      winner: 'bo',
      by: 'eligibility',
    },
    {
      // Like the limit 0: online, and not for automatic chats.
      says: 'nobody has one: the chat waits as when all are full',
      team: [who('ada', 0, 0), who('bo', 0, 0)],
      waits: 'all-full',
    },
    {
      says: 'those online have none, who has one is away',
      team: [who('ada', 0, 0), who('bo', 1, 0, AWAY)],
      waits: 'all-full',
    },
    {
      // Nothing automatic is what a share is about. An offer is taken by hand.
      says: 'the chat is offered all the same where the project says offer',
      team: [who('ada', 0, 0), who('bo', 1, 0, AWAY)],
      given: { rule: { onNobody: 'offer' } },
      offeredTo: ['ada', 'bo'],
      because: 'all-full',
    },
  ])('$says', row => expectOf('reception-weight', row));

  test('another policy does not ask for it', () => {
    expectOf('least-sessions', { says: 'no share', team: [who('ada', 0, 0)], winner: 'ada' });
  });
});

describe('nobody is available: it waits, unless the project says offer', () => {
  test.each<Case>([
    { says: 'nobody online', team: [who('ada', 1, 0, AWAY)], waits: 'nobody-online' },
    {
      says: 'all full (001, 2.2: "set the limit to 0")',
      team: [who('ada', 1, 0, { maxLoad: 0 })],
      waits: 'all-full',
    },
    {
      says: 'nobody works with the channel',
      team: [who('ada', 1, 0, { channels: ['mail'] })],
      waits: 'nobody-works-channel',
    },
    {
      says: 'offered',
      team: [who('ada', 1, 0, AWAY)],
      given: { rule: { onNobody: 'offer' } },
      offeredTo: ['ada'],
      because: 'nobody-online',
    },
    {
      says: 'automatic allocation is off',
      team: [who('ada', 1, 0)],
      given: { automaticAllocation: false },
      waits: 'automatic-off',
    },
  ])('$says', row => expectOf('reception-weight', row));
});
