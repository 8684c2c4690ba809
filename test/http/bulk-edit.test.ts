import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type World } from '../support/http.ts';
import { crowd } from './crowd.ts';
import { around, minute } from './wall.ts';

/** Seed 001, 2.2: "Adjust daily reception limits for multiple members at once." An answer for each, safe to repeat. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const THREE = { ada: {}, ben: { maxLoad: 9 }, cleo: { maxLoad: null } };
const thrice = (outcome: string) => [outcome, outcome, outcome];

describe('a bulk edit', () => {
  test('answers for each agent asked for, in the order asked, and changes nobody else', async () => {
    const acme = await world.project({ agents: { ...THREE, dan: {} } });
    expect(await acme.edit(['cleo', 'nobody', 'ben', 'ada'], { maxLoad: 9 })).toEqual([
      { agentId: 'cleo', outcome: 'updated' },
      { agentId: 'nobody', outcome: 'not-found' },
      { agentId: 'ben', outcome: 'unchanged' },
      { agentId: 'ada', outcome: 'updated' },
    ]);
    expect((await acme.team()).map(({ maxLoad }) => maxLoad)).toEqual([9, 9, 9, 5]);
    expect((await acme.ask('readAgent', { params: { agentId: 'nobody' } })).status).toBe(404);
  });

  test('repeated changes nothing: no card, no version, no event', async () => {
    const acme = await world.project({ groups: { main: 1 }, agents: THREE });
    const set = { maxLoad: 2, groups: ['main'], channels: ['web'], receptionWeight: 3, active: false };
    expect((await acme.edit('all', set)).map(({ outcome }) => outcome)).toEqual(thrice('updated'));
    const [team, events] = [await acme.team(), await acme.events()];
    expect((await acme.edit('all', set)).map(({ outcome }) => outcome)).toEqual(thrice('unchanged'));
    expect(await acme.team()).toEqual(team);
    expect(await acme.events()).toEqual(events);
  });

  test('by all that the present card says already changes nothing, in whatever order it is said', async () => {
    const acme = await world.project({
      channels: { web: 1, mail: 1 },
      groups: { a: 1, b: 2 },
      agents: { ada: { groups: ['a', 'b'], channels: ['web', 'mail'] } },
    });
    const before = await acme.agent('ada');
    const set = { groups: ['b', 'a', 'b'], channels: ['mail', 'web', 'mail'] };
    expect(await acme.edit(['ada'], set)).toEqual([{ agentId: 'ada', outcome: 'unchanged' }]);
    expect(await acme.agent('ada')).toEqual(before);
  });

  test('of `all` reaches everybody, once', async () => {
    const acme = await world.project();
    const ids = await crowd(acme, 120);
    const results = await acme.edit('all', { maxLoad: 1 });
    expect(results).toEqual(ids.map(agentId => ({ agentId, outcome: 'updated' })));
    expect((await acme.team()).every(({ maxLoad }) => maxLoad === 1)).toBe(true);
    expect(await (await world.project()).edit('all', { maxLoad: 1 })).toEqual([]);
  });

  test('of an agent named twice is done once and answered once', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} } });
    const versions = async () =>
      (await acme.team()).map(({ etag }) => Number((etag ?? '').replaceAll('"', '')));
    const before = await versions();
    const results = await acme.edit(['ada', 'ben', 'ada', 'ada'], { maxLoad: 3 });
    expect(results.map(({ agentId }) => agentId)).toEqual(['ada', 'ben']);
    expect(await versions()).toEqual(before.map(version => version + 1));
  });

  test('sets what it names and nothing else', async () => {
    const acme = await world.project({ groups: { main: 3 }, agents: { ada: { memberOrder: 7 } } });
    const before = await acme.agent('ada');
    await acme.edit(['ada'], { groups: ['main'] });
    const { etag, ...after } = await acme.agent('ada');
    expect(after).toEqual({ ...before, groups: ['main'], queuePosition: 3, etag: undefined });
    expect(etag).not.toBe(before.etag);
  });

  test.each([
    ['group', { groups: ['nobody'], maxLoad: 3 }, 422, 'unknown-group'],
    ['channel', { channels: ['fax'], maxLoad: 3 }, 422, 'unknown-channel'],
  ] as const)('with an unknown %s is refused whole and changes nothing', async (_, set, status, code) => {
    const acme = await world.project({ agents: THREE });
    const before = await acme.team();
    const { body } = await acme.ask('editAgents', { body: { agentIds: 'all', set } });
    expect(body).toMatchObject({ status, code });
    expect(await acme.team()).toEqual(before);
  });

  test('of more than 1,000 agents is refused, however they are meant, and changes nothing', async () => {
    const acme = await world.project();
    const ids = await crowd(acme, 1_001);
    const edit = (agentIds: unknown) => acme.ask('editAgents', { body: { agentIds, set: { maxLoad: 1 } } });
    expect((await edit(ids)).body).toMatchObject({ status: 400, code: 'invalid-request' });
    expect((await edit('all')).body).toMatchObject({ status: 422, code: 'too-many-agents' });
    expect((await acme.team()).every(({ maxLoad }) => maxLoad === 5)).toBe(true);
    const results = await acme.edit(ids.slice(0, 1_000), { maxLoad: 1 });
    expect(results).toHaveLength(1_000);
    expect((await acme.team()).map(({ maxLoad }) => maxLoad)).toEqual([...Array(1_000).fill(1), 5]);
  });

  test('that takes the last member of the needed primary group is refused for that one, and says why', async () => {
    const acme = await world.project({
      groups: { main: 1 },
      primary: 'main',
      agents: { ada: { groups: ['main'] }, ben: {} },
      settings: { newVisitors: { policy: 'group' } },
    });
    const results = await acme.edit('all', { groups: [], maxLoad: 2 });
    expect(results).toMatchObject([
      {
        agentId: 'ada',
        outcome: 'refused',
        errors: [{ path: 'set.groups', message: expect.stringContaining('primary-group-needed') }],
      },
      { agentId: 'ben', outcome: 'updated' },
    ]);
    // What is refused is refused whole.
    expect(await acme.agent('ada')).toMatchObject({ groups: ['main'], maxLoad: 5 });
  });

  test('that takes everybody out of it keeps one, and takes everybody along who is not the last', async () => {
    const acme = await world.project({ groups: { main: 1 }, primary: 'main' });
    await crowd(acme, 30, { groups: ['main'] });
    await acme.settings({ newVisitors: { policy: 'group' } });
    const results = await acme.edit('all', { groups: [] });
    expect(results.filter(({ outcome }) => outcome === 'refused')).toHaveLength(1);
    expect((await acme.team()).filter(({ groups }) => groups.length > 0)).toHaveLength(1);
  });

  test('by two at once leaves every agent as one of them said, whole', async () => {
    const acme = await world.project();
    await crowd(acme, 40);
    const [one, two] = [
      { maxLoad: 1, receptionWeight: 1 },
      { maxLoad: 2, receptionWeight: 2 },
    ];
    const both = await Promise.all([acme.edit('all', one), acme.edit('all', two)]);
    expect(both.flat().filter(({ outcome }) => outcome === 'refused')).toEqual([]);
    for (const { maxLoad, receptionWeight } of await acme.team()) expect(receptionWeight).toBe(maxLoad);
  });

  test('that the store breaks off is done when it is sent again, and says who had it already', async () => {
    const acme = await world.project();
    const ids = await crowd(acme, 30);
    let writes = 0;
    const failing = (command: string) => {
      if (!command.startsWith('TransactWrite')) return;
      writes += 1;
      if (writes > 12) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    };
    const body = { agentIds: ids, set: { maxLoad: 2 } };
    const broken = await world.interfering(failing, () => acme.ask('editAgents', { body }));
    expect(broken.body).toMatchObject({ status: 503, code: 'unavailable' });
    const outcomes = (await acme.edit(ids, body.set)).map(({ outcome }) => outcome);
    // Twelve were written for certain; others may have been on their way.
    expect(outcomes.filter(outcome => outcome === 'unchanged').length).toBeGreaterThanOrEqual(12);
    expect(outcomes.filter(outcome => !['unchanged', 'updated'].includes(outcome))).toEqual([]);
    expect((await acme.team()).every(({ maxLoad }) => maxLoad === 2)).toBe(true);
  });

  test('while chats are given out and closed loses none of them', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {}, cleo: {} } });
    const chats: { readonly id: string; readonly state: string }[] = [];
    const starting = async () => {
      for (let index = 0; index < 10; index += 1) {
        const chat = await acme.start();
        chats.push(chat);
        if (index % 3 === 0) await acme.closeChat(chat.id);
      }
    };
    const editing = async () => {
      for (let maxLoad = 6; maxLoad < 14; maxLoad += 1) await acme.edit('all', { maxLoad });
    };
    await Promise.all([starting(), starting(), editing()]);
    const open = await acme.chats({ state: 'open' });
    for (const { id, load, openChats } of await acme.team()) {
      const own = open.filter(({ agentId }) => agentId === id).length;
      expect([load, openChats]).toEqual([own, own]);
    }
  });
});

describe('a limit', () => {
  test('below the present load keeps the chats, and nothing comes until there is room again', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 3 } } });
    const chats = [await acme.start(), await acme.start(), await acme.start()];
    await acme.edit('all', { maxLoad: 1 });
    expect(await acme.agent('ada')).toMatchObject({ load: 3, openChats: 3, vacancy: -2, maxLoad: 1 });
    const waiting = await acme.start();
    await acme.closeChat(chats[0]?.id ?? '');
    await acme.closeChat(chats[1]?.id ?? '');
    expect(await acme.holders([waiting])).toEqual([null]);
    await acme.closeChat(chats[2]?.id ?? '');
    expect(await acme.holders([waiting])).toEqual(['ada']);
  });

  test('of 0 takes nothing automatic, by hand it does', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    await acme.edit(['ada'], { maxLoad: 0 });
    const chat = await acme.start();
    expect(await acme.lastDecision(chat.id)).toMatchObject({ outcome: 'all-full' });
    expect((await acme.accept('ada', chat.id)).status).toBe(200);
    expect(await acme.agent('ada')).toMatchObject({ load: 1, vacancy: -1, maxLoad: 0 });
  });

  test('of null is none, and back to a number it counts what is there', async () => {
    const acme = await world.project({ channels: { web: 500 }, agents: { ada: { maxLoad: 0 } } });
    const chats = [await acme.start(), await acme.start()];
    await acme.edit(['ada'], { maxLoad: null });
    expect(await acme.holders(chats)).toEqual(['ada', 'ada']);
    expect(await acme.agent('ada')).toMatchObject({ load: 1_000, vacancy: null });
    await acme.edit(['ada'], { maxLoad: 1_200 });
    expect(await acme.agent('ada')).toMatchObject({ load: 1_000, vacancy: 200 });
    expect((await acme.start()).state).toBe('waiting');
  });
});

describe('the rest of a card, for many at once', () => {
  test('a schedule: each goes online or offline at once, and a repeat leaves alone what was set by hand', async () => {
    const acme = await world.project({ agents: { ada: { status: 'offline' }, ben: { status: 'rest' } } });
    const now = world.now();
    const chat = await acme.start();
    const set = { schedule: around(now, 60, 60) };
    await acme.edit('all', set);
    expect(await acme.team()).toMatchObject(
      ['ada', 'ben'].map(() => ({
        status: 'online',
        statusReason: 'schedule',
        nextEdgeAt: new Date(minute(now, 60)).toISOString(),
      })),
    );
    expect((await acme.holders([chat]))[0]).not.toBeNull();
    await acme.setStatus('ada', 'rest');
    expect((await acme.edit('all', set)).map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
    expect((await acme.agent('ada')).status).toBe('rest');
    await acme.edit('all', { schedule: null });
    expect(await acme.team()).toMatchObject(['ada', 'ben'].map(() => ({ schedule: null, nextEdgeAt: null })));
  });

  test('groups: the queue position follows, and members are counted as they join and leave', async () => {
    const acme = await world.project({ groups: { first: 1, second: 2 } });
    const ids = await crowd(acme, 30, { status: 'online' });
    await acme.edit(ids.slice(0, 20), { groups: ['second'] });
    await acme.edit(ids.slice(10), { groups: ['first', 'second'] });
    const positions = (await acme.team()).map(({ queuePosition }) => queuePosition);
    expect(positions).toEqual([...Array(10).fill(2), ...Array(20).fill(1)]);
    expect((await acme.start()).agentId).toBe('agent-0010');
    await acme.edit('all', { groups: [] });
    expect((await acme.team()).every(({ queuePosition }) => queuePosition === null)).toBe(true);
    await acme.group('second', 2, true);
    const { body } = await acme.trySettings({ newVisitors: { policy: 'group' } });
    expect(body).toMatchObject({ code: 'no-primary-group' });
  });

  test('channels and being active: what waits is given out at once to those who can take it now', async () => {
    const acme = await world.project({ channels: { web: 1, mail: 1 } });
    await crowd(acme, 3, { status: 'online', channels: ['mail'], maxLoad: 1 });
    const chats = [await acme.start(), await acme.start(), await acme.start(), await acme.start()];
    await acme.edit(['agent-0000'], { channels: null });
    expect(await acme.holders(chats)).toEqual(['agent-0000', null, null, null]);
    await acme.edit('all', { channels: ['web'], active: false });
    await acme.edit('all', { active: true });
    expect(await acme.holders(chats)).toEqual(['agent-0000', 'agent-0001', 'agent-0002', null]);
  });
});
