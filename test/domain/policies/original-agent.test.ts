import { describe, expect, test } from '@jest/globals';
import type { PolicyName } from '../../../domain/policies.ts';
import { agent, agentId, LINE_1, LINE_2 } from '../../support/domain.ts';
import { type Given, inGroup, whatComesOf } from '../deciding.ts';
import { type Case, expectOf } from './cases.ts';

const AWAY = { status: 'offline' } as const;
const FULL = { maxLoad: 1, load: 1 } as const;

/** Ada has served the visitor. The rule for new visitors is that of the default policy. */
const ADA = { original: agentId('ada') };
const SERVED_BY_ADA = { rule: ADA } as const;

/** Anybody else's, and the better one by every ranking there is. */
const BO = agent({ id: 'bo', groups: [LINE_1], memberOrder: 0 });

describe('001, 2.3 (2), "Assign to Original Member": "allocates the old visitor’s session to the customer service who has served the visitor (regardless of availability or session limits)"', () => {
  test.each<Case>([
    {
      says: 'who has served the visitor: not who would be first',
      team: [BO, agent({ id: 'ada', openChats: 4, load: 4 })],
      winner: 'ada',
    },
    {
      says: 'regardless of availability: offline',
      team: [BO, agent({ id: 'ada', ...AWAY })],
      winner: 'ada',
    },
    {
      says: 'regardless of availability: busy',
      team: [BO, agent({ id: 'ada', status: 'busy' })],
      winner: 'ada',
    },
    {
      says: 'regardless of availability: at rest',
      team: [BO, agent({ id: 'ada', status: 'rest' })],
      winner: 'ada',
    },
    {
      says: 'regardless of session limits: full',
      team: [BO, agent({ id: 'ada', ...FULL })],
      winner: 'ada',
    },
    {
      says: 'regardless of session limits: over the limit already',
      team: [BO, agent({ id: 'ada', maxLoad: 1, load: 3 })],
      winner: 'ada',
    },
    {
      says: 'regardless of session limits: limit 0',
      team: [BO, agent({ id: 'ada', maxLoad: 0 })],
      winner: 'ada',
    },
    {
      says: 'regardless of session limits: the channel weighs more than there is room',
      team: [BO, agent({ id: 'ada', maxLoad: 1 })],
      given: { channel: { weight: 5 } },
      winner: 'ada',
    },
    {
      says: 'regardless of both, and without a share',
      team: [BO, agent({ id: 'ada', ...AWAY, maxLoad: 0, receptionWeight: 0 })],
      winner: 'ada',
    },
    {
      says: 'works with this channel among others',
      team: [BO, agent({ id: 'ada', ...AWAY, channels: ['mail', 'web'] })],
      winner: 'ada',
    },
  ])('$says', row => {
    const given = { ...row.given, ...SERVED_BY_ADA };
    expectOf('queue-position', { ...row, given, by: 'original-agent' });
  });

  test('whoever is asked that way is the only one the record names', () => {
    expect(whatComesOf([BO, agent({ id: 'ada', ...AWAY })], SERVED_BY_ADA)).toMatchObject({
      policy: 'original-agent',
      reading: 'one-agent',
      steps: [{ name: 'original-agent', in: 1, out: 1, excluded: [], excludedMore: 0 }],
      considered: [{ agentId: 'ada' }],
      consideredMore: 0,
    });
  });

  test('in a group, the one who has served the visitor need not be in it', () => {
    const team = [agent({ id: 'ada', ...AWAY }), agent({ id: 'bo', groups: [LINE_2] })];
    const given = { ...SERVED_BY_ADA, scope: inGroup(LINE_2) };
    expectOf('group', { says: 'not a member', team, given, winner: 'ada', by: 'original-agent' });
  });

  test.each([['no-primary-group'], ['unknown-group']] as const)(
    'also where nobody could be searched for: %s',
    outcome => {
      const given = { ...SERVED_BY_ADA, scope: { kind: 'nowhere', outcome } } as const;
      expectOf('group', { says: outcome, team: [agent({ id: 'ada', ...AWAY })], given, winner: 'ada' });
    },
  );
});

/** Channel and active still hold. */
describe('who has served the visitor cannot be asked: the rule for new visitors holds', () => {
  test.each<Case & { why: string | null }>([
    {
      says: 'is not active any more',
      team: [agent({ id: 'ada', active: false }), BO],
      winner: 'bo',
      why: 'inactive',
    },
    {
      says: 'works with another channel now',
      team: [agent({ id: 'ada', channels: ['mail'] }), BO],
      winner: 'bo',
      why: 'other-channel',
    },
    {
      says: 'works with no channel now',
      team: [agent({ id: 'ada', channels: [] }), BO],
      winner: 'bo',
      why: 'other-channel',
    },
    { says: 'was removed', team: [BO], winner: 'bo', why: 'inactive' },
    {
      says: 'was removed, and nobody else is there',
      team: [],
      waits: 'nobody-works-channel',
      why: 'inactive',
    },
    {
      says: 'is not active, and nobody is online',
      team: [agent({ id: 'ada', active: false }), agent({ id: 'bo', ...AWAY })],
      waits: 'nobody-online',
      why: 'inactive',
    },
    {
      says: 'is not active, and all are full',
      team: [agent({ id: 'ada', active: false }), agent({ id: 'bo', ...FULL })],
      waits: 'all-full',
      why: 'inactive',
    },
    {
      says: 'is not active, nobody is online, and the project says offer',
      team: [agent({ id: 'ada', active: false }), agent({ id: 'bo', ...AWAY })],
      given: { rule: { ...ADA, onNobody: 'offer' } },
      offeredTo: ['bo'],
      because: 'nobody-online',
      why: 'inactive',
    },
  ])('$says', row => {
    const given: Given = { ...SERVED_BY_ADA, ...row.given };
    expectOf('queue-position', { ...row, given });
    expect(whatComesOf(row.team, given).steps[0]).toEqual({
      name: 'original-agent',
      in: 1,
      out: 0,
      excluded: [{ agentId: 'ada', why: row.why }],
      excludedMore: 0,
    });
  });

  test.each<[PolicyName, string | null]>([
    ['queue-position', 'bo'],
    ['least-sessions', 'cy'],
    ['smart', 'cy'],
    ['member-order', 'di'],
    ['reception-weight', 'ed'],
    // All are offered the chat; nobody wins it yet.
    ['all', null],
  ])('the rule is that of the policy %s: %s', (policy, winner) => {
    const busy = { openChats: 1, load: 1, memberOrder: 5 };
    const team = [
      agent({ id: 'ada', active: false }),
      agent({ id: 'bo', ...busy, groups: [LINE_1] }),
      agent({ id: 'cy', memberOrder: 4, receptionWeight: 1 }),
      agent({ id: 'di', ...busy, memberOrder: 1 }),
      agent({ id: 'ed', ...busy, receptionWeight: 9 }),
    ];
    const came = whatComesOf(team, { rule: { ...ADA, policy } });
    expect(came).toMatchObject({ winner, policy });
    expect(came.offeredTo).toEqual(policy === 'all' ? ['bo', 'cy', 'di', 'ed'] : []);
  });
});

describe('the rule is not asked', () => {
  test('where nobody has served the visitor yet: no step says so', () => {
    const came = whatComesOf([BO, agent({ id: 'ada' })], { rule: { original: null } });
    expect(came).toMatchObject({ winner: 'bo', policy: 'queue-position' });
    expect(came.steps.map(step => step.name)).not.toContain('original-agent');
  });

  test('while automatic allocation is off', () => {
    const given = { ...SERVED_BY_ADA, automaticAllocation: false };
    expectOf('queue-position', { says: 'off', team: [agent({ id: 'ada' })], given, waits: 'automatic-off' });
  });
});
