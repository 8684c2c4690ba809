import { describe, expect, test } from '@jest/globals';
import { agent, agentId, LINE_1, LINE_2 } from '../../support/domain.ts';
import { chosenLast } from '../deciding.ts';
import { type Case, expectOf, inTurn } from './cases.ts';

const AWAY = { status: 'offline' } as const;

/** Named against the order, so that an order by id would be noticed. */
const FIRST = agent({ id: 'cy', memberOrder: 1 });
const SECOND = agent({ id: 'bo', memberOrder: 2 });
const THIRD = agent({ id: 'ada', memberOrder: 3 });
const TEAM = [THIRD, SECOND, FIRST];

const lastWas = (last: typeof FIRST) => ({ cursor: chosenLast(last) });

describe('001, 2.3: "allocate them […] by the order of customer service", "Assign by Member Order"', () => {
  test.each<Case>([
    { says: 'nobody was chosen yet: the first', team: TEAM, winner: 'cy', by: 'rotation' },
    { says: 'the order: the next after the first', team: TEAM, given: lastWas(FIRST), winner: 'bo' },
    { says: 'the order: the next after the second', team: TEAM, given: lastWas(SECOND), winner: 'ada' },
    { says: 'the order: around its end to the first again', team: TEAM, given: lastWas(THIRD), winner: 'cy' },
    {
      // It is a turn, not a balance.
      says: 'the order, not the number of sessions, the last close, the position or the share',
      team: [
        agent({ id: 'ada', memberOrder: 3, receptionWeight: 9, groups: [LINE_1] }),
        agent({
          id: 'bo',
          memberOrder: 2,
          receptionWeight: 0,
          groups: [LINE_2],
          openChats: 4,
          load: 4,
          lastClosed: '15:59',
        }),
        FIRST,
      ],
      given: lastWas(FIRST),
      winner: 'bo',
      by: 'rotation',
    },
    {
      says: 'of the same place in the order: by the id',
      team: [agent({ id: 'bo', memberOrder: 1 }), agent({ id: 'ada', memberOrder: 1 })],
      winner: 'ada',
    },
    {
      says: 'of the same place in the order: the next id after the one chosen last',
      team: [
        agent({ id: 'ada', memberOrder: 1 }),
        agent({ id: 'bo', memberOrder: 1 }),
        agent({ id: 'cy', memberOrder: 1 }),
      ],
      given: lastWas(agent({ id: 'ada', memberOrder: 1 })),
      winner: 'bo',
    },
  ])('$says', row => expectOf('member-order', row));

  test('each in turn, around the end, as often as there are chats', () => {
    expect(inTurn('member-order', 7, TEAM)).toEqual(['cy', 'bo', 'ada', 'cy', 'bo', 'ada', 'cy']);
  });

  test('the turn goes on where it stood', () => {
    expect(inTurn('member-order', 3, TEAM, chosenLast(FIRST))).toEqual(['bo', 'ada', 'cy']);
  });
});

/** "the next available after the one chosen last" */
describe('whoever is not available is passed over', () => {
  test.each<Case>([
    {
      says: 'the next is offline',
      team: [FIRST, { ...SECOND, ...AWAY }, THIRD],
      given: lastWas(FIRST),
      winner: 'ada',
      by: 'rotation',
    },
    {
      says: 'the next is busy',
      team: [FIRST, { ...SECOND, status: 'busy' }, THIRD],
      given: lastWas(FIRST),
      winner: 'ada',
      by: 'rotation',
    },
    {
      says: 'the next is full',
      team: [FIRST, agent({ id: 'bo', memberOrder: 2, maxLoad: 0 }), THIRD],
      given: lastWas(FIRST),
      winner: 'ada',
      by: 'rotation',
    },
    {
      says: 'the next works with another channel',
      team: [FIRST, agent({ id: 'bo', memberOrder: 2, channels: ['mail'] }), THIRD],
      given: lastWas(FIRST),
      winner: 'ada',
      by: 'rotation',
    },
    {
      says: 'all up to the end are: around the end',
      team: [FIRST, { ...SECOND, ...AWAY }, { ...THIRD, active: false }],
      given: lastWas(SECOND),
      winner: 'cy',
    },
    {
      // Everybody else had a chance.
      says: 'all others are: the same one again',
      team: [{ ...FIRST, ...AWAY }, SECOND, { ...THIRD, ...AWAY }],
      given: lastWas(SECOND),
      winner: 'bo',
      by: 'eligibility',
    },
    {
      says: 'the one chosen last has left: the turn stands at its place all the same',
      team: [FIRST, THIRD],
      given: lastWas(SECOND),
      winner: 'ada',
      by: 'rotation',
    },
    {
      says: 'the one chosen last was moved in the order: the turn stands where it was',
      team: [FIRST, SECOND, { ...THIRD, memberOrder: 0 }],
      given: { cursor: { agentId: agentId('ada'), memberOrder: 3 } },
      winner: 'ada',
      by: 'rotation',
    },
  ])('$says', row => expectOf('member-order', row));

  test('who fills up leaves the turn to the others', () => {
    const team = [agent({ id: 'cy', memberOrder: 1, maxLoad: 1 }), SECOND, THIRD];
    expect(inTurn('member-order', 5, team)).toEqual(['cy', 'bo', 'ada', 'bo', 'ada']);
  });
});

describe('nobody is available: it waits, unless the project says offer', () => {
  test.each<Case>([
    { says: 'nobody online', team: [{ ...FIRST, ...AWAY }], waits: 'nobody-online' },
    {
      says: 'all full (001, 2.2: "set the limit to 0")',
      team: [agent({ maxLoad: 0 }), agent({ id: 'bo', ...AWAY })],
      waits: 'all-full',
    },
    {
      says: 'nobody works with the channel',
      team: [agent({ channels: [] })],
      waits: 'nobody-works-channel',
    },
    {
      says: 'offered, to all of the team and not to the next',
      team: [
        { ...FIRST, ...AWAY },
        { ...SECOND, status: 'rest' },
      ],
      given: { ...lastWas(FIRST), rule: { onNobody: 'offer' } },
      offeredTo: ['cy', 'bo'],
      because: 'nobody-online',
    },
    {
      says: 'automatic allocation is off',
      team: TEAM,
      given: { automaticAllocation: false },
      waits: 'automatic-off',
    },
  ])('$says', row => expectOf('member-order', row));
});
