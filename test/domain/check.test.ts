import { describe, expect, test } from '@jest/globals';
import { check, type FINDING_CODES } from '../../domain/check.ts';
import { agent, channel, LINE_1, LINE_2 } from '../support/domain.ts';

type Configuration = Parameters<typeof check>[0];

/** Each row breaks one thing of it. */
const HEALTHY: Configuration = {
  agents: [agent({ id: 'ada', groups: [LINE_1], channels: ['web'] }), agent({ id: 'bo', groups: [LINE_2] })],
  groups: [LINE_1, LINE_2],
  channels: [channel('web'), channel('whatsapp', 2)],
};

function found(change: Partial<Configuration>) {
  return check({ ...HEALTHY, ...change }).map(({ code, ids }) => [code, ...ids]);
}

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
  'group-without-agent': {
    // Having left is like not being in it.
    change: {
      agents: [agent({ id: 'ada', groups: [LINE_1] }), agent({ id: 'bo', groups: [LINE_2], active: false })],
    },
    findings: [['group-without-agent', 'line-2']],
  },
} satisfies Record<(typeof FINDING_CODES)[number], { change: Partial<Configuration>; findings: string[][] }>;

describe('what can never route is found', () => {
  test.each(Object.entries(BROKEN))('%s', (_, { change, findings }) => {
    expect(found(change)).toEqual(findings);
  });

  test.each(Object.entries(BROKEN))('and said in a sentence that names it: %s', (_, { change }) => {
    for (const { text, code, ids } of check({ ...HEALTHY, ...change })) {
      expect(text).toMatch(/^[A-Z].*\.$/);
      // One thing is named in the sentence; of a whole team the list is enough.
      if (code !== 'every-limit-zero') for (const id of ids) expect(text).toContain(id);
    }
  });

  test('and in words an operator knows', () => {
    const [{ text } = { text: '' }] = check({ ...HEALTHY, ...BROKEN['every-limit-zero'].change });
    expect(text).toBe('Every active agent has limit 0.');
  });

  test('a project with nothing in it lacks channels and agents', () => {
    expect(found({ agents: [], groups: [], channels: [] })).toEqual([['no-channel'], ['no-active-agent']]);
  });
});
