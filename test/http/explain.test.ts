import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { POLICY_NAMES, RETURNING_POLICY_NAMES } from '../../domain/policies.ts';
import { type DecisionSeen, openWorld, type Project, type World } from '../support/http.ts';
import { crowd } from './crowd.ts';

/** The dry run: what would happen, and why, is what then happens; and it changes nothing. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** What the dry run and the record of the real decision must agree on. A dry run reads all, a claim only the first. */
function told({
  policy,
  winner,
  outcome,
  decidedBy,
  offeredBecause,
  considered,
  settingsVersion,
  steps,
}: DecisionSeen) {
  const ranking = steps.filter(({ name }) => !['scope', 'eligibility'].includes(name));
  return {
    policy,
    winner,
    outcome,
    decidedBy,
    offeredBecause,
    considered,
    settingsVersion,
    steps: ranking.map(({ name, rule, in: into, out, excluded }) => ({ name, rule, into, out, excluded })),
  };
}

/** Everything that the API shows of a project. */
async function digest(acme: Project) {
  return [await acme.team(), await acme.chats(), await acme.all('listGroups')];
}

const agent = fc.record({
  status: fc.constantFrom('online', 'online', 'online', 'busy', 'offline'),
  maxLoad: fc.constantFrom(0, 1, 2, 3, null),
  receptionWeight: fc.nat(3),
  memberOrder: fc.nat(3),
  groups: fc.subarray(['main', 'sales']),
  channels: fc.constantFrom(null, null, ['web'], ['mail']),
  active: fc.constantFrom(true, true, true, false),
});
const rule = (policies: readonly string[]) =>
  fc.record({ policy: fc.constantFrom(...policies), onNobody: fc.constantFrom(null, 'wait', 'offer') });
const scenario = fc.record({
  agents: fc.array(agent, { minLength: 1, maxLength: 4 }),
  newVisitors: rule(POLICY_NAMES),
  returningVisitors: fc.option(rule(RETURNING_POLICY_NAMES)),
  automaticAllocation: fc.constantFrom(true, true, true, true, true, false),
  /** Chats before, so that loads, closes and the rotation differ; closed or not. */
  before: fc.array(fc.boolean(), { maxLength: 5 }),
  isReturning: fc.boolean(),
  group: fc.constantFrom(null, 'main', 'sales'),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

async function open(given: Scenario): Promise<Project> {
  const agents = Object.fromEntries(
    given.agents.map((card, index) => [`agent-${index}`, card as Parameters<Project['hire']>[1] & object]),
  );
  // Somebody has to be in the primary group, or policy `group` cannot be switched on.
  const acme = await world.project({
    channels: { web: 1, mail: 1 },
    groups: { main: 1, sales: 2 },
    primary: 'main',
    agents: { ...agents, keeper: { groups: ['main'], active: false } },
    settings: { newVisitors: { policy: 'least-sessions' } },
  });
  for (const isClosed of given.before) {
    const { id } = await acme.start();
    if (isClosed) await acme.closeChat(id);
  }
  return acme;
}

describe('a dry run', () => {
  test('says what then happens, whatever the team, the rules and the visitor', async () => {
    const outcomes = new Set<string>();
    const property = fc.asyncProperty(scenario, async given => {
      const acme = await open(given);
      const { chat: first, token } = await acme.visit();
      if (given.isReturning && first.state === 'waiting') await acme.accept('agent-0', first.id);
      await acme.closeChat(first.id);
      const { newVisitors, returningVisitors, automaticAllocation } = given;
      await acme.settings({ newVisitors, returningVisitors, automaticAllocation });
      // What waits goes first; a newcomer stands behind it, and that is another story.
      for (const { id } of await acme.chats({ state: 'waiting' })) await acme.closeChat(id);

      const { visitorId, returning } = await acme.chat(first.id);
      expect(returning).toBe(false);
      const visitor = given.isReturning ? { visitorId } : {};
      const dry = (groupId: string | null) =>
        acme.ask('explain', { body: { channelId: 'web', ...(groupId !== null && { groupId }), ...visitor } });
      // A group is asked for only where the rule has any.
      const groupId = (await dry(given.group)).status === 200 ? given.group : null;
      const before = await digest(acme);
      const explained = await dry(groupId);
      expect((await dry(groupId)).status).toBe(200);
      expect(await digest(acme)).toEqual(before);

      const body = { channelId: 'web', ...(groupId !== null && { groupId }) };
      const { chat } = await acme.visit(given.isReturning ? token : undefined, body);
      const [decision] = await acme.decisions(chat.id);
      expect(decision).toBeDefined();
      if (decision !== undefined) expect(told(decision)).toEqual(told(explained.body as DecisionSeen));
      const { outcome, winner } = explained.body as DecisionSeen;
      outcomes.add(outcome);
      const state = outcome === 'assigned' ? 'open' : outcome === 'offered' ? 'offered' : 'waiting';
      expect(await acme.chat(chat.id)).toMatchObject({ state, agentId: winner });
    });
    await fc.assert(property, { numRuns: process.env.CI === undefined ? 40 : 80, endOnFailure: true });
    expect([...outcomes].sort()).toEqual(expect.arrayContaining(['assigned', 'offered', 'automatic-off']));
  }, 180_000);

  test('over everybody is what a claim comes to that reads the first only, in a team of 70', async () => {
    const acme = await world.project({ groups: { main: 1, second: 2, third: 3 }, primary: 'main' });
    const ids = await crowd(acme, 70, { status: 'online' });
    const every5th = (from: number) => ids.filter((_, index) => index % 5 === from);
    await acme.edit(every5th(0), { groups: ['main'] });
    await acme.edit(every5th(1), { groups: ['second'], receptionWeight: 2, maxLoad: 3 });
    await acme.edit(every5th(2), { groups: ['third', 'second'], maxLoad: null });
    await acme.edit(every5th(3), { receptionWeight: 5 });
    const open: string[] = [];
    for (const policy of POLICY_NAMES) {
      await acme.settings({ newVisitors: { policy } });
      for (let chats = 0; chats < 9; chats += 1) {
        const { winner, outcome, considered } = await acme.explain({ channelId: 'web' });
        const { id } = await acme.start();
        const decision = await acme.lastDecision(id);
        expect(decision).toMatchObject({ policy, winner, outcome });
        expect(decision?.considered[0]).toEqual(considered[0]);
        if (winner !== null) open.push(id);
        if (chats % 3 === 0) await acme.closeChat(open.splice((chats * 13) % open.length, 1)[0] ?? id);
      }
    }
  });

  test('does not move the rotation', async () => {
    const acme = await world.project({
      agents: { ada: {}, ben: {}, cleo: {} },
      settings: { newVisitors: { policy: 'member-order' } },
    });
    const winners = [];
    for (let times = 0; times < 4; times += 1) {
      winners.push((await acme.explain({ channelId: 'web' })).winner);
      winners.push((await acme.explain({ channelId: 'web' })).winner);
      await acme.start();
    }
    expect(winners).toEqual(['ada', 'ada', 'ben', 'ben', 'cleo', 'cleo', 'ada', 'ada']);
  });

  test('about a chat that waits says why it does, and who would have it as soon as somebody is there', async () => {
    const acme = await world.project({ agents: { ada: { status: 'rest' } } });
    const { id: chatId } = await acme.start();
    const waits = await acme.explain({ chatId });
    expect(waits).toMatchObject({
      chatId,
      id: null,
      trigger: 'explain',
      outcome: 'nobody-online',
      winner: null,
    });
    expect(told(waits)).toEqual(told((await acme.lastDecision(chatId)) ?? waits));
    await world.interfering(
      command => {
        if (command.startsWith('Query')) throw new Error('no search');
      },
      () => acme.setStatus('ada', 'online'),
    );
    expect(await acme.explain({ chatId })).toMatchObject({ winner: 'ada', outcome: 'assigned' });
    expect((await acme.chat(chatId)).state).toBe('waiting');
    expect(await acme.decisions(chatId)).toHaveLength(1);
  });

  test.each(['open', 'offered', 'closed'] as const)('about a chat that is %s is refused', async state => {
    const acme = await world.project({
      agents: { ada: {} },
      settings: { newVisitors: { policy: state === 'offered' ? 'all' : 'smart' } },
    });
    const { id: chatId } = await acme.start();
    if (state === 'closed') await acme.closeChat(chatId);
    const { body } = await acme.ask('explain', { body: { chatId } });
    expect(body).toMatchObject({
      status: 409,
      code: 'state-forbids',
      detail: expect.stringContaining(state),
    });
  });

  test('about a visitor goes by its rule; one whom nobody knows is a new one', async () => {
    const acme = await world.project({
      agents: { ada: {}, ben: {} },
      settings: { returningVisitors: { policy: 'original-agent' } },
    });
    const { chat } = await acme.visit();
    await acme.closeChat(chat.id);
    const { visitorId } = await acme.chat(chat.id);
    expect(await acme.explain({ channelId: 'web', visitorId })).toMatchObject({
      policy: 'original-agent',
      winner: 'ada',
    });
    const other = visitorId.replace(/.{6}$/, '000000');
    expect(await acme.explain({ channelId: 'web', visitorId: other })).toMatchObject({
      policy: 'queue-position',
      winner: 'ben',
    });
  });
});
