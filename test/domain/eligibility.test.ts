import { describe, expect, test } from '@jest/globals';
import { hasRoom, vacancyOf } from '../../domain/agent.ts';
import { ineligible, isInScope, offerees, unforceable, worksWith } from '../../domain/eligibility.ts';
import { agent, demand, LINE_1, LINE_2 } from '../support/domain.ts';

/** `from` names the seed and the place in it, `says` its sentence. */
describe('who is available for a chat', () => {
  test.each([
    {
      from: '002, step 1, condition 1',
      says: 'The Agent must be active',
      who: agent({ active: false }),
      why: 'inactive',
    },
    {
      from: '002, step 1, condition 2',
      says: 'The Agent works with chats in this channel',
      who: agent({ channels: ['whatsapp', 'mail'] }),
      why: 'other-channel',
    },
    {
      from: '002, step 1, condition 2',
      says: 'The Agent works with chats in this channel',
      who: agent({ channels: ['whatsapp', 'web'] }),
      why: null,
    },
    {
      from: '002, step 1, condition 2',
      says: 'no channel is named on the card: all of them',
      who: agent({ channels: null }),
      why: null,
    },
    {
      // An empty list is not the same as no list.
      from: '002, step 1, condition 2',
      says: 'every channel is taken off the card: none of them',
      who: agent({ channels: [] }),
      why: 'other-channel',
    },
    {
      from: '002, step 1, condition 3',
      says: 'The Agent is in the "Online" status',
      who: agent({ status: 'offline' }),
      why: 'not-online',
    },
    {
      from: '000, Target Service Agents',
      says: 'Service agent who is in Busy status will not be added to any new chat',
      who: agent({ status: 'busy' }),
      why: 'not-online',
    },
    {
      from: '000, Target Service Agents',
      says: 'Service agent who is in Rest status will not be added to any new chat',
      who: agent({ status: 'rest' }),
      why: 'not-online',
    },
    {
      from: '002, step 1, condition 4',
      says: 'The Agent has a vacant chat slot',
      who: agent({ maxLoad: 1, load: 1 }),
      why: 'no-room',
    },
    {
      from: '002, step 1',
      says: 'agents that meet all 4 of the following conditions',
      who: agent(),
      why: null,
    },
    {
      from: '001, 2.2',
      says: "If automatic allocation isn't needed, set the limit to 0",
      who: agent({ maxLoad: 0 }),
      why: 'no-room',
    },
    {
      from: '001, 2.2',
      says: 'no reception limit: any load leaves room',
      who: agent({ maxLoad: null, load: 4_000 }),
      why: null,
    },
  ])('$from: $says ($why)', ({ who, why }) => {
    expect(ineligible(who, demand())).toBe(why);
  });

  test.each([
    {
      fails: 'all four',
      who: { active: false, channels: [], status: 'offline', maxLoad: 0 },
      why: 'inactive',
    },
    { fails: '2, 3 and 4', who: { channels: [], status: 'rest', maxLoad: 0 }, why: 'other-channel' },
    { fails: '3 and 4', who: { status: 'busy', maxLoad: 0 }, why: 'not-online' },
  ] as const)('of several failed conditions ($fails) the first in the order of 002 is recorded', row => {
    expect(ineligible(agent(row.who), demand())).toBe(row.why);
  });

  test('the channel is asked for by its own id, not by a part of it', () => {
    expect(worksWith(agent({ channels: ['web-shop'] }), demand({ channelId: 'web' }))).toBe(false);
  });
});

describe('002, Glossary, Agent vacancy: "less than or equal to the Agent vacancy value"', () => {
  test.each([
    { says: '5 - 3 fits 2', maxLoad: 5, load: 3, weight: 2, vacancy: 2, fits: true },
    { says: '5 - 3 does not fit 3', maxLoad: 5, load: 3, weight: 3, vacancy: 2, fits: false },
    { says: '5 - 0 fits 5', maxLoad: 5, load: 0, weight: 5, vacancy: 5, fits: true },
    { says: '5 - 5 fits nothing', maxLoad: 5, load: 5, weight: 1, vacancy: 0, fits: false },
    // Taken by hand past the limit, or the limit was lowered: there is no room until it fits again.
    { says: '2 - 5 is negative, no room', maxLoad: 2, load: 5, weight: 1, vacancy: -3, fits: false },
    { says: '0 - 0 is no room', maxLoad: 0, load: 0, weight: 1, vacancy: 0, fits: false },
    { says: 'unlimited fits anything', maxLoad: null, load: 900, weight: 1_000, vacancy: null, fits: true },
  ])('$says', ({ maxLoad, load, weight, vacancy, fits }) => {
    expect(vacancyOf(maxLoad, load)).toBe(vacancy);
    expect(hasRoom(vacancy, weight)).toBe(fits);
    expect(ineligible(agent({ maxLoad, load }), demand({ weight }))).toBe(fits ? null : 'no-room');
  });
});

describe('a share', () => {
  test.each([
    { says: 'none, and the policy asks for one', receptionWeight: 0, byShare: true, why: 'no-share' },
    { says: 'none, and the policy does not ask', receptionWeight: 0, byShare: false, why: null },
    { says: 'one is enough', receptionWeight: 1, byShare: true, why: null },
  ])('$says: $why', ({ receptionWeight, byShare, why }) => {
    expect(ineligible(agent({ receptionWeight }), demand({ byShare }))).toBe(why);
  });

  test('is asked for last: who is full as well is full', () => {
    expect(ineligible(agent({ receptionWeight: 0, maxLoad: 0 }), demand({ byShare: true }))).toBe('no-room');
  });
});

describe('002, To transfer a chat to a group of agents, condition 5: "Agent is included in the selected Agent’s group"', () => {
  test.each([
    { says: 'a member of it alone', groups: [LINE_1], asked: LINE_1.id, isIn: true },
    { says: 'a member of it among others', groups: [LINE_2, LINE_1], asked: LINE_1.id, isIn: true },
    { says: 'a member of another', groups: [LINE_2], asked: LINE_1.id, isIn: false },
    { says: 'a member of none', groups: [], asked: LINE_1.id, isIn: false },
    { says: 'no group is selected: everybody', groups: [], asked: null, isIn: true },
  ])('$says: $isIn', ({ groups, asked, isIn }) => {
    expect(isInScope(agent({ groups }), demand({ groupId: asked }))).toBe(isIn);
  });
});

/** "a claim that waives status and room (never `active`, never …)" */
describe('what a forced claim waives', () => {
  test.each([
    { says: 'status', who: agent({ status: 'offline' }), why: null },
    { says: 'room', who: agent({ maxLoad: 0 }), why: null },
    { says: 'a share', who: agent({ receptionWeight: 0 }), why: null },
    { says: 'not that the agent is active', who: agent({ active: false }), why: 'inactive' },
    { says: 'not the channel', who: agent({ channels: ['mail'] }), why: 'other-channel' },
    {
      says: 'neither, and active is asked first',
      who: agent({ active: false, channels: [] }),
      why: 'inactive',
    },
  ])('$says: $why', ({ who, why }) => {
    expect(unforceable(who, demand({ byShare: true }))).toBe(why);
  });
});

test('an offer goes to every active agent of the scope who works with the channel, whatever status or load', () => {
  const team = [
    agent({ id: 'ada', groups: [LINE_1], status: 'rest' }),
    agent({ id: 'bo', groups: [LINE_1], maxLoad: 0 }),
    agent({ id: 'cy', groups: [LINE_1], active: false }),
    agent({ id: 'di', groups: [LINE_1], channels: ['mail'] }),
    agent({ id: 'ed' }),
  ];
  expect(offerees(team, demand()).map(one => one.id)).toEqual(['ada', 'bo', 'ed']);
  expect(offerees(team, demand({ groupId: LINE_1.id })).map(one => one.id)).toEqual(['ada', 'bo']);
});
