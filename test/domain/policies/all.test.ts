import { describe, expect, test } from '@jest/globals';
import { agent, LINE_1, LINE_2 } from '../../support/domain.ts';
import { whatComesOf } from '../deciding.ts';
import { type Case, expectOf } from './cases.ts';

const FULL = { maxLoad: 1, load: 1 } as const;

/** Who is there to take part at all: "all service agents in service team". */
const [ada, bo, cy] = [agent({ id: 'ada' }), agent({ id: 'bo' }), agent({ id: 'cy' })];

describe('000, All: "PPMessage Server will add all service agents in service team to this chat."', () => {
  test.each<Case>([
    { says: 'all', team: [ada, bo, cy], offeredTo: ['ada', 'bo', 'cy'], because: null },
    { says: 'all: of a team of one, that one', team: [ada], offeredTo: ['ada'], because: null },
    {
      // "Service agent who is in Busy status will not be added to any new chat" is about who is searched for; this
      // policy does not search.
      says: 'all, whatever the status: Busy, Rest, away',
      team: [
        agent({ id: 'ada', status: 'busy' }),
        agent({ id: 'bo', status: 'rest' }),
        agent({ id: 'cy', status: 'offline' }),
      ],
      offeredTo: ['ada', 'bo', 'cy'],
      because: null,
    },
    {
      says: 'all, whatever the load: full, limit 0, too little room for this channel',
      team: [agent({ id: 'ada', ...FULL }), agent({ id: 'bo', maxLoad: 0 }), agent({ id: 'cy', maxLoad: 2 })],
      given: { channel: { weight: 3 } },
      offeredTo: ['ada', 'bo', 'cy'],
      because: null,
    },
    {
      says: 'all, whatever the group, the position, the share',
      team: [
        agent({ id: 'ada', groups: [LINE_2] }),
        agent({ id: 'bo', groups: [LINE_1] }),
        agent({ id: 'cy', receptionWeight: 0 }),
      ],
      offeredTo: ['ada', 'bo', 'cy'],
      because: null,
    },
    {
      says: 'agents in service team: not who left it',
      team: [agent({ id: 'ada', active: false }), bo],
      offeredTo: ['bo'],
      because: null,
    },
    {
      // Whoever cannot work with the channel could do nothing with the chat.
      says: 'all: of those who work with the channel',
      team: [agent({ id: 'ada', channels: ['mail'] }), agent({ id: 'bo', channels: [] }), cy],
      offeredTo: ['cy'],
      because: null,
    },
    {
      // Nobody is searched for, so nobody can be missing.
      says: 'all: also where the fallback is set to wait',
      team: [ada, agent({ id: 'bo', status: 'offline' })],
      given: { rule: { onNobody: 'wait' } },
      offeredTo: ['ada', 'bo'],
      because: null,
    },
  ])('$says', row => expectOf('all', row));
});

describe('there is nobody to add: the chat waits and says why', () => {
  test.each<Case>([
    { says: 'no team', team: [], waits: 'nobody-works-channel' },
    { says: 'all have left', team: [agent({ active: false })], waits: 'nobody-works-channel' },
    {
      says: 'all work with another channel, whatever the fallback',
      team: [agent({ channels: ['mail'] })],
      given: { rule: { onNobody: 'offer' } },
      waits: 'nobody-works-channel',
    },
    {
      says: 'automatic allocation is off',
      team: [ada, bo],
      given: { automaticAllocation: false },
      waits: 'automatic-off',
    },
  ])('$says', row => expectOf('all', row));

  test('and of each why the chat was not offered to them', () => {
    const team = [agent({ id: 'ada', active: false }), agent({ id: 'bo', channels: ['mail'] })];
    expect(whatComesOf(team, { rule: { policy: 'all' } })).toMatchObject({
      decidedBy: 'offer',
      steps: [
        { name: 'scope', in: 2, out: 2 },
        {
          name: 'offer',
          in: 2,
          out: 0,
          excluded: [
            { agentId: 'ada', why: 'inactive' },
            { agentId: 'bo', why: 'other-channel' },
          ],
        },
      ],
    });
  });
});
