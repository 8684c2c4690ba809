import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { visitorChatView } from '../../functions/schemas.ts';
import { type Interference, openWorld, type Project, type World } from '../support/http.ts';

/** A chat that nobody could take waits, and is given out at once when somebody can. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const FULL = { agents: { ada: { maxLoad: 1 } } };
const NIGHT = { agents: { ada: { status: 'offline' } } } as const;

/** Nobody can begin to search for the waiting line: as if whoever was about to had died. */
const noSearch: Interference = (command, input) => {
  const { ExpressionAttributeValues: values = {} } = input as { ExpressionAttributeValues?: object };
  const partition = ':pk' in values ? String(values[':pk']) : '';
  if (command.startsWith('Query') && partition.endsWith('#LINE')) throw new Error('no search');
};

describe('the periodic search: a waiting chat', () => {
  test('is found when the search after a change was lost', async () => {
    const acme = await world.project(NIGHT);
    const chats = [await acme.start(), await acme.start()];
    await world.interfering(noSearch, () => acme.setStatus('ada', 'online'));
    await world.advance(60);
    expect(await acme.holders(chats)).toEqual(['ada', 'ada']);
    expect((await acme.decisions(chats[0]?.id ?? '')).at(-1)).toMatchObject({
      trigger: 'search',
      winner: 'ada',
    });
  });

  test('is still found after it waited for long', async () => {
    const acme = await world.project(NIGHT);
    const chat = await acme.start();
    await world.advance(600);
    await world.interfering(noSearch, () => acme.setStatus('ada', 'online'));
    await world.advance(120);
    expect(await acme.holders([chat])).toEqual(['ada']);
  });
});

describe('a waiting chat', () => {
  test('is given out as soon as an agent goes online, with both decisions on record', async () => {
    const acme = await world.project(NIGHT);
    const chat = await acme.start();
    expect(chat).toMatchObject({ state: 'waiting', agentId: null, assignedAt: null, version: 2 });
    expect(chat.waitingSince).toBe(chat.createdAt);
    await acme.setStatus('ada', 'online');
    expect(await acme.chat(chat.id)).toMatchObject({
      state: 'open',
      agentId: 'ada',
      waitingSince: null,
      version: 3,
      assignments: [{ agentId: 'ada', method: 'automatic' }],
    });
    expect(await acme.decisions(chat.id)).toMatchObject([
      { trigger: 'start', outcome: 'nobody-online', winner: null },
      { trigger: 'search', outcome: 'assigned', winner: 'ada', attempts: 1 },
    ]);
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1 });
  });

  test('gets the slot that a close frees, the oldest one first', async () => {
    const acme = await world.project(FULL);
    const served = await acme.start();
    const waiting = [await acme.start(), await acme.start(), await acme.start()];
    await acme.closeChat(served.id);
    expect(await acme.holders(waiting)).toEqual(['ada', null, null]);
    await acme.closeChat(waiting[0]?.id ?? '');
    expect(await acme.holders(waiting)).toEqual(['ada', 'ada', null]);
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1, vacancy: 0 });
  });

  test.each(['agent', 'visitor', 'operator'] as const)('gets the slot whoever closes: %s', async who => {
    const acme = await world.project(FULL);
    const { chat: served, token } = await acme.visit();
    const next = await acme.start();
    const as = {
      agent: await acme.as.agent('ada'),
      visitor: acme.visitor(token),
      operator: acme.as.operator,
    };
    const { body } = await acme.must('closeChat', { as: as[who], params: { chatId: served.id } });
    expect(body).toMatchObject({ outcome: 'closed', chat: { id: served.id, state: 'closed' } });
    expect((await acme.chat(served.id)).closedAs).toBe(`closed-by-${who}`);
    expect((await acme.chat(next.id)).agentId).toBe('ada');
  });

  test('that is closed leaves the line and charges nobody', async () => {
    const acme = await world.project(NIGHT);
    const chats = [await acme.start(), await acme.start()];
    await acme.closeChat(chats[0]?.id ?? '');
    await acme.setStatus('ada', 'online');
    expect(await acme.holders(chats)).toEqual([null, 'ada']);
    expect(await acme.agent('ada')).toMatchObject({ load: 1, openChats: 1 });
  });

  test('that fits nobody blocks nobody behind it, and keeps its place', async () => {
    const acme = await world.project({ channels: { web: 1, heavy: 3 }, agents: { ada: { maxLoad: 2 } } });
    const heavy = await acme.start('heavy');
    const light = [await acme.start(), await acme.start(), await acme.start()];
    expect(await acme.holders([heavy, ...light])).toEqual([null, 'ada', 'ada', null]);
    await acme.closeChat(light[0]?.id ?? '');
    expect(await acme.holders([heavy, ...light.slice(1)])).toEqual([null, 'ada', 'ada']);
    await acme.replaceCard('ada', { maxLoad: 5 });
    expect(await acme.holders([heavy])).toEqual(['ada']);
  });

  test('is not overtaken by a newcomer that meets a free slot', async () => {
    const acme = await world.project(FULL);
    const served = await acme.start();
    const older = await acme.start();
    await world.interfering(noSearch, () => acme.closeChat(served.id));
    expect(await acme.agent('ada')).toMatchObject({ vacancy: 1 });
    expect((await acme.chat(older.id)).state).toBe('waiting');
    const newcomer = await acme.start();
    expect(newcomer.state).toBe('waiting');
    expect(await acme.holders([older, newcomer])).toEqual(['ada', null]);
  });
});

describe('a change that could help the line gives it out at once', () => {
  const heavy = { channels: { web: 1, heavy: 3 }, agents: { ada: { maxLoad: 2 } } };
  const changes: Record<
    string,
    { project: object; channelId?: string; change: (acme: Project) => Promise<unknown> }
  > = {
    'a limit is raised': { project: FULL, change: acme => acme.replaceCard('ada', { maxLoad: 3 }) },
    'a limit is lifted': { project: FULL, change: acme => acme.replaceCard('ada', { maxLoad: null }) },
    'a channel is added to an agent': {
      project: { channels: { web: 1, mail: 1 }, agents: { ada: { channels: ['mail'] } } },
      change: acme => acme.replaceCard('ada', { channels: ['mail', 'web'] }),
    },
    'an agent is put on all channels': {
      project: { agents: { ada: { channels: [] } } },
      change: acme => acme.replaceCard('ada', { channels: null }),
    },
    'an agent is made active': {
      project: { agents: { ada: { active: false } } },
      change: acme => acme.replaceCard('ada', { active: true }),
    },
    'an agent is added and goes online': { project: FULL, change: acme => acme.hire('ben') },
    'a channel is made lighter': {
      project: heavy,
      channelId: 'heavy',
      change: acme => acme.channel('heavy', 2),
    },
    'automatic allocation is switched on': {
      project: { agents: { ada: {} }, settings: { automaticAllocation: false } },
      change: acme => acme.settings({ automaticAllocation: true }),
    },
  };

  test.each(Object.keys(changes))('%s', async name => {
    const { project, channelId = 'web', change } = changes[name] ?? { project: {}, change: async () => {} };
    const acme = await world.project(project);
    if (project === FULL) await acme.start();
    const waiting = [await acme.start(channelId), await acme.start(channelId)];
    expect(await acme.holders(waiting)).toEqual([null, null]);
    await change(acme);
    expect((await acme.holders(waiting))[0]).not.toBeNull();
    const oldest = await acme.chat(waiting[0]?.id ?? '');
    const team = await Promise.all(['ada', oldest.agentId ?? ''].map(id => acme.agent(id)));
    for (const { load, maxLoad } of team) expect(load).toBeLessThanOrEqual(maxLoad ?? load);
    expect((await acme.decisions(oldest.id)).at(-1)).toMatchObject({
      trigger: 'search',
      winner: oldest.agentId,
    });
  });

  test('a group changes places: what waits goes by the new order', async () => {
    const acme = await world.project({
      groups: { first: 1, second: 2 },
      agents: { ada: { groups: ['first'], maxLoad: 1 }, ben: { groups: ['second'], maxLoad: 1 } },
    });
    const served = [await acme.start(), await acme.start()];
    const waiting = await acme.start();
    await world.interfering(noSearch, async () => {
      for (const { id } of served) await acme.closeChat(id);
    });
    await acme.group('first', 3);
    expect(await acme.holders([waiting])).toEqual(['ben']);
    expect(await acme.agent('ada')).toMatchObject({ queuePosition: 3 });
    expect((await acme.decisions(waiting.id)).at(-1)).toMatchObject({ decidedBy: 'queue-position' });
  });

  test('a group is removed: its members stay and come after the groups', async () => {
    const acme = await world.project({
      groups: { first: 1, second: 2 },
      agents: { ada: { groups: ['first'], maxLoad: 1 }, ben: { groups: ['second'], maxLoad: 1 } },
    });
    const { headers } = await acme.must('deleteGroup', { params: { groupId: 'first' } });
    expect(headers).not.toHaveProperty('content-type');
    expect(await acme.agent('ada')).toMatchObject({ groups: [], queuePosition: null });
    expect((await acme.start()).agentId).toBe('ben');
    expect(await acme.all('listGroups')).toMatchObject([{ id: 'second' }]);
  });

  test('ten agents coming online at once empty a line of thirty, nobody above the limit', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `agent-${index}`);
    const agents = Object.fromEntries(ids.map(id => [id, { maxLoad: 3, status: 'offline' as const }]));
    const acme = await world.project({ agents });
    for (let chats = 0; chats < 30; chats += 1) await acme.start();
    await Promise.all(ids.map(id => acme.setStatus(id, 'online')));
    await world.advance(60);
    expect(await acme.chats({ state: 'open' })).toHaveLength(30);
    for (const id of ids) expect(await acme.agent(id)).toMatchObject({ load: 3, openChats: 3, vacancy: 0 });
  });
});

describe('automatic allocation off', () => {
  test('lets chats wait until they are accepted; on again, the rest is handed out oldest first', async () => {
    const acme = await world.project({
      agents: { ada: { maxLoad: 2 } },
      settings: { automaticAllocation: false },
    });
    const chats = [await acme.start(), await acme.start(), await acme.start(), await acme.start()];
    expect(await acme.holders(chats)).toEqual([null, null, null, null]);
    const [decision] = await acme.decisions(chats[0]?.id ?? '');
    expect(decision).toMatchObject({ outcome: 'automatic-off', winner: null });
    const chatId = chats[2]?.id ?? '';
    await acme.must('acceptChat', { as: await acme.as.agent('ada'), params: { chatId } });
    await world.advance(60);
    expect(await acme.holders(chats)).toEqual([null, null, 'ada', null]);
    await acme.settings({ automaticAllocation: true });
    expect(await acme.holders(chats)).toEqual(['ada', null, 'ada', null]);
  });
});

describe("the visitor's place in the line", () => {
  async function placesOf(project: Project, visits: readonly { chat: { id: string }; token: string }[]) {
    return Promise.all(
      visits.map(async ({ chat: { id: chatId }, token }) => {
        const { body } = await project.must('readChat', { as: project.visitor(token), params: { chatId } });
        return visitorChatView.parse(body).position ?? null;
      }),
    );
  }

  test('is 1 for the next, counts those before, and moves up when one is served', async () => {
    const acme = await world.project(FULL);
    const served = await acme.start();
    const visits = [await acme.visit(), await acme.visit(), await acme.visit()];
    expect(visits.map(({ chat }) => chat.position)).toEqual([1, 2, 3]);
    expect(await placesOf(acme, visits)).toEqual([1, 2, 3]);
    await acme.closeChat(served.id);
    expect(await placesOf(acme, visits)).toEqual([null, 1, 2]);
  });

  test('counts only those who could go to one of the same agents', async () => {
    const acme = await world.project({
      channels: { web: 1, mail: 1, phone: 1 },
      agents: {
        ada: { channels: ['web'], status: 'offline' },
        ben: { channels: ['mail', 'phone'], status: 'offline' },
      },
    });
    const visits = [];
    for (const channelId of ['web', 'mail', 'phone', 'web', 'mail'])
      visits.push(await acme.visit(undefined, { channelId }));
    expect(await placesOf(acme, visits)).toEqual([1, 1, 2, 2, 3]);
  });
});
