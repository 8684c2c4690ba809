import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { POLICY_NAMES } from '../../domain/policies.ts';
import { openWorld, type Project, type World } from '../support/http.ts';

/** Settings change while chats come in: each decision is made under one version of them, which it names. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const TEAM = {
  groups: { main: 1, other: 2 },
  primary: 'main',
  agents: {
    ada: { groups: ['main'], maxLoad: 4 },
    ben: { groups: ['main', 'other'], maxLoad: 4, receptionWeight: 3 },
    cleo: { groups: ['other'], maxLoad: 4 },
    dan: { maxLoad: 4, status: 'busy' },
  },
} as const;

type Version = { readonly policy: string; readonly automaticAllocation: boolean };

/** Switches, and notes which version of the settings says so. */
async function change(acme: Project, versions: Map<number, Version>, version: Version) {
  const { policy, automaticAllocation } = version;
  await acme.settings({ newVisitors: { policy }, automaticAllocation });
  const { settingsVersion } = await acme.explain({ channelId: 'web' });
  versions.set(settingsVersion, version);
}

describe('a decision', () => {
  test('names the version of the settings it was made under, and goes by that version', async () => {
    const acme = await world.project(TEAM);
    const versions = new Map<number, Version>();
    for (const policy of POLICY_NAMES) {
      await change(acme, versions, { policy, automaticAllocation: true });
      const chat = await acme.start();
      const decision = await acme.lastDecision(chat.id);
      expect(decision).toMatchObject({ policy });
      expect(versions.get(decision?.settingsVersion ?? 0)).toMatchObject({ policy });
      await acme.closeChat(chat.id);
    }
    expect(versions.size).toBe(POLICY_NAMES.length);
  });

  test('about a chat that waits is made under the version in force when it is given out', async () => {
    const acme = await world.project({ agents: { ada: { status: 'offline' } } });
    const chat = await acme.start();
    await acme.settings({ newVisitors: { policy: 'least-sessions' } });
    await acme.settings({ newVisitors: { policy: 'member-order' } });
    await acme.setStatus('ada', 'online');
    expect(await acme.decisions(chat.id)).toMatchObject([
      { policy: 'queue-position', settingsVersion: 1, outcome: 'nobody-online' },
      { policy: 'member-order', settingsVersion: 3, outcome: 'assigned' },
    ]);
  });
});

describe('what waits', () => {
  test('is offered as soon as the rule says that nobody being there leads to an offer', async () => {
    const acme = await world.project({ agents: { ada: { status: 'busy' } } });
    const chats = [await acme.start(), await acme.start()];
    await acme.settings({ newVisitors: { policy: 'queue-position', onNobody: 'offer' } });
    for (const { id } of chats) {
      expect(await acme.chat(id)).toMatchObject({ state: 'offered', offeredTo: { agentIds: ['ada'] } });
      expect(await acme.lastDecision(id)).toMatchObject({ settingsVersion: 2, trigger: 'search' });
    }
  });
});

/** Whatever came of them: each chat is in one place, with one owner at most, and every decision fits its version. */
async function expectSound(acme: Project, versions: ReadonlyMap<number, Version>, count: number) {
  const chats = await acme.chats();
  expect(chats).toHaveLength(count);
  for (const { id, state, agentId, assignments, offeredTo } of chats) {
    const decisions = await acme.decisions(id);
    const assigned = decisions.filter(({ outcome }) => outcome === 'assigned');
    expect(assignments.length).toBeLessThanOrEqual(1);
    // One that was taken by hand has an assignment that no decision made.
    expect(assigned.length).toBeLessThanOrEqual(assignments.length);
    expect(state === 'open').toBe(agentId !== null);
    expect(state === 'offered').toBe(offeredTo !== null);
    if (state === 'waiting' || state === 'offered') expect(assigned).toEqual([]);
    for (const { settingsVersion, policy, outcome } of decisions) {
      const version = versions.get(settingsVersion);
      expect(version).toMatchObject({ policy });
      expect(outcome === 'automatic-off').toBe(version?.automaticAllocation === false);
    }
  }
  for (const { id, load, openChats, maxLoad } of await acme.team()) {
    const own = chats.filter(({ agentId }) => agentId === id);
    expect([load, openChats]).toEqual([own.length, own.length]);
    expect(load).toBeLessThanOrEqual(maxLoad ?? load);
  }
  const assignedEvents = (await acme.events()).filter(event => event['detail-type'] === 'ChatAssigned');
  expect(new Set(assignedEvents.map(({ detail }) => detail.chatId)).size).toBe(assignedEvents.length);
}

describe('chats that come in while the policy is switched', () => {
  test('are each decided once, under one version, and none is lost', async () => {
    const acme = await world.project(TEAM);
    const versions = new Map<number, Version>();
    await change(acme, versions, { policy: 'queue-position', automaticAllocation: true });
    const count = 60;
    const starting = async (from: number) => {
      for (let index = from; index < count; index += 4) await acme.start();
    };
    const switching = async () => {
      for (const [index, policy] of [...POLICY_NAMES, ...POLICY_NAMES].entries())
        await change(acme, versions, { policy, automaticAllocation: index % 5 !== 3 });
    };
    // The first version is the project's own.
    versions.set(1, { policy: 'queue-position', automaticAllocation: true });
    await Promise.all([starting(0), starting(1), starting(2), starting(3), switching()]);
    await change(acme, versions, { policy: 'least-sessions', automaticAllocation: true });
    await expectSound(acme, versions, count);

    // Whatever still waits or is offered goes to those who come.
    await acme.edit('all', { maxLoad: null });
    expect(await acme.chats({ state: 'waiting' })).toEqual([]);
    for (const { id, offeredTo } of await acme.chats({ state: 'offered' }))
      expect((await acme.accept(offeredTo?.agentIds.at(-1) ?? '', id)).status).toBe(200);
    await expectSound(acme, versions, count);
    expect(await acme.chats({ state: 'open' })).toHaveLength(count);
  });

  test('are handed out once when it is switched off and on while they do, at once', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 10 }, ben: { maxLoad: 10 } } });
    const versions = new Map<number, Version>([[1, { policy: 'queue-position', automaticAllocation: true }]]);
    const starting = async () => {
      for (let index = 0; index < 15; index += 1) await acme.start();
    };
    const switching = async () => {
      for (let index = 0; index < 9; index += 1)
        await change(acme, versions, { policy: 'member-order', automaticAllocation: index % 2 === 0 });
    };
    await Promise.all([starting(), starting(), switching()]);
    await expectSound(acme, versions, 30);
    expect(await acme.chats({ state: 'open' })).toHaveLength(20);
    // The first twenty, by age: nobody was overtaken.
    const ids = (await acme.chats()).map(({ id }) => id);
    expect((await acme.chats({ state: 'waiting' })).map(({ id }) => id)).toEqual(ids.slice(20));
  });

  test('of two who change the settings at once one is told, and what is in force is one document', async () => {
    const acme = await world.project(TEAM);
    const { headers } = await acme.must('readSettings');
    const put = (policy: string) =>
      acme.ask('replaceSettings', {
        body: { newVisitors: { policy } },
        headers: { 'if-match': headers.etag ?? '' },
      });
    const answers = await Promise.all(['smart', 'group', 'all'].map(put));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const winner = ['smart', 'group', 'all'][answers.findIndex(({ status }) => status === 200)];
    expect(await acme.explain({ channelId: 'web' })).toMatchObject({ policy: winner, settingsVersion: 2 });
  });
});
