import { describe, test } from '@jest/globals';
import { type Asked, scopeOf, WHOLE_TEAM } from '../../../domain/scope.ts';
import { agent, group } from '../../support/domain.ts';
import type { Given } from '../deciding.ts';
import { type Case, expectOf } from './cases.ts';

/** The primary group and another. */
const FRONT = group('front', 2);
const SALES = group('sales', 1);

const FULL = { maxLoad: 1, load: 1 } as const;
const AWAY = { status: 'offline' } as const;

/** The scope that asking for a group comes to, where both groups are there and `front` is the primary one. */
function asking(asked: Asked, primary: typeof FRONT | null = FRONT): Given {
  const there = [FRONT.id, SALES.id];
  const groups = { primaryGroupId: primary?.id ?? null, has: (id: typeof FRONT.id) => there.includes(id) };
  const scope = scopeOf('group', asked, groups);
  return { scope, reading: scope.kind === 'group' ? 'whole-group' : 'whole-team' };
}

const ICON = asking(null);
const CLICKED = asking(SALES.id);

describe('000, GROUP, "Click PPCom(the floating icon)": "try to find `Target Service Agents` in primary group and add one of them to the chat"', () => {
  test.each<Case>([
    {
      says: 'in primary group: not a freer one outside it',
      team: [agent({ id: 'ada' }), agent({ id: 'bo', groups: [FRONT], openChats: 3 })],
      given: ICON,
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: 'in primary group: not one of another group, though its queue position is lower',
      team: [agent({ id: 'ada', groups: [SALES] }), agent({ id: 'bo', groups: [FRONT] })],
      given: ICON,
      winner: 'bo',
    },
    {
      says: 'in primary group: a member of several groups is a member',
      team: [agent({ id: 'ada', groups: [SALES] }), agent({ id: 'bo', groups: [SALES, FRONT] })],
      given: ICON,
      winner: 'bo',
    },
    {
      says: 'one of them: as in SMART, who has the fewest open chats',
      team: [agent({ id: 'ada', groups: [FRONT], openChats: 1 }), agent({ id: 'bo', groups: [FRONT] })],
      given: ICON,
      winner: 'bo',
      by: 'open-chats',
    },
    {
      says: 'one of them: as in SMART, then who closed a chat the longest ago',
      team: [
        agent({ id: 'ada', groups: [FRONT], lastClosed: '15:05' }),
        agent({ id: 'bo', groups: [FRONT], lastClosed: '15:00' }),
      ],
      given: ICON,
      winner: 'bo',
      by: 'last-close',
    },
    {
      says: 'one of them: what is still equal goes by the id',
      team: [agent({ id: 'bo', groups: [FRONT] }), agent({ id: 'ada', groups: [FRONT] })],
      given: ICON,
      winner: 'ada',
      by: 'agent-id',
    },
    {
      // Within the group a position of another group of hers says nothing.
      says: 'one of them: queue positions say nothing',
      team: [
        agent({ id: 'ada', groups: [FRONT, SALES], openChats: 1 }),
        agent({ id: 'bo', groups: [FRONT], openChats: 0 }),
      ],
      given: ICON,
      winner: 'bo',
      by: 'open-chats',
    },
  ])('$says', row => expectOf('group', row));
});

describe('000, GROUP, "Click a service group in `PPCom chat list interface`": "in this service group and add one of them to the chat"', () => {
  test.each<Case>([
    {
      says: 'in this service group: not a freer one of the primary group',
      team: [agent({ id: 'ada', groups: [FRONT] }), agent({ id: 'bo', groups: [SALES], openChats: 3 })],
      given: CLICKED,
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: 'in this service group: also where there is no primary one',
      team: [agent({ id: 'ada' }), agent({ id: 'bo', groups: [SALES] })],
      given: asking(SALES.id, null),
      winner: 'bo',
    },
    {
      says: 'in this service group: the primary one may be asked for by its name',
      team: [agent({ id: 'ada', groups: [SALES] }), agent({ id: 'bo', groups: [FRONT] })],
      given: asking(FRONT.id),
      winner: 'bo',
    },
  ])('$says', row => expectOf('group', row));
});

describe('000, GROUP: "If there is not any available service agents, all service agents in primary group will be added to the chat."', () => {
  test.each<Case>([
    {
      says: 'nobody of it is online: all in primary group, and nobody else though she is available',
      team: [
        agent({ id: 'ada' }),
        agent({ id: 'bo', groups: [FRONT], ...AWAY }),
        agent({ id: 'cy', groups: [FRONT], status: 'busy' }),
      ],
      given: ICON,
      offeredTo: ['bo', 'cy'],
      because: 'nobody-online',
    },
    {
      says: 'all of it are full: all in primary group',
      team: [
        agent({ id: 'ada' }),
        agent({ id: 'bo', groups: [FRONT], ...FULL }),
        agent({ id: 'cy', groups: [FRONT], ...AWAY }),
      ],
      given: ICON,
      offeredTo: ['bo', 'cy'],
      because: 'all-full',
    },
    {
      says: '"all service agents in this service group": the one that was clicked',
      team: [agent({ id: 'ada', groups: [FRONT] }), agent({ id: 'bo', groups: [SALES], ...AWAY })],
      given: CLICKED,
      offeredTo: ['bo'],
      because: 'nobody-online',
    },
    {
      says: 'all in primary group: not who left, and not who works with another channel',
      team: [
        agent({ id: 'ada', groups: [FRONT], active: false }),
        agent({ id: 'bo', groups: [FRONT], channels: ['mail'] }),
        agent({ id: 'cy', groups: [FRONT], ...AWAY }),
      ],
      given: ICON,
      offeredTo: ['cy'],
      because: 'nobody-online',
    },
    {
      says: 'nobody of it works with the channel: nobody is left to add, so the chat waits',
      team: [agent({ id: 'ada' }), agent({ id: 'bo', groups: [FRONT], channels: ['mail'] })],
      given: ICON,
      waits: 'nobody-works-channel',
    },
    {
      says: 'the project says wait: nobody online',
      team: [agent({ id: 'ada', groups: [FRONT], ...AWAY })],
      given: { ...ICON, rule: { onNobody: 'wait' } },
      waits: 'nobody-online',
    },
    {
      says: 'the project says wait: all full',
      team: [agent({ id: 'ada', groups: [FRONT], ...FULL })],
      given: { ...ICON, rule: { onNobody: 'wait' } },
      waits: 'all-full',
    },
  ])('$says', row => expectOf('group', row));
});

describe('000, GROUP: "you(service agent administrator) must create a `primary group` and add some service agents to it"', () => {
  const team = [agent({ id: 'ada' }), agent({ id: 'bo', groups: [SALES] })];
  test.each<Case>([
    {
      says: 'there is none: the chat waits',
      team,
      given: asking(null, null),
      waits: 'no-primary-group',
    },
    {
      says: 'the one that was marked is not there any more',
      team,
      given: asking(null, group('gone', 1)),
      waits: 'no-primary-group',
    },
    { says: 'nobody was added to it', team, given: ICON, waits: 'empty-group' },
    {
      // An offer to nobody would be one that nobody can accept.
      says: 'nobody was added to the group that was clicked',
      team: [agent({ id: 'ada', groups: [FRONT] })],
      given: CLICKED,
      waits: 'empty-group',
    },
    {
      says: 'the group that was clicked is not there any more',
      team,
      given: asking(group('gone', 1).id),
      waits: 'unknown-group',
    },
    {
      says: 'all of it have left: it is not empty, but nobody of it works with the channel',
      team: [agent({ id: 'ada', groups: [FRONT], active: false })],
      given: ICON,
      waits: 'nobody-works-channel',
    },
    {
      says: 'automatic allocation is off: neither given nor offered',
      team: [agent({ id: 'ada', groups: [FRONT] })],
      given: { ...ICON, automaticAllocation: false },
      waits: 'automatic-off',
    },
  ])('$says', row => expectOf('group', row));
});

describe('a chat whose group was removed goes on in the whole team', () => {
  test.each<Case>([
    {
      says: 'to one of the team, whatever the group',
      team: [agent({ id: 'bo', groups: [FRONT], openChats: 1 }), agent({ id: 'ada' })],
      given: asking(WHOLE_TEAM),
      winner: 'ada',
      by: 'open-chats',
    },
    {
      says: 'offered to all of the team',
      team: [agent({ id: 'ada', ...AWAY }), agent({ id: 'bo', groups: [FRONT], ...AWAY })],
      given: asking(WHOLE_TEAM),
      offeredTo: ['ada', 'bo'],
      because: 'nobody-online',
    },
  ])('$says', row => expectOf('group', row));
});
