import { afterAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { chanceOf } from '../support/chance.ts';
import { letTheJobCome, someDeed } from '../support/deeds.ts';
import { agent, channel, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, isClaim } from '../support/faults.ts';
import { overtaken } from '../support/history.ts';
import { expectInOrder } from '../support/in-order.ts';
import { violationsOnceSettled } from '../support/invariants.ts';
import { openWorld, type Reply, team, waitingLine } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const statuses = (replies: readonly Reply[]) => [...new Set(replies.map(reply => reply.status))].sort();

describe('many chats at the same moment', () => {
  test('64 chats over 1,000 free agents go to exactly the first 64 in rank, in 2.5 claims each at most', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(1_000) });
    const replies = await Promise.all(times(64, () => world.start()));
    expect(statuses(replies)).toEqual([201]);
    const { standing } = await expectInOrder(world);
    const taken = standing.agents.filter(one => one.openChats > 0);
    expect(taken.map(one => one.id).sort()).toEqual(team(64).map(one => one.id));
    expect(taken.every(one => one.openChats === 1)).toBe(true);
    expect(world.door.calls.filter(isClaim).length / 64).toBeLessThanOrEqual(2.5);
  });

  test('100 chats over room for 30 take all of it, and the 70 newest wait', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(10, { maxLoad: 3 }) });
    const replies = await Promise.all(times(100, () => world.start()));
    expect(statuses(replies)).toEqual([201]);
    const { standing } = await expectInOrder(world);
    expect(standing.chats.filter(({ chat }) => chat.state === 'open')).toHaveLength(30);
    expect(standing.places).toHaveLength(70);
  });
});

describe('starts, closes, holds, transfers, runs and status changes at random', () => {
  test.each([1, 20_260_302])('leave everything in order (seed %i)', async seed => {
    const lot = chanceOf(seed);
    const { next: chance, pick } = lot;
    const world = await openWorld(engine);
    const ids = times(10, index => `agent-${index}`);
    await world.put({
      channels: [channel('mail', 2), channel('video', 4)],
      groups: [LINE_1, LINE_2],
      agents: ids.map((id, index) =>
        agent({
          id,
          groups: index % 3 === 0 ? [LINE_1, LINE_2] : [index % 2 === 0 ? LINE_1 : LINE_2],
          maxLoad: index === 0 ? null : index % 4,
          channels: index % 3 === 0 ? ['web', 'mail'] : null,
          status: index % 2 === 0 ? 'online' : 'offline',
        }),
      ),
    });
    const started: Reply[] = [];
    const others: Reply[] = [];
    const start = async () => {
      const channelId = pick(['web', 'web', 'mail', 'video']);
      started.push(await world.start({ channelId, withBot: chance() < 0.2 }));
    };
    const step = async () => {
      const roll = chance();
      const some = pick(started)?.body.chat.id;
      const who = pick(ids);
      if (roll < 0.3 || some === undefined) return start();
      if (roll < 0.6) {
        const among = { chatId: some, agentIds: ids, groupIds: ['line-1', 'line-2'] };
        others.push(await someDeed(world, lot, among));
      } else if (roll < 0.75) others.push(await world.close(some));
      else if (roll < 0.9) others.push(await world.setStatus(who, pick(['online', 'offline', 'busy'])));
      else others.push(await world.call('acceptChat', { params: { chatId: some }, as: { agent: who } }));
    };
    await world.job('start');
    for (let wave = 0; wave < 25; wave += 1) {
      await Promise.all([world.deliver(), ...times(8, step)]);
      world.clock.now = (world.clock.now + 1_000) as Instant;
    }
    await expectInOrder(world, { seed });
    await letTheJobCome(world);
    expect(statuses(started)).toEqual([201]);
    expect(others.filter(({ status }) => ![200, 202, 403, 409, 429].includes(status))).toEqual([]);
    const { standing } = await expectInOrder(world, { seed });
    expect(standing.queue.filter(({ state }) => state !== 'held')).toEqual([]);
  });
});

describe('a waiting line', () => {
  test('of 310 is given out, the oldest 300, when 60 agents with room for 5 come online at once', async () => {
    const world = await openWorld(engine);
    const waiting = waitingLine(world, 310);
    const shift = team(60, { maxLoad: 5, status: 'offline' });
    await world.put({ agents: shift, waiting });
    await Promise.all(shift.map(one => world.setStatus(one.id, 'online')));
    const { standing, history } = await expectInOrder(world);
    expect(standing.places.map(place => place.chatId).sort()).toEqual(
      waiting.slice(300).map(chat => chat.id),
    );
    expect(overtaken(history, standing)).toEqual([]);
  });

  test('that is being given out is never overtaken by newcomers', async () => {
    const world = await openWorld(engine);
    await world.put({
      channels: [channel('mail', 2)],
      waiting: [...waitingLine(world, 80), ...waitingLine(world, 20, 'mail')],
      agents: [...team(20, { maxLoad: 2 }), agent({ id: 'mailer', channels: ['mail'], maxLoad: 11 })],
    });
    await Promise.all([
      world.search(),
      ...times(40, index => world.start({ channelId: index % 4 === 0 ? 'mail' : 'web' })),
    ]);
    const { standing, history } = await expectInOrder(world);
    expect(overtaken(history, standing)).toEqual([]);
  });

  test('with a chat in front that fits nobody: the 1,200 behind it are given out', async () => {
    const world = await openWorld(engine);
    const [misfit] = waitingLine(world, 1, 'video');
    await world.put({
      channels: [channel('video', 50)],
      waiting: [...(misfit ? [misfit] : []), ...waitingLine(world, 1_200)],
      agents: team(241, { maxLoad: 5 }),
    });
    const { settled } = await world.search();
    expect(settled).toBe(1_200);
    const standing = await world.standing();
    expect(violationsOnceSettled(standing)).toEqual([]);
    expect(standing.places.map(place => place.chatId)).toEqual([misfit?.id]);
    // And newcomers do not stand behind it either.
    const { body } = await world.start();
    expect(body.chat.state).toBe('open');
  });

  test('with more misfits in front than one reading holds: the one behind them is given out, the others searched for on', async () => {
    const world = await openWorld(engine);
    // As many misfits as two readings of the line hold exactly: a third one is empty.
    const misfits = BOUNDS.lineHeadRows + BOUNDS.lineBatchChatsMax;
    await world.put({
      channels: [channel('video', 50)],
      waiting: [...waitingLine(world, misfits, 'video'), ...waitingLine(world, 1)],
      agents: [agent({ id: 'ada' })],
    });
    expect(await world.search()).toEqual({ outcome: 'done', settled: 1 });
    expect(world.queue).not.toEqual([]);
    const { body } = await world.start();
    const shown = await world.call('readChat', { params: { chatId: body.chat.id } });
    expect(shown.body).toMatchObject({ state: 'open', agentId: 'ada' });
  });

  test('keeps its order when an agent goes offline while it is given out', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(3, { maxLoad: 3 }), waiting: waitingLine(world, 9) });
    world.door.next(
      isClaim,
      afterOthers(() => world.setStatus('agent-0001', 'offline')),
    );
    expect((await world.search()).settled).toBe(6);
    const { standing, history } = await expectInOrder(world);
    expect(overtaken(history, standing)).toEqual([]);
  });
});

describe('two searches at once', () => {
  test('one searches, the other leaves it to it; each chat is given out once', async () => {
    const world = await openWorld(engine);
    await world.put({ waiting: waitingLine(world, 30), agents: team(10, { maxLoad: 3 }) });
    const second: unknown[] = [];
    world.door.next(
      isClaim,
      afterOthers(async () => second.push(await world.search())),
    );
    expect(await world.search()).toEqual({ outcome: 'done', settled: 30 });
    expect(second).toEqual([{ outcome: 'elsewhere', settled: 0 }]);
    await expectInOrder(world);
  });

  test('one whose lease ran out in the middle gives out nothing a second time', async () => {
    const world = await openWorld(engine);
    await world.put({ waiting: waitingLine(world, 30), agents: team(10, { maxLoad: 3 }) });
    const second: { settled: number }[] = [];
    world.door.next(
      isClaim,
      afterOthers(async () => {
        world.clock.now = (world.clock.now + 5_000) as Instant;
        second.push(await world.search());
      }),
    );
    const first = await world.search();
    expect(first.settled + (second[0]?.settled ?? 0)).toBe(30);
    await expectInOrder(world);
  });

  test('what changes while one is at it is seen before it ends, without another search', async () => {
    const world = await openWorld(engine);
    const late = agent({ id: 'late', status: 'offline', maxLoad: 20 });
    await world.put({ waiting: waitingLine(world, 12), agents: [...team(2, { maxLoad: 5 }), late] });
    // The late one's own search finds the lease taken.
    world.door.next(
      isClaim,
      afterOthers(() => world.setStatus('late', 'online')),
    );
    expect(await world.search()).toEqual({ outcome: 'done', settled: 12 });
    await expectInOrder(world);
  });
});

describe('chats that join the line because others were faster', () => {
  test('have on record why they wait, each of them', async () => {
    const world = await openWorld(engine);
    await world.put({ agents: team(10, { maxLoad: 1 }) });
    const started = await Promise.all(times(64, () => world.start()));
    const ids = started.map(reply => reply.body.chat.id);
    const outcomes = await Promise.all(
      ids.map(async chatId => {
        const { body } = await world.call('listDecisions', { params: { chatId }, as: 'operator' });
        return (body as unknown as { items: { outcome: string }[] }).items.map(item => item.outcome).join();
      }),
    );
    expect(outcomes.filter(outcome => outcome === 'assigned')).toHaveLength(10);
    expect(outcomes.filter(outcome => outcome === 'all-full')).toHaveLength(54);
  });
});
