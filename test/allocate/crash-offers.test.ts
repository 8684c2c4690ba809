import { afterAll, describe, expect, test } from '@jest/globals';
import { crashEverywhere, firstChat, inState } from '../support/crash.ts';
import { agent, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { openWorld, type Reply, team, type World, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const KEY = 'the-same-key';
const FOR_ALL = { newVisitors: { policy: 'all', onNobody: null } } as const;
const BY_GROUP = { newVisitors: { policy: 'group', onNobody: null } } as const;

/** A chat is offered to the two of line 1, who are away; Cy of line 2 is there. */
async function offerToLine1(world: World): Promise<void> {
  const away = { groups: [LINE_1], status: 'offline' as const };
  await world.put({
    settings: BY_GROUP,
    primary: LINE_2,
    groups: [LINE_1, LINE_2],
    agents: [
      agent({ id: 'ada', ...away }),
      agent({ id: 'bo', ...away }),
      agent({ id: 'cy', groups: [LINE_2] }),
    ],
  });
  await world.start({ groupId: 'line-1' });
}

const offerToAll = (count: number) => async (world: World) => {
  await world.put({ agents: team(count), settings: FOR_ALL });
  await world.start();
};

describe('a process that stops after any call leaves no offer half made or half ended, and recovers:', () => {
  test('a start that is offered to all, repeated with its key: one chat, one offer', async () => {
    const answers: Reply[] = [];
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: world => world.put({ agents: team(60), settings: FOR_ALL }),
      run: async world => answers.push(await world.start({ key: KEY, message: 'hello' })),
      expected: standing => {
        expect(inState(standing, 'offered')).toHaveLength(1);
        expect(standing.chats).toHaveLength(1);
        expect(answers.at(-1)?.body.chat.id).toBe(standing.chats[0]?.chat.id);
      },
    });
    expect(calls).toBeGreaterThan(6);
  });

  test('a start that finds nobody and is offered, repeated with its key: one chat', async () => {
    await crashEverywhere(engine, {
      repeat: true,
      set: world =>
        world.put({
          agents: team(3, { maxLoad: 0 }),
          settings: { newVisitors: { policy: 'smart', onNobody: null } },
        }),
      run: world => world.start({ key: KEY }),
      expected: standing => expect(standing.chats.map(({ chat }) => chat.state)).toEqual(['offered']),
    });
  });

  test('the search that offers a line of three: each once', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: world => world.put({ agents: team(3), settings: FOR_ALL, waiting: waitingLine(world, 3) }),
      run: world => world.search(),
      expected: standing => {
        expect(inState(standing, 'offered')).toHaveLength(3);
        const made = [
          ...standing.decisions,
          ...standing.chats.flatMap(({ firstDecision }) => firstDecision ?? []),
        ];
        expect(made.filter(({ outcome }) => outcome === 'offered')).toHaveLength(3);
      },
    });
    expect(calls).toBeGreaterThan(10);
  });

  test('an accept of an offered chat, repeated with its key: the agent has it once', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: offerToAll(3),
      run: async world => world.accept(await firstChat(world), 'agent-0001', KEY),
      expected: standing => {
        expect(inState(standing, 'open')[0]?.chat).toMatchObject({ agentId: 'agent-0001' });
        expect(standing.offers).toEqual([]);
      },
    });
    expect(calls).toBeGreaterThan(5);
  });

  test('a close of an offered chat, repeated with its key: it is nobody’s', async () => {
    await crashEverywhere(engine, {
      repeat: true,
      set: offerToAll(3),
      run: async world => world.close(await firstChat(world), 'operator', KEY),
      expected: standing => {
        expect(inState(standing, 'closed')).toHaveLength(1);
        expect(standing.offers).toEqual([]);
      },
    });
  });

  test('the deactivation of the last one who could accept: the chat waits, or is offered as before', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: offerToAll(1),
      run: world => world.edit('agent-0000', { active: false }),
      expected: standing => {
        const isActive = standing.agents[0]?.active;
        expect(standing.chats[0]?.chat.state).toBe(isActive ? 'offered' : 'waiting');
      },
    });
    expect(calls).toBeGreaterThan(8);
  });

  test('the same, repeated: it waits', async () => {
    await crashEverywhere(engine, {
      repeat: true,
      set: offerToAll(2),
      run: world => world.call('editAgents', { body: { agentIds: 'all', set: { active: false } } }),
      expected: standing => expect(standing.chats[0]?.chat.state).toBe('waiting'),
    });
  });

  test('the removal of the group it went to: it goes on in the team, or all is as before', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      // The first has the worker finish the removal, the next one finds whom that left behind.
      sweeps: 2,
      set: offerToLine1,
      run: world => world.call('deleteGroup', { params: { groupId: 'line-1' } }),
      expected: standing => {
        const isThere = standing.groups.some(group => group.id === 'line-1');
        expect(standing.chats[0]?.chat).toMatchObject(
          isThere ? { state: 'offered' } : { state: 'open', agentId: 'cy', asked: '*', groupId: null },
        );
      },
    });
    expect(calls).toBeGreaterThan(15);
  });

  test('the minute’s sweep that ends it: the next one does what it did not', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: false,
      set: async world => {
        await offerToLine1(world);
        // As if the process that took them out of their group had died after that.
        await world.edit('ada', { groups: ['line-2'] });
        world.door.dieAfter(6);
        await world.edit('bo', { groups: ['line-2'] }).catch(() => {});
        await world.door.mend();
        const { agents, offers } = await world.standing();
        expect(agents.map(one => one.groups)).toEqual([['line-2'], ['line-2'], ['line-2']]);
        expect(offers).toHaveLength(1);
      },
      run: world => world.minute(),
      expected: standing => expect(standing.offers).toEqual([]),
    });
    expect(calls).toBeGreaterThan(8);
  });
});

describe('a group that is removed while chats wait in it', () => {
  test('by a process that stops after any call: they go on in the team, oldest first', async () => {
    const calls = await crashEverywhere(engine, {
      repeat: true,
      set: async world => {
        await offerToLine1(world);
        const inLine1 = { asked: LINE_1.id, groupId: LINE_1.id };
        await world.switchTo({ newVisitors: { policy: 'group', onNobody: 'wait' } });
        await world.put({ waiting: waitingLine(world, 2, 'web', inLine1) });
        await world.search();
        expect((await world.standing()).places).toMatchObject([{ explained: true }, { explained: true }]);
      },
      run: world => world.call('deleteGroup', { params: { groupId: 'line-1' } }),
      expected: standing => {
        expect(standing.groups.map(({ id }) => id)).toEqual(['line-2']);
        expect(inState(standing, 'open')).toHaveLength(3);
      },
    });
    expect(calls).toBeGreaterThan(20);
  });

  test('is finished by the worker where nobody repeats it', async () => {
    const world = await openWorld(engine);
    await offerToLine1(world);
    world.door.dieAfter(3);
    await world.call('deleteGroup', { params: { groupId: 'line-1' } }).catch(() => {});
    expect((await world.standing()).groups.find(({ id }) => id === 'line-1')?.spreading).toBe('removal');
    await world.recover();
    expect((await world.standing()).groups.map(({ id }) => id)).toEqual(['line-2']);
    await world.passMinute();
    expect((await world.standing()).offers).toEqual([]);
  });
});
