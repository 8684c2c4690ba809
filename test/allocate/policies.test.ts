import { afterAll, describe, expect, test } from '@jest/globals';
import type { Agent } from '../../domain/agent.ts';
import { closeOf } from '../../domain/closes.ts';
import type { Settings } from '../../domain/settings.ts';
import { agent, at, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { overtaken } from '../support/history.ts';
import { expectInOrder } from '../support/in-order.ts';
import { decisionsAbout } from '../support/standing.ts';
import { openWorld, type Reply, team, type World, waitingLine } from '../support/world.ts';

/** Every policy over the real handlers: for chats as they come, for a waiting line, and for two at the same moment. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const closedToday = (count: number) => Array.from({ length: count }, () => closeOf(at('09:00'), at('10:00')));

/** Each policy has another favourite among these. */
const FIVE: readonly Agent[] = [
  agent({ id: 'ada', groups: [LINE_2], lastClosed: '15:00', memberOrder: 3 }),
  agent({
    id: 'bo',
    groups: [LINE_1],
    lastClosed: '15:10',
    memberOrder: 4,
    receptionWeight: 2,
    recentCloses: closedToday(2),
  }),
  agent({ id: 'cy', groups: [LINE_1], lastClosed: '15:20', memberOrder: 2, recentCloses: closedToday(1) }),
  agent({ id: 'di', lastClosed: '14:00', memberOrder: 5, receptionWeight: 3 }),
  agent({ id: 'ed', groups: [LINE_2], lastClosed: '14:00', memberOrder: 1 }),
];

/** Free as well, and behind the five by every policy for as long as these tests look. */
const BEHIND = team(60, { lastClosed: '15:50', memberOrder: 100 });

type Case = {
  readonly settings: Partial<Settings>;
  readonly groupId?: string;
  /** Who gets the first, the second, … of the chats. */
  readonly winners: readonly string[];
  /** What settled the first of them. */
  readonly decidedBy: string;
};
const by = (policy: Settings['newVisitors']['policy']) => ({ newVisitors: { policy, onNobody: null } });

const CASES: Readonly<Record<string, Case>> = {
  // Seed 002: the lowest position first, there the fewest open chats, then the longest since the last close.
  'queue-position': {
    settings: by('queue-position'),
    winners: ['bo', 'cy', 'bo', 'cy'],
    decidedBy: 'last-close',
  },
  // Seed 000: whoever is there; Di and Ed closed at the same moment, so that the id settles it.
  smart: { settings: by('smart'), winners: ['di', 'ed', 'ada', 'bo', 'cy'], decidedBy: 'agent-id' },
  // Seed 000: without a group asked for, the primary one.
  group: { settings: by('group'), winners: ['bo', 'cy', 'bo', 'cy'], decidedBy: 'last-close' },
  // Seed 000: "PPCom user can establish chat with a specific service group."
  'group asked for': {
    settings: by('group'),
    groupId: 'line-2',
    winners: ['ed', 'ada', 'ed', 'ada'],
    decidedBy: 'last-close',
  },
  // Seed 001: as smart, but member order settles what is left.
  'least-sessions': {
    settings: by('least-sessions'),
    winners: ['ed', 'di', 'ada', 'bo', 'cy'],
    decidedBy: 'member-order',
  },
  // Seed 001: one after the other.
  'member-order': {
    settings: by('member-order'),
    winners: ['ed', 'cy', 'ada', 'bo', 'di'],
    decidedBy: 'rotation',
  },
  // Seed 001: 1/3, 1/2, 2/3, then Di's 3/3 against everybody's 1/1.
  'reception-weight': {
    settings: by('reception-weight'),
    winners: ['di', 'bo', 'di', 'di'],
    decidedBy: 'share',
  },
  // Seed 002, alternative flow: it counts what was closed, not what is open, so Cy gets them until Cy is full.
  'month-priority': {
    settings: by('month-priority'),
    winners: ['cy', 'cy', 'cy', 'cy', 'cy', 'bo'],
    decidedBy: 'closed-today',
  },
};

const TEAMS = { 'a small team': [], 'a team beyond the first page of the index': BEHIND };
const ROWS = Object.entries(CASES).flatMap(([name, one]) =>
  Object.entries(TEAMS).map(([size, others]) => [name, size, one, others] as const),
);

async function open(
  settings: Partial<Settings>,
  others: readonly Agent[],
  status: 'online' | 'offline' = 'online',
) {
  const world = await openWorld(engine);
  const agents = [...FIVE, ...others].map(one => ({ ...one, status }));
  await world.put({ agents, groups: [LINE_1, LINE_2], primary: LINE_1, settings });
  return world;
}

const startWith = (world: World, { groupId }: Case) => world.start(groupId === undefined ? {} : { groupId });
const shown = async (world: World, replies: readonly Reply[]) => {
  const { chats } = await world.standing();
  return replies.map(({ body }) => {
    const chat = chats.find(one => one.chat.id === body.chat.id)?.chat;
    return chat?.state === 'open' ? chat.agentId : chat?.state;
  });
};

async function expectOldestFirst(world: World) {
  const { standing, history } = await expectInOrder(world);
  expect(overtaken(history, standing)).toEqual([]);
  return standing;
}

describe('new chats, one after the other', () => {
  test.each(ROWS)(
    'go by %s in %s to whom the rule says, each with its decision',
    async (_name, _size, one, others) => {
      const world = await open(one.settings, others);
      const replies: Reply[] = [];
      for (const _ of one.winners) replies.push(await startWith(world, one));
      expect(await shown(world, replies)).toEqual(one.winners);
      const standing = await expectOldestFirst(world);
      const [decision] = decisionsAbout(standing, replies[0]?.body.chat.id ?? ('' as never));
      expect(decision).toMatchObject({
        trigger: 'start',
        policy: one.settings.newVisitors?.policy,
        winner: one.winners[0],
        decidedBy: one.decidedBy,
        outcome: 'assigned',
      });
      expect(decision?.considered[0]?.agentId).toBe(one.winners[0]);
    },
  );
});

describe('a waiting line', () => {
  test.each(ROWS)(
    'is given out by %s in %s as if each chat had come by itself, oldest first',
    async (_name, _size, one, others) => {
      const world = await open(one.settings, others);
      const asked = (one.groupId ?? null) as never;
      const waiting = waitingLine(world, one.winners.length, 'web', { asked, groupId: asked });
      await world.put({ waiting });
      expect(await world.search()).toEqual({ outcome: 'done', settled: waiting.length });
      const { chats } = await expectOldestFirst(world);
      const holders = waiting.map(({ id }) => chats.find(({ chat }) => chat.id === id)?.chat);
      expect(holders.map(chat => chat?.state === 'open' && chat.agentId)).toEqual(one.winners);
      expect(holders.map(chat => chat?.groupId)).toEqual(
        one.winners.map(() =>
          one.settings.newVisitors?.policy === 'group' ? (one.groupId ?? 'line-1') : null,
        ),
      );
    },
  );

  test.each(ROWS)(
    'that nobody can take by %s in %s is given out when somebody comes online',
    async (_name, _size, one, others) => {
      // Nobody is there, and nothing is offered: what comes waits.
      const newVisitors = { policy: 'smart', ...one.settings.newVisitors, onNobody: 'wait' } as const;
      const world = await open({ ...one.settings, newVisitors }, others, 'offline');
      const replies = [await startWith(world, one), await startWith(world, one)];
      expect(await shown(world, replies)).toEqual(['waiting', 'waiting']);
      const comer = one.winners[0] ?? '';
      expect((await world.setStatus(comer, 'online')).status).toBe(200);
      expect(await shown(world, replies)).toEqual([comer, comer]);
      const standing = await expectOldestFirst(world);
      const decisions = decisionsAbout(standing, replies[0]?.body.chat.id ?? ('' as never));
      expect(decisions.map(({ trigger, outcome }) => [trigger, outcome])).toEqual([
        ['start', 'nobody-online'],
        ['search', 'assigned'],
      ]);
    },
  );
});

describe('two chats at the same moment', () => {
  test.each(ROWS)('get by %s in %s the first two turns between them', async (_name, _size, one, others) => {
    const world = await open(one.settings, others);
    const replies = await Promise.all([startWith(world, one), startWith(world, one)]);
    expect((await shown(world, replies)).sort()).toEqual(one.winners.slice(0, 2).sort());
    await expectOldestFirst(world);
  });
});

describe('policy all', () => {
  test.each(Object.entries(TEAMS))(
    'offers every chat to everybody who works with the channel, in %s',
    async (_, others) => {
      const world = await open(by('all'), others);
      await world.put({
        agents: [agent({ id: 'fy', active: false }), agent({ id: 'gus', channels: ['mail'] })],
      });
      const replies = await Promise.all([world.start(), world.start()]);
      expect(await shown(world, replies)).toEqual(['offered', 'offered']);
      const standing = await expectOldestFirst(world);
      const everybody = [...FIVE, ...others].map(({ id }) => id).sort();
      expect([...standing.offerees.values()]).toEqual([everybody, everybody]);
      expect(decisionsAbout(standing, replies[0]?.body.chat.id ?? ('' as never))).toMatchObject([
        { policy: 'all', outcome: 'offered', offeredBecause: null, winner: null, decidedBy: 'offer' },
      ]);
    },
  );

  test('offers the waiting line too, whatever status and load', async () => {
    const world = await open(by('all'), [], 'offline');
    await world.put({ waiting: waitingLine(world, 3) });
    expect(await world.search()).toEqual({ outcome: 'done', settled: 3 });
    const { offers } = await expectOldestFirst(world);
    expect(offers).toHaveLength(3);
  });
});
