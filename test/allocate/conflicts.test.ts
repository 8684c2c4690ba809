import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId, Instant } from '../../domain/brands.ts';
import { POLICY_NAMES } from '../../domain/policies.ts';
import { messageView, pageOf } from '../../functions/schemas.ts';
import { numberOf } from '../../functions/views/message-view.ts';
import { chanceOf } from '../support/chance.ts';
import { withConflicts } from '../support/conflicts.ts';
import { letTheJobCome, someDeed } from '../support/deeds.ts';
import { agent, LINE_1, LINE_2, NOW } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { both, type Fault, isOfACommand, savesAnAgent } from '../support/faults.ts';
import { expectInOrder } from '../support/in-order.ts';
import { openWorld, type Reply, team, type World, waitingLine } from '../support/world.ts';

/** The same as ever, on a table that lets writes to one row conflict as DynamoDB does. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const open = () => openWorld(engine, withConflicts);
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const statuses = (replies: readonly Reply[]) => [...new Set(replies.map(({ status }) => status))].sort();

describe('on a table where writes conflict', () => {
  test.each(POLICY_NAMES)('40 chats at once under %s are all decided, none twice', async policy => {
    const world = await open();
    await world.put({
      agents: times(12, index =>
        agent({ id: `agent-${index}`, memberOrder: index, groups: [LINE_1], maxLoad: 3 }),
      ),
      groups: [LINE_1],
      primary: LINE_1,
      settings: { newVisitors: { policy, onNobody: null } },
    });
    const replies = await Promise.all(times(40, () => world.start()));
    expect(statuses(replies)).toEqual([201]);
    await world.passMinute();
    const { standing } = await expectInOrder(world, { policy });
    const given = standing.chats.filter(({ chat }) => chat.state === 'open');
    expect(given).toHaveLength(policy === 'all' ? 0 : 36);
  });

  test.each([
    ['join one group', {}, { groups: ['line-1'] }],
    ['leave one group', { groups: [LINE_1] }, { groups: [] }],
    ['are in one group and get another limit', { groups: [LINE_1] }, { maxLoad: 9 }],
  ])('100 agents that %s, in one call, are all changed', async (_, given, set) => {
    const world = await open();
    await world.put({ agents: team(100, given), groups: [LINE_1] });
    const reply = await world.call('editAgents', { body: { agentIds: 'all', set } });
    const { results } = reply.body as unknown as { results: { outcome: string }[] };
    expect([...new Set(results.map(({ outcome }) => outcome))]).toEqual(['updated']);
    await expectInOrder(world);
  });

  test.each([
    ['without a key', {}],
    ['with a key each', { 'idempotency-key': 'one' }],
  ])('12 messages in one chat at once, %s, are numbered without a gap', async (_, headers) => {
    const world = await open();
    await world.put({ agents: team(1) });
    const { body } = await world.start();
    const params = { chatId: body.chat.id };
    const replies = await Promise.all(
      times(12, index =>
        world.call('postMessage', {
          params,
          body: { text: `${index}` },
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, key]) => [name, `${key}-${index}`]),
          ),
        }),
      ),
    );
    expect(statuses(replies.filter(({ status }) => status !== 201))).toEqual([]);
    const read = await world.call('listMessages', { params });
    const { items } = pageOf(messageView).parse(read.body);
    expect(items.map(({ id }) => numberOf(id, params.chatId))).toEqual(times(12, index => index + 1));
  });

  test('a group of 60 is removed, and none of them is in it', async () => {
    const world = await open();
    await world.put({ agents: team(60, { groups: [LINE_1, LINE_2] }), groups: [LINE_1, LINE_2] });
    expect((await world.call('deleteGroup', { params: { groupId: 'line-1' } })).status).toBe(204);
    const { standing } = await expectInOrder(world);
    expect(standing.groups).toMatchObject([{ id: 'line-2', members: 60 }]);
  });

  test('the edges of schedules are switched while the same agents get chats', async () => {
    const world = await open();
    const schedule = { timeZone: 'UTC', hours: [{ days: ['mon' as const], from: '09:00', to: '18:00' }] };
    await world.put({ agents: team(20, { schedule, nextEdgeAt: NOW, maxLoad: 2 }) });
    const started = times(20, () => world.start());
    await Promise.all([world.minute(), ...started]);
    await world.passMinute();
    const { standing } = await expectInOrder(world);
    expect(standing.agents.every(one => one.nextEdgeAt !== null && one.nextEdgeAt > NOW)).toBe(true);
    expect(standing.chats.filter(({ chat }) => chat.state === 'open')).toHaveLength(20);
  });

  test('an offered chat that twelve accept at once has one winner, and everybody an answer', async () => {
    const world = await open();
    await world.put({ agents: team(12), settings: { newVisitors: { policy: 'all', onNobody: null } } });
    const { body } = await world.start();
    const replies = await Promise.all(team(12).map(({ id }) => world.accept(body.chat.id, id)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(statuses(replies)).toEqual([200, 409]);
    await expectInOrder(world);
  });

  const whileAtWork: Fault = async () => {
    throw new TransactionConflictException({ message: 'a transaction is at work', $metadata: {} });
  };

  test('a status is set, though a transaction is at work on the agent', async () => {
    const world = await open();
    await world.put({ agents: team(1) });
    world.door.next(savesAnAgent, whileAtWork, whileAtWork);
    expect((await world.setStatus('agent-0000', 'rest')).status).toBe(200);
    expect(world.door.isThrough()).toBe(true);
    expect((await world.standing()).agents[0]?.status).toBe('rest');
  });

  test('an edge is switched, though a transaction is at work on the agent', async () => {
    const world = await open();
    const schedule = { timeZone: 'UTC', hours: [{ days: ['mon' as const], from: '09:00', to: '16:00' }] };
    await world.put({ agents: team(3, { schedule, nextEdgeAt: NOW }) });
    world.door.next(savesAnAgent, whileAtWork);
    await world.minute();
    expect(world.door.isThrough()).toBe(true);
    expect((await world.standing()).agents.map(({ status }) => status)).toEqual([
      'offline',
      'offline',
      'offline',
    ]);
  });

  test('a removed group is gone, though somebody joins or leaves others in the moment it goes', async () => {
    const world = await open();
    await world.put({ agents: team(2, { groups: [LINE_1] }), groups: [LINE_1] });
    world.door.next(({ name }) => name === 'Delete', whileAtWork);
    await world.call('deleteGroup', { params: { groupId: 'line-1' } });
    await world.passMinute();
    const { standing } = await expectInOrder(world);
    expect(standing.groups).toEqual([]);
  });

  test('a command delivered again while its answer is being written is told that it is at work', async () => {
    const world = await open();
    await world.put({ agents: team(3) });
    world.door.next(
      both(isOfACommand, ({ name }) => name === 'Put'),
      whileAtWork,
    );
    expect((await world.start({ key: 'k' })).body.code).toBe('in-progress');
    expect((await world.start({ key: 'k' })).status).toBe(201);
  });

  test('the same start delivered three times at once under one key is one chat; nobody is told of an error', async () => {
    const world = await open();
    await world.put({ agents: team(3) });
    const replies = await Promise.all(times(3, () => world.start({ key: 'k' })));
    expect(replies.every(({ status, body }) => status === 201 || body.code === 'in-progress')).toBe(true);
    const { standing } = await expectInOrder(world);
    expect(standing.chats).toHaveLength(1);
  });

  type Verb = (world: World, id: ChatId) => Promise<Reply>;
  const VERBS: Readonly<Record<string, Verb>> = {
    hold: (world, id) => world.hold(id),
    resume: (world, id) => world.resume(id),
    close: (world, id) => world.close(id),
    'transfer to an agent': (world, id) => world.transfer(id, { agentId: 'agent-0001' }),
    'transfer to a group': (world, id) => world.transfer(id, { groupId: 'line-1' }),
    run: world => world.job('run'),
  };
  const VERB_NAMES = Object.keys(VERBS);
  const PAIRS = VERB_NAMES.flatMap((one, index) =>
    VERB_NAMES.slice(index).map(other => [one, other] as const),
  );

  test.each(PAIRS)('%s and %s of one chat at once leave everything in order', async (one, other) => {
    for (const [state, job] of [
      ['open', 'off'],
      ['held', 'off'],
      ['queued', 'off'],
      ['queued', 'on'],
    ]) {
      const world = await open();
      await world.put({ groups: [LINE_1], agents: team(3, { groups: [LINE_1] }) });
      const { id } = (await world.start()).body.chat;
      if (state === 'held') await world.hold(id);
      if (state === 'queued') {
        await world.job('start');
        await world.transfer(id, { groupId: 'line-1' });
      }
      if (job === 'off') await world.job('stop');
      const replies = await Promise.all([one, other].map(name => VERBS[name]?.(world, id)));
      expect(replies.filter(reply => (reply?.status ?? 500) >= 500)).toEqual([]);
      await expectInOrder(world, { state, job });
    }
  });

  test.each([1, 20_261_121])('all of it at random leaves everything in order (seed %i)', async seed => {
    const chance = chanceOf(seed);
    const { next, pick, some } = chance;
    const world = await open();
    const ids = times(8, index => `agent-${index}`);
    const groups = [LINE_1, LINE_2];
    await world.put({
      groups,
      primary: LINE_1,
      agents: ids.map((id, index) =>
        agent({ id, memberOrder: index, maxLoad: 2 + (index % 3), groups: [pick(groups)] }),
      ),
      waiting: waitingLine(world, 4),
    });
    const started: Reply[] = [];
    const others: Reply[] = [];
    const step = async () => {
      const roll = next();
      const chat = pick(started)?.body.chat.id;
      const who = pick(ids);
      if (roll < 0.22 || chat === undefined) started.push(await world.start({ withBot: next() < 0.25 }));
      else if (roll < 0.5) {
        const among = { chatId: chat, agentIds: ids, groupIds: groups.map(({ id }) => id) };
        others.push(await someDeed(world, chance, among));
      } else if (roll < 0.6) others.push(await world.close(chat));
      else if (roll < 0.7) others.push(await world.setStatus(who, pick(['online', 'offline', 'busy'])));
      else if (roll < 0.8) others.push(await world.accept(chat, who));
      else if (roll < 0.87) others.push(await world.edit(who, { groups: some(groups).map(({ id }) => id) }));
      else if (roll < 0.92) others.push(await world.edit(who, { active: next() < 0.7 }));
      else if (roll < 0.96) {
        const body = { name: 'Line', queuePosition: Math.floor(next() * 9) };
        others.push(await world.call('replaceGroup', { params: { groupId: pick(groups).id }, body }));
      } else
        others.push(await world.switchTo({ newVisitors: { policy: pick(POLICY_NAMES), onNobody: null } }));
    };
    await world.job('start');
    for (let wave = 0; wave < 20; wave += 1) {
      await Promise.all([world.deliver(), ...times(6, step)]);
      world.clock.now = (world.clock.now + 1_000) as Instant;
    }
    await letTheJobCome(world);
    expect(statuses(started)).toEqual([201]);
    expect(others.filter(({ status }) => status >= 500)).toEqual([]);
    const { standing } = await expectInOrder(world, { seed });
    expect(standing.queue.filter(({ state }) => state !== 'held')).toEqual([]);
  });
});
