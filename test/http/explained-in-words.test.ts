import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FINDING_CODES } from '../../domain/check.ts';
import { POLICY_NAMES } from '../../domain/policies.ts';
import { openWorld, type World } from '../support/http.ts';
import { around } from './wall.ts';

/** What an operator reads: each step of a dry run as a sentence, and the settings that can never route. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

type Given = Parameters<World['project']>[0] & object;

describe('a dry run in words', () => {
  const team = { groups: { main: 1 }, primary: 'main' } as const;

  test.each(POLICY_NAMES)('has a sentence for every step under %s, chosen or not', async policy => {
    for (const status of ['online', 'busy'] as const) {
      const agents = { ada: { groups: ['main'], status }, ben: { groups: ['main'], status } };
      const acme = await world.project({ ...team, agents, settings: { newVisitors: { policy } } });
      const { steps, text, outcome } = await acme.explain({ channelId: 'web' });
      expect(steps.length).toBeGreaterThan(1);
      for (const step of steps) expect(step.text).toMatch(/^[A-Z0-9].*\.$/);
      expect(text ?? '').toMatch(outcome === 'assigned' ? /^$/ : /^[A-Z].*\.$/);
    }
  });

  /** What the last sentence of the dry run says; each case names what must be in it. */
  test.each<[string, Given, readonly RegExp[]]>([
    [
      'the winner, at the step that settles it',
      { agents: { ada: {}, ben: {} }, settings: { newVisitors: { policy: 'least-sessions' } } },
      [/member order/, /\bada\b/],
    ],
    [
      'why nobody is there',
      { channels: { web: 1, mail: 1 }, agents: { ada: { status: 'rest' }, ben: { channels: ['mail'] } } },
      [/online/, /waits/],
    ],
    [
      'why it is offered',
      { agents: { ada: { maxLoad: 0 } }, settings: { newVisitors: { policy: 'smart' } } },
      [/full/, /offered/],
    ],
    [
      'that nobody has a share',
      { agents: { ada: { receptionWeight: 0 } }, settings: { newVisitors: { policy: 'reception-weight' } } },
      [/share/, /waits/],
    ],
    [
      'that it is switched off',
      { agents: { ada: {} }, settings: { automaticAllocation: false } },
      [/switched off/, /waits/],
    ],
  ])('says %s', async (_, given, patterns) => {
    const acme = await world.project(given);
    const { steps, text } = await acme.explain({ channelId: 'web' });
    const last = text ?? steps.at(-1)?.text;
    for (const pattern of patterns) expect(last).toMatch(pattern);
  });

  test('names whom a step rules out, and why', async () => {
    const acme = await world.project({
      channels: { web: 1, mail: 1 },
      agents: { ada: { status: 'rest' }, ben: { channels: ['mail'] }, cleo: {} },
    });
    const { steps } = await acme.explain({ channelId: 'web' });
    const eligibility = steps.find(({ name }) => name === 'eligibility');
    expect(eligibility?.text).toMatch(/ada \(not.online\), ben \(.*channel\)/);
    expect(eligibility?.text).toMatch(/cleo/);
  });

  test('speaks of the project, not of a group, for a chat whose group was removed', async () => {
    const acme = await world.project({
      ...team,
      agents: { ada: { groups: ['main'], status: 'busy' }, ben: { status: 'busy' } },
      settings: { newVisitors: { policy: 'group', onNobody: 'wait' } },
    });
    await acme.group('sales', 2);
    const { id: chatId } = await acme.start('web', 'sales');
    await acme.must('deleteGroup', { params: { groupId: 'sales' } });
    const { steps } = await acme.explain({ chatId });
    expect(steps[0]).toMatchObject({
      rule: 'every agent of the project',
      text: expect.stringContaining('project'),
    });
  });
});

describe('the check', () => {
  const NEVER = { timeZone: 'UTC', hours: [] };
  const fine: Given = { groups: { main: 1 }, agents: { ada: { groups: ['main'] } } };

  const found: Record<string, { readonly given: Given; readonly ids: readonly string[] }> = {
    'no-channel': { given: { ...fine, channels: {} }, ids: [] },
    'no-active-agent': { given: { agents: { ada: { active: false } } }, ids: [] },
    'every-limit-zero': {
      given: { agents: { ada: { maxLoad: 0 }, ben: { maxLoad: 0 }, cleo: { active: false } } },
      ids: ['ada', 'ben'],
    },
    'every-share-zero': {
      given: {
        agents: { ada: { receptionWeight: 0 }, ben: { receptionWeight: 0 } },
        settings: { returningVisitors: { policy: 'reception-weight' } },
      },
      ids: ['ada', 'ben'],
    },
    'schedule-without-hours': { given: { agents: { ada: { schedule: NEVER }, ben: {} } }, ids: ['ada'] },
    'channel-without-agent': {
      given: { channels: { web: 1, fax: 1 }, agents: { ada: { channels: ['web'] } } },
      ids: ['fax'],
    },
    'weight-above-every-limit': {
      given: {
        channels: { web: 1, heavy: 6 },
        agents: { ada: {}, ben: { maxLoad: null, channels: ['web'] } },
      },
      ids: ['heavy'],
    },
    'channel-outside-every-schedule': {
      given: {
        channels: { web: 1, mail: 1 },
        agents: { ada: { channels: ['web'] }, ben: { schedule: NEVER, channels: ['mail'] } },
      },
      ids: ['mail'],
    },
    'group-without-agent': {
      given: {
        groups: { main: 1, left: 2 },
        agents: { ada: { groups: ['main'] }, ben: { active: false, groups: ['left'] } },
      },
      ids: ['left'],
    },
  };

  test('has a case for every finding but the one that the routes do not let come about', () => {
    expect([...Object.keys(found), 'no-primary-group'].sort()).toEqual([...FINDING_CODES].sort());
  });

  test.each(Object.keys(found))('finds %s, with what it is about, and a sentence', async code => {
    const { given = {}, ids = [] } = found[code] ?? {};
    const acme = await world.project(given);
    const findings = await acme.findings();
    const one = findings.find(finding => finding.code === code);
    expect(one).toMatchObject({ code, ids, text: expect.stringMatching(/^[A-Z].*\.$/) });
    for (const id of ids) if (ids.length === 1) expect(one?.text).toContain(id);
  });

  test('finds nothing where chats can go, though nobody is there now', async () => {
    const acme = await world.project({
      channels: { web: 1, heavy: 3 },
      groups: { main: 1 },
      agents: {
        ada: { status: 'offline', groups: ['main'], maxLoad: 0 },
        ben: { schedule: around(world.now(), -60, 120), channels: ['web'] },
        cleo: { channels: ['heavy'], maxLoad: 3, receptionWeight: 0, status: 'rest' },
      },
    });
    expect(await acme.findings()).toEqual([]);
    await acme.replaceCard('ben', {});
  });

  test('finds them all at once, and none once they are mended', async () => {
    const acme = await world.project({
      channels: { web: 9, fax: 1 },
      groups: { left: 1 },
      agents: { ada: { channels: ['web'] } },
    });
    expect((await acme.findings()).map(({ code }) => code)).toEqual([
      'channel-without-agent',
      'weight-above-every-limit',
      'group-without-agent',
    ]);
    await acme.edit('all', { channels: null, groups: ['left'], maxLoad: 9 });
    expect(await acme.findings()).toEqual([]);
  });
});
