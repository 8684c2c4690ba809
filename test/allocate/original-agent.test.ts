import { afterAll, describe, expect, test } from '@jest/globals';
import type { AgentId, ChatId } from '../../domain/brands.ts';
import type { Settings } from '../../domain/settings.ts';
import { agent, agentId, channel, LINE_1, waitingChat } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, conflict, isClaim, joinsTheLine } from '../support/faults.ts';
import { overtaken } from '../support/history.ts';
import { expectInOrder } from '../support/in-order.ts';
import { decisionsAbout } from '../support/standing.ts';
import { openWorld, type World, waitingLine } from '../support/world.ts';

/** Seed 001, 2.3 (2), "Assign to Original Member": regardless of online status and limit. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const RETURNING = { policy: 'original-agent', onNobody: null } as const;
const rules = (given: Partial<Settings> = {}): Partial<Settings> => ({
  returningVisitors: RETURNING,
  ...given,
});

type Given = { readonly ada?: Parameters<typeof agent>[0]; readonly settings?: Partial<Settings> };

/** A visitor whom Ada served before; now Ada is as given, and Bo, who would be first, is free. */
async function openReturning({ ada = {}, settings = {} }: Given = {}) {
  const world = await openWorld(engine);
  await world.put({ agents: [agent({ id: 'ada' })], channels: [channel('mail', 3)] });
  const { body } = await world.start();
  await world.close(body.chat.id);
  const seen = (await world.standing()).agents[0];
  const now = agent({ id: 'ada', ...ada });
  const kept = {
    lastClosedAt: seen?.lastClosedAt ?? null,
    recentCloses: seen?.recentCloses ?? [],
    version: 9,
  };
  await world.put({ agents: [{ ...now, ...kept }, agent({ id: 'bo' })] });
  // Policy group is not switched on without a member of the primary group, busy as that one may be.
  const cy = agent({ id: 'cy', status: 'busy', groups: [LINE_1] });
  await world.put({ agents: [cy], groups: [LINE_1], primary: LINE_1, settings: rules(settings) });
  return { world, visitor: body.visitorToken };
}

const chatOf = async (world: World, id: ChatId) =>
  (await world.standing()).chats.find(({ chat }) => chat.id === id)?.chat;
const adaOf = async (world: World) => (await world.standing()).agents.find(one => one.id === 'ada');

describe('a returning visitor goes to the one who served it', () => {
  test.each<[string, Given]>([
    ['available', {}],
    ['offline', { ada: { status: 'offline' } }],
    ['busy', { ada: { status: 'busy' } }],
    ['at limit 0', { ada: { maxLoad: 0 } }],
    ['without a limit', { ada: { maxLoad: null } }],
    [
      'in no group, under a rule of groups',
      { settings: { newVisitors: { policy: 'group', onNobody: null } } },
    ],
    [
      'without a share',
      {
        ada: { receptionWeight: 0 },
        settings: { newVisitors: { policy: 'reception-weight', onNobody: null } },
      },
    ],
    [
      'where all others are offered their chats',
      { settings: { newVisitors: { policy: 'all', onNobody: null } } },
    ],
    ['by what is counted', { settings: { newVisitors: { policy: 'month-priority', onNobody: null } } }],
    ['out of turn', { settings: { newVisitors: { policy: 'member-order', onNobody: null } } }],
  ])('who is %s', async (_, given) => {
    const { world, visitor } = await openReturning(given);
    const before = await adaOf(world);
    const { body } = await world.start({ visitor, channelId: 'mail' });
    const chat = await chatOf(world, body.chat.id);
    expect(chat).toMatchObject({
      state: 'open',
      agentId: 'ada',
      forced: true,
      weight: 3,
      returning: true,
    });
    const ada = await adaOf(world);
    expect(ada).toMatchObject({ load: 3, openChats: 1 });
    expect(ada?.vacancy).toBe(before?.maxLoad === null ? null : Number(before?.maxLoad) - 3);
    const [decision] = decisionsAbout(await world.standing(), body.chat.id);
    expect(decision).toMatchObject({ policy: 'original-agent', decidedBy: 'original-agent', winner: 'ada' });
    // Exactly what was charged is released again.
    await world.close(body.chat.id);
    expect(await adaOf(world)).toMatchObject({
      load: 0,
      openChats: 0,
      vacancy: before?.vacancy,
      status: before?.status,
    });
    await expectInOrder(world);
  });

  test('and passes the limit by force only: nothing automatic goes there until it fits again', async () => {
    const { world, visitor } = await openReturning({ ada: { maxLoad: 4 } });
    await world.put({ agents: [agent({ id: 'bo', status: 'offline' })] });
    const { body } = await world.start({ visitor, channelId: 'mail' });
    const later = await world.start({ channelId: 'mail' });
    expect(later.body.chat.state).toBe('waiting');
    expect(await adaOf(world)).toMatchObject({ load: 3, vacancy: 1 });
    await world.close(body.chat.id);
    expect(await chatOf(world, later.body.chat.id)).toMatchObject({
      state: 'open',
      agentId: 'ada',
      forced: false,
    });
    await expectInOrder(world);
  });

  test('once, when it starts twice at the same moment', async () => {
    const { world, visitor } = await openReturning({ ada: { maxLoad: 0 } });
    const replies = await Promise.all([1, 2, 3].map(() => world.start({ visitor })));
    expect(new Set(replies.map(({ body }) => body.chat.id)).size).toBe(1);
    const { standing } = await expectInOrder(world);
    expect(standing.agents.find(one => one.id === 'ada')?.openChats).toBe(1);
  });

  test('also when that one changes in this moment: the line tries again', async () => {
    const { world, visitor } = await openReturning({ ada: { maxLoad: 0 } });
    world.door.next(
      isClaim,
      afterOthers(() => world.setStatus('ada', 'rest')),
    );
    const { body } = await world.start({ visitor });
    expect(await chatOf(world, body.chat.id)).toMatchObject({ agentId: 'ada', forced: true });
    const { standing } = await expectInOrder(world);
    expect(standing.agents.find(one => one.id === 'ada')).toMatchObject({ status: 'rest', openChats: 1 });
  });
});

describe('it falls through to the rule for new visitors', () => {
  test.each<[string, Given, string]>([
    ['is no longer active', { ada: { active: false } }, 'inactive'],
    ['does not work with the channel', { ada: { channels: ['web'] } }, 'other-channel'],
  ])('where that one %s', async (_, given, why) => {
    const { world, visitor } = await openReturning(given);
    const { body } = await world.start({ visitor, channelId: 'mail' });
    expect(await chatOf(world, body.chat.id)).toMatchObject({
      agentId: 'bo',
      forced: false,
      returning: true,
    });
    const [decision] = decisionsAbout(await world.standing(), body.chat.id);
    expect(decision).toMatchObject({ policy: 'queue-position', winner: 'bo' });
    expect(decision?.steps[0]).toMatchObject({ name: 'original-agent', excluded: [{ agentId: 'ada', why }] });
    await expectInOrder(world);
  });

  test('where that one is gone', async () => {
    const { world, visitor } = await openReturning();
    expect((await world.call('deleteAgent', { params: { agentId: 'ada' } })).status).toBe(204);
    const { body } = await world.start({ visitor });
    expect(await chatOf(world, body.chat.id)).toMatchObject({ agentId: 'bo' });
  });

  test('and then waits, and is not offered, where that is said for returning visitors', async () => {
    const { world, visitor } = await openReturning({
      ada: { active: false },
      settings: {
        newVisitors: { policy: 'smart', onNobody: null },
        returningVisitors: { ...RETURNING, onNobody: 'wait' },
      },
    });
    await world.setStatus('bo', 'offline');
    expect((await world.start({ visitor })).body.chat.state).toBe('waiting');
    expect((await world.start()).body.chat.state).toBe('offered');
    await expectInOrder(world);
  });

  test('where the one deactivated in this very moment was to get it: nothing is forced on it', async () => {
    const { world, visitor } = await openReturning({ ada: { maxLoad: 0 } });
    world.door.next(
      isClaim,
      afterOthers(() => world.edit('ada', { active: false })),
    );
    const { body } = await world.start({ visitor });
    expect(await chatOf(world, body.chat.id)).toMatchObject({ agentId: 'bo', forced: false });
    expect((await adaOf(world))?.openChats).toBe(0);
    await expectInOrder(world);
  });
});

describe('nobody is overtaken', () => {
  test('by a newcomer forced on an agent that an older chat could have: the older one comes first', async () => {
    const { world, visitor } = await openReturning({ ada: { maxLoad: 1 } });
    await world.setStatus('bo', 'offline');
    const [older] = waitingLine(world, 1);
    await world.put({ waiting: older ? [older] : [] });
    const { body } = await world.start({ visitor });
    // Ada has room for the older one; the visitor's own is forced on her behind it.
    expect(await chatOf(world, older?.id as ChatId)).toMatchObject({ agentId: 'ada', forced: false });
    expect(await chatOf(world, body.chat.id)).toMatchObject({ agentId: 'ada', forced: true });
    const { standing, history } = await expectInOrder(world);
    expect(overtaken(history, standing)).toEqual([]);
    expect(standing.agents.find(one => one.id === 'ada')).toMatchObject({ load: 2, vacancy: -1 });
  });

  test('by newcomers of both kinds, many at once, while a line is given out', async () => {
    const { world, visitor } = await openReturning({ ada: { maxLoad: 6 } });
    await world.put({ waiting: waitingLine(world, 20), agents: [agent({ id: 'bo', maxLoad: 8 })] });
    const others = await Promise.all([1, 2, 3].map(() => world.start()));
    await Promise.all([world.search(), world.start({ visitor }), ...[1, 2, 3].map(() => world.start())]);
    expect(others).toHaveLength(3);
    const { standing, history } = await expectInOrder(world);
    expect(overtaken(history, standing)).toEqual([]);
    expect(standing.chats.filter(({ chat }) => chat.state === 'open' && chat.forced)).toHaveLength(1);
  });

  test('and one who waits for a full agent is not stood in front of: whom it cannot use, it does not block', async () => {
    const { world, visitor } = await openReturning({ ada: { maxLoad: 0 } });
    await world.setStatus('bo', 'offline');
    await world.put({ waiting: waitingLine(world, 2) });
    const { body } = await world.start({ visitor });
    expect(body.chat.state).toBe('open');
    expect((await world.standing()).places).toHaveLength(2);
  });
});

describe('a line with returning visitors', () => {
  const returning = (world: World, servedBy: string, given: object = {}) => {
    const id = world.context.newId.chat(world.clock.now);
    return waitingChat({ id, returning: true, lastServedBy: agentId(servedBy) as AgentId, ...given });
  };

  test.each([
    'queue-position',
    'smart',
    'least-sessions',
    'member-order',
    'reception-weight',
    'month-priority',
  ] as const)(
    'by %s gives each to its own, and the others by the rule, with what was forced counted in',
    async policy => {
      const world = await openWorld(engine);
      await world.put({
        settings: rules({ newVisitors: { policy, onNobody: 'wait' } }),
        agents: [agent({ id: 'ada', maxLoad: 2 }), agent({ id: 'bo', maxLoad: 2, status: 'offline' })],
        waiting: [
          returning(world, 'ada'),
          returning(world, 'bo'),
          ...waitingLine(world, 1),
          returning(world, 'ada'),
          ...waitingLine(world, 1),
        ],
      });
      await world.search();
      const { standing, history } = await expectInOrder(world);
      const chats = standing.chats.map(({ chat }) => chat).sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(
        chats.map(chat => (chat.state === 'open' ? `${chat.agentId} ${chat.forced}` : chat.state)),
      ).toEqual(['ada true', 'bo true', 'ada false', 'ada true', 'waiting']);
      expect(overtaken(history, standing)).toEqual([]);
      expect(standing.agents.map(one => [one.id, one.load, one.vacancy])).toEqual([
        ['ada', 3, -1],
        ['bo', 1, 1],
      ]);
    },
  );

  test('gives out beyond the first page of the line, though nobody is free', async () => {
    const world = await openWorld(engine);
    await world.put({
      settings: rules(),
      agents: [agent({ id: 'ada', maxLoad: 0, status: 'offline' })],
      waiting: [...waitingLine(world, 60), returning(world, 'ada')],
    });
    expect((await world.search()).settled).toBe(1);
    const { standing } = await expectInOrder(world);
    expect(standing.places).toHaveLength(60);
  });

  test('finds that one far behind the first page of the index', async () => {
    const world = await openWorld(engine);
    const many = Array.from({ length: 50 }, (_, index) =>
      agent({ id: `agent-${String(index).padStart(2, '0')}`, groups: [LINE_1] }),
    );
    await world.put({
      settings: rules(),
      groups: [LINE_1],
      agents: [...many, agent({ id: 'ada' })],
      waiting: [returning(world, 'ada'), ...waitingLine(world, 1)],
    });
    await world.search();
    const { standing } = await expectInOrder(world);
    const taken = standing.agents.filter(one => one.openChats > 0).map(one => one.id);
    expect(taken).toEqual(['ada', 'agent-00']);
  });

  test('records what joined without a claim as decided by the one who served it', async () => {
    const { world, visitor } = await openReturning({ ada: { maxLoad: 0 } });
    world.door.next(isClaim, ...Array.from({ length: 6 }, () => conflict));
    const { body } = await world.start({ visitor });
    expect(world.door.calls.some(joinsTheLine)).toBe(true);
    expect(decisionsAbout(await world.standing(), body.chat.id)).toMatchObject([
      { trigger: 'search', policy: 'original-agent', winner: 'ada', attempts: 2 },
    ]);
    await expectInOrder(world);
  });
});
