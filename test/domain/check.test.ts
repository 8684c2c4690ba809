import { describe, expect, test } from '@jest/globals';
import { check, type FINDING_CODES } from '../../domain/check.ts';
import { POLICY_NAMES, type PolicyName, type ReturningPolicyName } from '../../domain/policies.ts';
import { DAYS, type Schedule } from '../../domain/schedule.ts';
import { agent, channel, group, groupId, LINE_1, LINE_2, NOW } from '../support/domain.ts';

type Configuration = Parameters<typeof check>[0];

/** Each row breaks one thing of it. */
const HEALTHY: Configuration = {
  rules: { newVisitors: { policy: 'queue-position', onNobody: null }, returningVisitors: null },
  primaryGroupId: null,
  agents: [agent({ id: 'ada', groups: [LINE_1], channels: ['web'] }), agent({ id: 'bo', groups: [LINE_2] })],
  groups: [LINE_1, LINE_2],
  channels: [channel('web'), channel('whatsapp', 2)],
};

function found(change: Partial<Configuration>) {
  return check({ ...HEALTHY, ...change }, NOW).map(({ code, ids }) => [code, ...ids]);
}

/** The rules where a policy is set for new visitors or for returning ones. */
function under(
  policy: PolicyName,
  returning: ReturningPolicyName | null = null,
): Pick<Configuration, 'rules'> {
  const returningVisitors = returning && { policy: returning, onNobody: null };
  return { rules: { newVisitors: { policy, onNobody: null }, returningVisitors } };
}

const OFFICE: Schedule = {
  timeZone: 'Europe/Berlin',
  hours: [{ days: ['mon'], from: '09:00', to: '17:00' }],
};
const NO_HOURS: Schedule = { ...OFFICE, hours: [] };
const ALWAYS: Schedule = { ...OFFICE, hours: [{ days: [...DAYS], from: '00:00', to: '24:00' }] };

describe('a team that can route has no finding', () => {
  test.each<{ although: string; change: Partial<Configuration> }>([
    { although: 'nothing is wrong', change: {} },
    {
      // Status and load pass; what is checked is what nobody coming online would cure.
      although: 'everybody is offline and full',
      change: { agents: HEALTHY.agents.map(one => ({ ...one, status: 'offline', load: 5, vacancy: 0 })) },
    },
    {
      although: 'one agent left and another has limit 0',
      change: {
        agents: [...HEALTHY.agents, agent({ id: 'cy', active: false }), agent({ id: 'di', maxLoad: 0 })],
      },
    },
    { although: 'there is no group', change: { groups: [] } },
    {
      although: 'there is one agent with limit 1',
      change: { agents: [agent({ groups: [LINE_1, LINE_2], maxLoad: 1 })], channels: [channel('web')] },
    },
    { although: 'a chat weighs as much as the limit', change: { channels: [channel('web', 5)] } },
    {
      although: 'a chat weighs more than every limit but the one that is not there',
      change: {
        agents: [agent({ groups: [LINE_1, LINE_2], maxLoad: null })],
        channels: [channel('web', 900)],
      },
    },
    {
      // It is Monday afternoon; what counts is that the hours come again.
      although: 'everybody has a schedule and is outside it now',
      change: {
        agents: HEALTHY.agents.map(one => ({ ...one, status: 'offline' as const, schedule: OFFICE })),
      },
    },
    {
      although: 'one has a schedule around the clock, which has no edges',
      change: {
        agents: HEALTHY.agents.map(one => ({ ...one, schedule: ALWAYS })),
      },
    },
    {
      although: 'nobody has a share, which the rules do not ask for',
      change: { agents: HEALTHY.agents.map(one => ({ ...one, receptionWeight: 0 })) },
    },
    {
      although: 'one has no share under a rule that asks for one',
      change: {
        ...under('reception-weight'),
        agents: HEALTHY.agents.map((one, i) => ({ ...one, receptionWeight: i })),
      },
    },
    {
      although: 'only the primary group is ever searched',
      change: { ...under('group'), primaryGroupId: LINE_1.id },
    },
    {
      although: 'returning visitors ask for whoever served them',
      change: under('least-sessions', 'original-agent'),
    },
    ...POLICY_NAMES.filter(policy => policy !== 'group').map(policy => ({
      although: `there is no primary group, under ${policy}`,
      change: under(policy),
    })),
  ])('although $although', ({ change }) => {
    expect(found(change)).toEqual([]);
  });
});

/** Every code there is: a new one does not compile until it has a row. */
const BROKEN = {
  'no-channel': { change: { channels: [] }, findings: [['no-channel']] },
  'no-active-agent': {
    // Without agents the channels and groups have none either; that is not said again for each.
    change: { agents: HEALTHY.agents.map(one => ({ ...one, active: false })) },
    findings: [['no-active-agent']],
  },
  'every-limit-zero': {
    change: {
      agents: [
        agent({ id: 'ada', groups: [LINE_1, LINE_2], maxLoad: 0 }),
        agent({ id: 'bo', active: false }),
      ],
    },
    findings: [
      ['every-limit-zero', 'ada'],
      ['weight-above-every-limit', 'web'],
      ['weight-above-every-limit', 'whatsapp'],
    ],
  },
  'every-share-zero': {
    change: {
      ...under('reception-weight'),
      // Who has left has no say in it.
      agents: [
        ...HEALTHY.agents.map(one => ({ ...one, receptionWeight: 0 })),
        agent({ id: 'cy', active: false }),
      ],
    },
    findings: [['every-share-zero', 'ada', 'bo']],
  },
  'schedule-without-hours': {
    change: { agents: [...HEALTHY.agents, agent({ id: 'cy', schedule: NO_HOURS })] },
    findings: [['schedule-without-hours', 'cy']],
  },
  'channel-without-agent': {
    change: { agents: HEALTHY.agents.map(one => ({ ...one, channels: HEALTHY.agents[0]?.channels ?? [] })) },
    findings: [['channel-without-agent', 'whatsapp']],
  },
  'weight-above-every-limit': {
    // Bo could carry it, but only those who work with the channel count.
    change: {
      agents: [
        agent({ id: 'ada', groups: [LINE_1], channels: ['web', 'whatsapp'], maxLoad: 1 }),
        agent({ id: 'bo', groups: [LINE_2], channels: ['web'], maxLoad: null }),
      ],
    },
    findings: [['weight-above-every-limit', 'whatsapp']],
  },
  'channel-outside-every-schedule': {
    // Ada is there, but does not work with it.
    change: { agents: HEALTHY.agents.map((one, i) => (i === 1 ? { ...one, schedule: NO_HOURS } : one)) },
    findings: [
      ['schedule-without-hours', 'bo'],
      ['channel-outside-every-schedule', 'whatsapp'],
    ],
  },
  'group-without-agent': {
    // Having left is like not being in it.
    change: {
      agents: [agent({ id: 'ada', groups: [LINE_1] }), agent({ id: 'bo', groups: [LINE_2], active: false })],
    },
    findings: [['group-without-agent', 'line-2']],
  },
  'no-primary-group': { change: under('group'), findings: [['no-primary-group']] },
} satisfies Record<(typeof FINDING_CODES)[number], { change: Partial<Configuration>; findings: string[][] }>;

/** They name everybody. */
const OF_THE_TEAM: readonly string[] = ['every-limit-zero', 'every-share-zero'];

describe('what can never route is found', () => {
  test.each(Object.entries(BROKEN))('%s', (_, { change, findings }) => {
    expect(found(change)).toEqual(findings);
  });

  test.each(Object.entries(BROKEN))('and said in a sentence that names it: %s', (_, { change }) => {
    for (const { text, code, ids } of check({ ...HEALTHY, ...change }, NOW)) {
      expect(text).toMatch(/^[A-Z].*\.$/);
      // One thing is named in the sentence; of a whole team the list is enough.
      if (OF_THE_TEAM.includes(code)) continue;
      for (const id of ids) expect(text).toContain(id);
    }
  });

  test('and in words an operator knows', () => {
    const [{ text } = { text: '' }] = check({ ...HEALTHY, ...BROKEN['every-limit-zero'].change }, NOW);
    expect(text).toBe('Every active agent has limit 0.');
  });

  test('a project with nothing in it lacks channels and agents', () => {
    expect(found({ agents: [], groups: [], channels: [] })).toEqual([['no-channel'], ['no-active-agent']]);
  });

  test.each<{ what: string; change: Partial<Configuration>; findings: string[][] }>([
    {
      what: 'no primary group, where only returning visitors need one',
      change: under('smart', 'group'),
      findings: [['no-primary-group']],
    },
    {
      what: 'no share, where only returning visitors are given chats by it',
      change: {
        ...under('smart', 'reception-weight'),
        agents: HEALTHY.agents.map(one => ({ ...one, receptionWeight: 0 })),
      },
      findings: [['every-share-zero', 'ada', 'bo']],
    },
    {
      what: 'hours that begin when they end',
      change: {
        agents: [
          ...HEALTHY.agents,
          agent({
            id: 'cy',
            schedule: { ...OFFICE, hours: [{ days: [...DAYS], from: '09:00', to: '09:00' }] },
          }),
        ],
      },
      findings: [['schedule-without-hours', 'cy']],
    },
    {
      // She could be set online by hand, but has no room for it; he has room, and never comes.
      what: 'a channel whose only agent with room has no hours',
      change: {
        channels: [channel('web', 3)],
        agents: [
          agent({ id: 'ada', groups: [LINE_1], maxLoad: 2 }),
          agent({ id: 'bo', groups: [LINE_2], schedule: NO_HOURS }),
        ],
      },
      findings: [
        ['schedule-without-hours', 'bo'],
        ['channel-outside-every-schedule', 'web'],
      ],
    },
    {
      what: 'an empty primary group',
      change: {
        ...under('group'),
        primaryGroupId: groupId('front'),
        groups: [...HEALTHY.groups, group('front', 3)],
      },
      findings: [['group-without-agent', 'front']],
    },
    {
      what: 'everything that is wrong, not only the first',
      change: { ...under('group'), channels: [] },
      findings: [['no-primary-group'], ['no-channel']],
    },
  ])('$what', ({ change, findings }) => {
    expect(found(change)).toEqual(findings);
  });
});
