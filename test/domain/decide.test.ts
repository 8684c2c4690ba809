import { describe, expect, test } from '@jest/globals';
import { POLICY_NAMES, type PolicyName, policyNamed } from '../../domain/policies.ts';
import { agent, agentId, LINE_1, LINE_2, LINE_3 } from '../support/domain.ts';
import { chosenLast, decideAmong, inGroup } from './deciding.ts';

const FULL = { maxLoad: 1, load: 1 } as const;

const SEARCHING = POLICY_NAMES.filter(name => policyNamed(name).ranking !== null);

/** 002, step 1: "if no agents are found that meet all the above conditions". The reasons are kept apart. */
describe.each(SEARCHING)('nobody is available under %s', policy => {
  test.each([
    { because: 'nobody online', team: [agent({ status: 'offline' })], outcome: 'nobody-online' },
    {
      because: 'busy and at rest is not online (000)',
      team: [agent({ id: 'ada', status: 'busy' }), agent({ id: 'bo', status: 'rest' })],
      outcome: 'nobody-online',
    },
    { because: 'all full', team: [agent(FULL)], outcome: 'all-full' },
    { because: 'limit 0 is full (001, 2.2)', team: [agent({ maxLoad: 0 })], outcome: 'all-full' },
    {
      // Somebody is online, so more people online would not be the only cure.
      because: 'one is full, the others are away',
      team: [agent({ id: 'ada', ...FULL }), agent({ id: 'bo', status: 'offline' })],
      outcome: 'all-full',
    },
    {
      because: 'room, but too little for this channel',
      team: [agent({ maxLoad: 5, load: 3 })],
      channel: { weight: 3 },
      outcome: 'all-full',
    },
    {
      because: 'nobody works with the channel',
      team: [agent({ channels: ['mail'] }), agent({ id: 'bo', channels: [] })],
      outcome: 'nobody-works-channel',
    },
    {
      // Whoever left the team does not count as working with anything.
      because: 'the only one on the channel is inactive',
      team: [agent({ active: false }), agent({ id: 'bo', channels: ['mail'] })],
      outcome: 'nobody-works-channel',
    },
    {
      // Online elsewhere is no help: of those who work with the channel nobody is online.
      because: 'who is online works with another channel',
      team: [agent({ channels: ['mail'] }), agent({ id: 'bo', channels: ['web'], status: 'offline' })],
      outcome: 'nobody-online',
    },
    { because: 'there is no team', team: [], outcome: 'nobody-works-channel' },
  ])('$because: $outcome', ({ team, channel, outcome }) => {
    const verdict = decideAmong(team, { rule: { policy, onNobody: 'wait' }, ...(channel && { channel }) });
    expect(verdict).toMatchObject({ winner: null, outcome, decidedBy: 'eligibility', considered: [] });
    expect(verdict.steps.map(step => [step.name, step.in, step.out])).toEqual([
      ['scope', team.length, team.length],
      ['eligibility', team.length, 0],
    ]);
  });
});

describe('no decision looks at anybody', () => {
  test.each(POLICY_NAMES)('while automatic allocation is off, however free the team is: %s', policy => {
    const verdict = decideAmong([agent()], { rule: { policy }, automaticAllocation: false });
    expect(verdict).toMatchObject({ winner: null, outcome: 'automatic-off', decidedBy: 'scope', steps: [] });
  });

  test.each(['no-primary-group', 'unknown-group'] as const)(
    'where there is no group to look in: %s',
    outcome => {
      const verdict = decideAmong([agent()], {
        rule: { policy: 'group' },
        scope: { kind: 'nowhere', outcome },
      });
      expect(verdict).toMatchObject({ winner: null, outcome, decidedBy: 'scope', steps: [] });
    },
  );

  test('in a group without members: the scope settles it', () => {
    const verdict = decideAmong([agent({ groups: [LINE_2] })], {
      rule: { policy: 'group' },
      scope: inGroup(LINE_1),
    });
    expect(verdict).toMatchObject({
      winner: null,
      outcome: 'empty-group',
      decidedBy: 'scope',
      steps: [{ name: 'scope', in: 1, out: 0, excluded: [{ agentId: 'ada', why: 'not-in-group' }] }],
    });
  });
});

describe('the record of a decision', () => {
  const TEAM = [
    agent({ id: 'ada', active: false }),
    agent({ id: 'bo', channels: ['mail'] }),
    agent({ id: 'cy', status: 'busy' }),
    agent({ id: 'di', ...FULL }),
    agent({ id: 'ed', groups: [LINE_3] }),
    agent({ id: 'flo', groups: [LINE_2] }),
    agent({ id: 'gil', groups: [LINE_1], openChats: 2, load: 2 }),
    agent({ id: 'hal', groups: [LINE_1], openChats: 1, load: 2, lastClosed: '15:05' }),
    agent({ id: 'ida', groups: [LINE_1], openChats: 1, load: 1, lastClosed: '15:00' }),
  ];

  test('names who went in and came out of each step, and what ruled out the others', () => {
    expect(decideAmong(TEAM).steps).toEqual([
      { name: 'scope', in: 9, out: 9, excluded: [], excludedMore: 0 },
      {
        name: 'eligibility',
        in: 9,
        out: 5,
        excluded: [
          { agentId: 'ada', why: 'inactive' },
          { agentId: 'bo', why: 'other-channel' },
          { agentId: 'cy', why: 'not-online' },
          { agentId: 'di', why: 'no-room' },
        ],
        excludedMore: 0,
      },
      {
        name: 'queue-position',
        in: 5,
        out: 3,
        excluded: [
          { agentId: 'ed', why: 'higher-position' },
          { agentId: 'flo', why: 'higher-position' },
        ],
        excludedMore: 0,
      },
      // Whom these place behind is in `considered`, with the numbers that did it.
      { name: 'open-chats', in: 3, out: 2, excluded: [], excludedMore: 0 },
      { name: 'last-close', in: 2, out: 1, excluded: [], excludedMore: 0 },
    ]);
  });

  test('lists the available in rank order with what they were ranked by, the winner first', () => {
    const verdict = decideAmong(TEAM);
    expect(verdict.winner).toBe('ida');
    expect(verdict.considered.map(one => one.agentId)).toEqual(['ida', 'hal', 'gil', 'flo', 'ed']);
    expect(verdict.considered[0]).toEqual({
      agentId: 'ida',
      queuePosition: 1,
      openChats: 1,
      vacancy: 4,
      lastClosedAt: Date.parse('2026-03-02T15:00:00.000Z'),
      values: {},
    });
    expect(verdict.consideredMore).toBe(0);
  });

  test('cuts long lists and says how many more there were', () => {
    const verdict = decideAmong(TEAM, { limits: { consideredMax: 2, exclusionsMax: 1 } });
    expect(verdict.considered.map(one => one.agentId)).toEqual(['ida', 'hal']);
    expect(verdict.consideredMore).toBe(3);
    expect(verdict.steps.map(step => [step.name, step.excluded.length, step.excludedMore])).toEqual([
      ['scope', 0, 0],
      ['eligibility', 1, 3],
      ['queue-position', 1, 1],
      ['open-chats', 0, 0],
      ['last-close', 0, 0],
    ]);
  });

  test.each([
    { settledBy: 'eligibility', team: [agent({ id: 'ada' })] },
    { settledBy: 'eligibility', team: [agent({ id: 'ada' }), agent({ id: 'bo', ...FULL })] },
    { settledBy: 'queue-position', team: [agent({ id: 'ada', groups: [LINE_1] }), agent({ id: 'bo' })] },
    { settledBy: 'open-chats', team: [agent({ id: 'ada' }), agent({ id: 'bo', openChats: 1 })] },
    { settledBy: 'last-close', team: [agent({ id: 'ada' }), agent({ id: 'bo', lastClosed: '15:00' })] },
    { settledBy: 'agent-id', team: [agent({ id: 'ada' }), agent({ id: 'bo' })] },
  ])('decidedBy names the step that left one agent: $settledBy of $team.length', ({ settledBy, team }) => {
    const verdict = decideAmong(team);
    expect(verdict).toMatchObject({ winner: 'ada', decidedBy: settledBy });
    // Nothing is asked after it was settled.
    expect(verdict.steps.at(-1)?.name).toBe(settledBy);
  });

  test('the only one found at the head of the roster is first in rank, which is not the same as the only one there is', () => {
    const [ada, bo] = [agent({ id: 'ada' }), agent({ id: 'bo', openChats: 1 })];
    const head = { reading: 'rank-order', complete: false } as const;
    expect(decideAmong([ada], head)).toMatchObject({ winner: 'ada', decidedBy: 'rank-order' });
    expect(decideAmong([ada], { ...head, complete: true }).decidedBy).toBe('eligibility');
    // With the next in rank read, the step that told them apart is known.
    expect(decideAmong([ada, bo], head).decidedBy).toBe('open-chats');
  });

  test('keeps the policy and how much of the team was read', () => {
    expect(decideAmong([agent()], { reading: 'rank-order' })).toMatchObject({
      policy: 'queue-position',
      reading: 'rank-order',
    });
  });

  const RANKED = agent({
    memberOrder: 7,
    receptionWeight: 3,
    tally: { closedToday: 2, closedIn30Days: 9 },
  });
  test.each<[PolicyName, Record<string, number>]>([
    ['smart', {}],
    ['group', {}],
    ['queue-position', {}],
    ['least-sessions', { memberOrder: 7 }],
    ['member-order', { memberOrder: 7 }],
    ['reception-weight', { receptionWeight: 3 }],
    ['month-priority', { closedToday: 2, closedIn30Days: 9 }],
  ])('shows what else the policy ranks by: %s', (policy, values) => {
    expect(decideAmong([RANKED], { rule: { policy } }).considered).toMatchObject([{ values }]);
  });

  test('names those outside the group, and cuts their list too', () => {
    const team = [agent({ id: 'ada' }), agent({ id: 'bo' }), agent({ id: 'cy', groups: [LINE_1] })];
    const given = { rule: { policy: 'group' }, scope: inGroup(LINE_1) } as const;
    const cut = { ...given, limits: { consideredMax: 1, exclusionsMax: 1 } };
    const scope = { name: 'scope', in: 3, out: 1 };
    expect(decideAmong(team, given).steps[0]).toEqual({
      ...scope,
      excluded: [
        { agentId: 'ada', why: 'not-in-group' },
        { agentId: 'bo', why: 'not-in-group' },
      ],
      excludedMore: 0,
    });
    expect(decideAmong(team, cut).steps[0]).toEqual({
      ...scope,
      excluded: [{ agentId: 'ada', why: 'not-in-group' }],
      excludedMore: 1,
    });
  });

  test('of an offer says why nobody was given it, and who was not offered it', () => {
    const team = [
      agent({ id: 'ada', active: false }),
      agent({ id: 'bo', status: 'rest' }),
      agent({ id: 'cy', channels: ['mail'] }),
    ];
    const verdict = decideAmong(team, { rule: { policy: 'smart' } });
    expect(verdict).toMatchObject({ winner: null, outcome: 'offered', offeredBecause: 'nobody-online' });
    expect(verdict.steps.map(step => [step.name, step.in, step.out])).toEqual([
      ['scope', 3, 3],
      ['eligibility', 3, 0],
      ['offer', 3, 1],
    ]);
    expect(verdict.steps.at(-1)?.excluded).toEqual([
      { agentId: 'ada', why: 'inactive' },
      { agentId: 'cy', why: 'other-channel' },
    ]);
  });

  test('of a returning visitor begins with the one who could not be asked', () => {
    const team = [agent({ id: 'ada', active: false }), agent({ id: 'bo' })];
    const verdict = decideAmong(team, { rule: { original: agentId('ada') } });
    expect(verdict).toMatchObject({ winner: 'bo', policy: 'queue-position', decidedBy: 'eligibility' });
    expect(verdict.steps.map(step => [step.name, step.in, step.out])).toEqual([
      ['original-agent', 1, 0],
      ['scope', 2, 2],
      ['eligibility', 2, 1],
    ]);
  });

  test('of a rotation lists the others in the order of their turns', () => {
    const team = ['ada', 'bo', 'cy'].map((id, i) => agent({ id, memberOrder: i + 1 }));
    const cursor = chosenLast({ id: agentId('ada'), memberOrder: 1 });
    const { considered } = decideAmong(team, { rule: { policy: 'member-order' }, cursor });
    expect(considered.map(one => one.agentId)).toEqual(['bo', 'cy', 'ada']);
  });
});
