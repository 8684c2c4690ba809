import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
import { POLICY_NAMES } from '../../domain/policies.ts';
import type { Settings } from '../../domain/settings.ts';
import { agent, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, isClaim } from '../support/faults.ts';
import { overtaken } from '../support/history.ts';
import { expectInOrder } from '../support/in-order.ts';
import { decisionsAbout, type Standing } from '../support/standing.ts';
import { openWorld, team, type World, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const inState = ({ chats }: Standing, state: string) => chats.filter(({ chat }) => chat.state === state);

describe('automatic allocation that is off', () => {
  const openOff = async (given: Partial<Settings> = {}) => {
    const world = await openWorld(engine);
    await world.put({ agents: team(3, { maxLoad: 2 }), settings: { automaticAllocation: false, ...given } });
    return world;
  };

  test.each(POLICY_NAMES.filter(name => name !== 'group'))(
    'lets chats wait under %s, with the reason',
    async policy => {
      const world = await openOff({ newVisitors: { policy, onNobody: 'offer' } });
      const { body } = await world.start();
      await world.passMinute();
      const { standing } = await expectInOrder(world);
      expect(standing.chats[0]?.chat.state).toBe('waiting');
      expect(decisionsAbout(standing, body.chat.id)).toMatchObject([
        { policy, outcome: 'automatic-off', winner: null },
      ]);
    },
  );

  test('lets a returning visitor wait too, and what is waiting is accepted by hand', async () => {
    const world = await openOff({ returningVisitors: { policy: 'original-agent', onNobody: null } });
    await world.switchTo({});
    const first = await world.start();
    await world.close(first.body.chat.id);
    await world.switchTo({
      automaticAllocation: false,
      returningVisitors: { policy: 'original-agent', onNobody: null },
    });
    const { body } = await world.start({ visitor: first.body.visitorToken });
    expect(body.chat.state).toBe('waiting');
    expect((await world.accept(body.chat.id, 'agent-0002')).status).toBe(200);
    await expectInOrder(world);
  });

  test('and switched on hands out what waits, oldest first', async () => {
    const world = await openOff();
    const ids: ChatId[] = [];
    for (let chat = 0; chat < 8; chat += 1) ids.push((await world.start()).body.chat.id);
    await world.switchTo({});
    const { standing, history } = await expectInOrder(world);
    expect(standing.places.map(place => place.chatId).sort()).toEqual(ids.slice(6));
    expect(overtaken(history, standing)).toEqual([]);
    expect(
      decisionsAbout(standing, ids[0] as ChatId).map(({ outcome, settingsVersion }) => [
        outcome,
        settingsVersion,
      ]),
    ).toEqual([
      ['automatic-off', 1],
      ['assigned', 2],
    ]);
  });

  test('and switched on offers what waits, where that is the rule', async () => {
    const world = await openOff({ newVisitors: { policy: 'all', onNobody: null } });
    for (let chat = 0; chat < 3; chat += 1) await world.start();
    await world.switchTo({ newVisitors: { policy: 'all', onNobody: null } });
    const { standing } = await expectInOrder(world);
    expect(standing.offers).toHaveLength(3);
  });

  test('switched off and on while chats come in loses none and gives none out twice', async () => {
    const world = await openOff();
    await world.put({ agents: team(6, { maxLoad: 20 }) });
    for (const isOn of [true, false, true, false, true]) {
      await Promise.all([
        world.switchTo({ automaticAllocation: isOn }),
        ...times(6, () => world.start()),
        world.search(),
      ]);
    }
    const { standing } = await expectInOrder(world);
    expect(standing.chats).toHaveLength(30);
    expect(inState(standing, 'open')).toHaveLength(30);
  });
});

describe('policies that are switched while chats come in', () => {
  const SWITCHES: readonly Partial<Settings>[] = [
    { newVisitors: { policy: 'member-order', onNobody: null } },
    { newVisitors: { policy: 'smart', onNobody: null } },
    { newVisitors: { policy: 'group', onNobody: 'wait' } },
    { newVisitors: { policy: 'reception-weight', onNobody: null } },
    { newVisitors: { policy: 'all', onNobody: null } },
    { newVisitors: { policy: 'month-priority', onNobody: null } },
    { newVisitors: { policy: 'least-sessions', onNobody: 'offer' } },
    { newVisitors: { policy: 'queue-position', onNobody: null } },
    { newVisitors: { policy: 'member-order', onNobody: null } },
  ];

  test.each([
    ['with room for all', 40],
    ['with room for a part of them', 3],
  ])(
    'lose nothing and decide nothing twice, %s; each decision names the settings it was made under',
    async (_, maxLoad) => {
      const world = await openWorld(engine);
      const groups = [LINE_1, LINE_2];
      await world.put({
        groups,
        primary: LINE_1,
        agents: times(8, index =>
          agent({
            id: `agent-${index}`,
            groups: groups.slice(index % 2, (index % 2) + 1),
            memberOrder: index,
            maxLoad,
          }),
        ),
      });
      const versions = new Map<number, string>([[1, 'queue-position']]);
      const started: ChatId[] = [];
      for (const [index, settings] of SWITCHES.entries()) {
        const begin = async () => {
          const { status, body } = await world.start();
          expect(status).toBe(201);
          started.push(body.chat.id);
        };
        const close = async () => {
          const id = started.shift();
          if (id !== undefined) expect((await world.close(id)).status).toBe(200);
        };
        const [switched] = await Promise.all([
          world.switchTo(settings),
          begin(),
          begin(),
          close(),
          begin(),
          begin(),
        ]);
        expect(switched.status).toBe(200);
        versions.set(index + 2, settings.newVisitors?.policy ?? '');
      }
      const { standing } = await expectInOrder(world);
      expect(standing.chats).toHaveLength(4 * SWITCHES.length);
      for (const { chat } of standing.chats) {
        const decisions = decisionsAbout(standing, chat.id);
        expect(decisions.length).toBeGreaterThan(0);
        // One decision each gave it away, whatever came before.
        const settled = decisions.filter(({ outcome }) => outcome === 'assigned');
        expect(settled.length).toBe(chat.assignments.filter(({ method }) => method === 'automatic').length);
        for (const { policy, settingsVersion } of decisions) {
          expect({ settingsVersion, policy }).toEqual({
            settingsVersion,
            policy: versions.get(settingsVersion),
          });
        }
      }
    },
  );

  test('between the reading and the claim of a chat leave it decided under what was read, and say so', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(2) });
    world.door.next(
      isClaim,
      afterOthers(() => world.switchTo({ newVisitors: { policy: 'smart', onNobody: null } })),
    );
    const { body } = await world.start();
    const { standing } = await expectInOrder(world);
    expect(decisionsAbout(standing, body.chat.id)).toMatchObject([
      { policy: 'queue-position', settingsVersion: 1 },
    ]);
    expect(standing.project?.settingsVersion).toBe(2);
  });

  test('of two at once under the same ETag one is saved, the other told', async () => {
    const world = await openWorld(engine);
    const put = (policy: 'smart' | 'member-order') =>
      world.call('replaceSettings', {
        body: { newVisitors: { policy } },
        headers: { 'if-match': '"1"' },
      });
    const both = await Promise.all([put('smart'), put('member-order')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await world.standing()).project?.settingsVersion).toBe(2);
  });
});

describe('a group that is removed while chats wait in it', () => {
  const BY_GROUP = { newVisitors: { policy: 'group', onNobody: 'wait' } } as const;
  const IN_LINE_2 = { asked: LINE_2.id, groupId: LINE_2.id };

  /** Two chats wait in line 2, where all are away; Ada of line 1 is there. */
  async function openWaiting(given: Partial<Settings> = BY_GROUP) {
    const world = await openWorld(engine);
    await world.put({
      settings: given,
      primary: LINE_1,
      groups: [LINE_1, LINE_2],
      agents: [
        agent({ id: 'ada', groups: [LINE_1], maxLoad: 9 }),
        agent({ id: 'bo', groups: [LINE_2], status: 'offline' }),
      ],
    });
    const ids = [await world.start({ groupId: 'line-2' }), await world.start({ groupId: 'line-2' })].map(
      ({ body }) => body.chat.id,
    );
    return { world, ids };
  }
  const remove = (world: World) => world.call('deleteGroup', { params: { groupId: 'line-2' } });

  test('sends them on to the whole team, where they are given out, oldest first; the record says why', async () => {
    const { world, ids } = await openWaiting();
    expect((await world.standing()).places).toHaveLength(2);
    expect((await remove(world)).status).toBe(204);
    const { standing } = await expectInOrder(world);
    for (const id of ids) {
      expect(decisionsAbout(standing, id).map(({ outcome }) => outcome)).toEqual([
        'nobody-online',
        'unknown-group',
        'assigned',
      ]);
    }
    expect(standing.chats.map(({ chat }) => chat)).toMatchObject([
      { state: 'open', agentId: 'ada', asked: '*', groupId: null },
      { state: 'open', agentId: 'ada', asked: '*', groupId: null },
    ]);
  });

  test('lets them wait in the whole team where nobody there can take them, with both reasons', async () => {
    const { world, ids } = await openWaiting();
    await world.setStatus('ada', 'rest');
    await remove(world);
    const { standing } = await expectInOrder(world);
    expect(standing.places).toMatchObject([{ asked: '*' }, { asked: '*' }]);
    expect(decisionsAbout(standing, ids[0] as ChatId).map(({ outcome }) => outcome)).toEqual([
      'nobody-online',
      'unknown-group',
      'nobody-online',
    ]);
    await world.setStatus('bo', 'online');
    const after = await world.standing();
    expect(inState(after, 'open').map(({ chat }) => chat.state === 'open' && chat.agentId)).toEqual([
      'bo',
      'bo',
    ]);
  });

  test('sends on a chat that nobody of the group could be offered, too', async () => {
    const { world } = await openWaiting({ newVisitors: { policy: 'group', onNobody: 'offer' } });
    await world.call('editAgents', { body: { agentIds: ['bo'], set: { groups: [] } } });
    await remove(world);
    const { standing } = await expectInOrder(world);
    expect(inState(standing, 'open')).toHaveLength(2);
  });

  test('sends on one that asked for it under a rule that has groups no more', async () => {
    const { world } = await openWaiting();
    await world.switchTo({});
    expect((await world.standing()).places).toHaveLength(2);
    await remove(world);
    const { standing } = await expectInOrder(world);
    expect(inState(standing, 'open')).toHaveLength(2);
  });

  test('sends on more of them than one reading of the line holds, in front of others', async () => {
    const { world } = await openWaiting();
    await world.put({ waiting: waitingLine(world, 60, 'web', IN_LINE_2), agents: team(20, { maxLoad: 3 }) });
    await world.search();
    await remove(world);
    const { standing, history } = await expectInOrder(world);
    expect(inState(standing, 'open')).toHaveLength(62);
    expect(overtaken(history, standing)).toEqual([]);
  });

  test('sends on those that join it in this very moment', async () => {
    const { world } = await openWaiting();
    await Promise.all([remove(world), ...times(6, () => world.start({ groupId: 'line-2' }))]);
    await world.passMinute();
    const { standing } = await expectInOrder(world);
    expect(standing.places).toEqual([]);
  });

  test('lets them wait while automatic allocation is off, says so once, and sends them on after that', async () => {
    const { world, ids } = await openWaiting();
    await world.switchTo({ ...BY_GROUP, automaticAllocation: false });
    await remove(world);
    await world.passMinute();
    await world.passMinute();
    const off = await world.standing();
    expect(off.places).toHaveLength(2);
    const outcomes = decisionsAbout(off, ids[0] as ChatId).map(({ outcome }) => outcome);
    expect(outcomes.filter(outcome => outcome === 'automatic-off').length).toBeLessThanOrEqual(1);
    await world.switchTo(BY_GROUP);
    const { standing } = await expectInOrder(world);
    expect(inState(standing, 'open')).toHaveLength(2);
  });
});

describe('the group that a waiting chat shows', () => {
  const openFull = async (given: Partial<Settings>) => {
    const world = await openWorld(engine);
    await world.put({
      settings: given,
      primary: LINE_1,
      groups: [LINE_1, LINE_2],
      agents: [
        agent({ id: 'ada', groups: [LINE_1], maxLoad: 1 }),
        agent({ id: 'bo', groups: [LINE_2], status: 'rest' }),
      ],
    });
    return world;
  };
  const shown = async (world: World) => {
    const { places } = await world.standing();
    return places.map(place => place.groupId);
  };

  test('is the one it is searched in, however it came to wait', async () => {
    const world = await openFull({ newVisitors: { policy: 'group', onNobody: 'wait' } });
    await Promise.all(times(8, () => world.start()));
    await world.start({ groupId: 'line-2' });
    await expectInOrder(world);
    expect((await shown(world)).sort()).toEqual([...times(7, () => 'line-1'), 'line-2']);
  });

  test('follows the policy and the mark, as soon as they are searched by', async () => {
    const world = await openFull({});
    await world.put({ waiting: waitingLine(world, 3) });
    await world.search();
    expect(await shown(world)).toEqual([null, null]);
    await world.switchTo({ newVisitors: { policy: 'group', onNobody: 'wait' } });
    expect(await shown(world)).toEqual(['line-1', 'line-1']);
    const body = { name: 'line-2', queuePosition: 2, primary: true };
    await world.call('replaceGroup', { params: { groupId: 'line-2' }, body });
    await world.search();
    expect(await shown(world)).toEqual(['line-2', 'line-2']);
    await world.switchTo({});
    expect(await shown(world)).toEqual([null, null]);
    await expectInOrder(world);
  });
});

describe('a change of a card', () => {
  test('that raises the limits of all hands out what waits, oldest first', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(10, { maxLoad: 0 }), waiting: waitingLine(world, 25) });
    const body = { agentIds: 'all', set: { maxLoad: 2 } };
    expect((await world.call('editAgents', { body })).status).toBe(200);
    const { standing, history } = await expectInOrder(world);
    expect(inState(standing, 'open')).toHaveLength(20);
    expect(overtaken(history, standing)).toEqual([]);
  });

  test('made while the agents get chats loses neither', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(10, { maxLoad: 2 }) });
    const edits = [3, 4, 5].map(maxLoad =>
      world.call('editAgents', { body: { agentIds: 'all', set: { maxLoad } } }),
    );
    await Promise.all([...edits, ...times(30, () => world.start())]);
    const { standing } = await expectInOrder(world);
    expect(standing.chats).toHaveLength(30);
  });
});
