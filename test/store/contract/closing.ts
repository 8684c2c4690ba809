import { expect, test } from '@jest/globals';
import type { Agent } from '../../../domain/agent.ts';
import type { Instant } from '../../../domain/brands.ts';
import { closeOf, fold, NO_PAST, type PastCloses, tallyOf } from '../../../domain/closes.ts';
import { released } from '../../../domain/load.ts';
import { close } from '../../../domain/verbs/close.ts';
import { removeAgent, saveAgent } from '../../../functions/store/agents.ts';
import { saveChange } from '../../../functions/store/changes.ts';
import { readPastCloses, readTallies } from '../../../functions/store/closes.ts';
import { agent, agentId, at, NOW } from '../../support/domain.ts';
import { ACME, ADA, ada, isCommitted, later, open, put, table } from './fixtures.ts';

const DAY_MS = 86_400_000;
const closeAt = (moment: number) => closeOf(moment as Instant, moment as Instant);
const RECENT = [closeAt(at('09:00')), closeAt(at('15:30')), closeAt(NOW - 3 * DAY_MS)];
const past = () => readPastCloses(table, ACME, ADA.id);
const tally = async (now: Instant, timeZone = 'UTC') =>
  (await readTallies(table, ACME, [ADA.id], now, timeZone)).get(ADA.id);

/** Closes Ada's chat and folds her recent closes into her history. */
async function closeFolding(stored: Awaited<ReturnType<typeof open>>, before: Agent, now: Instant) {
  const after = released(before, stored.chat, now);
  const folded = fold(await past(), after.recentCloses, now);
  return saveChange(table, { before: stored, after: close(stored.chat, 'closed-by-agent', now) }, [
    { before, after: { ...after, recentCloses: [] }, past: folded },
  ]);
}

export function closing(): void {
  test('without a history reads as none', async () => {
    await put(ADA);
    expect(await past()).toEqual(NO_PAST);
    expect(await tally(NOW)).toEqual({ closedToday: 0, closedIn30Days: 0 });
  });

  test('moves the recent ones into the history in the same write as the close, none lost, none doubled', async () => {
    await put(agent({ id: 'ada', recentCloses: RECENT }));
    const stored = await open(1);
    const before = await ada();
    const counted = await tally(later(0));
    expect(counted).toEqual({ closedToday: 2, closedIn30Days: 3 });
    expect(await closeFolding(stored, before, NOW)).toEqual(isCommitted);
    expect(await ada()).toMatchObject({ recentCloses: [], openChats: 0, load: 0, lastClosedAt: NOW });
    expect(await tally(NOW)).toEqual({ closedToday: 3, closedIn30Days: 4 });
    const closed: PastCloses = fold(NO_PAST, [...RECENT, closeOf(at('15:00'), NOW)], NOW);
    expect(await past()).toEqual(closed);
  });

  test('that loses its race moves nothing', async () => {
    await put(agent({ id: 'ada', recentCloses: RECENT }));
    const stored = await open(1);
    const before = await ada();
    await saveAgent(table, ACME, { ...before, status: 'busy', version: before.version + 1 }, before.version);
    expect((await closeFolding(stored, before, NOW)).outcome).toBe('refused');
    expect([await past(), (await ada()).recentCloses]).toEqual([NO_PAST, RECENT]);
  });

  test('of two chats at once, both folding: one does, and no close is counted twice', async () => {
    await put(agent({ id: 'ada', recentCloses: RECENT }));
    const [one, two] = [await open(1), await open(2)];
    const before = await ada();
    const both = await Promise.all([closeFolding(one, before, NOW), closeFolding(two, before, NOW)]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['committed', 'refused']);
    expect(await tally(NOW)).toEqual({ closedToday: 3, closedIn30Days: 4 });
  });

  test('is counted by the days of the zone that is asked for, recent and past alike', async () => {
    // 23:30 UTC on the day before is today in Berlin.
    const night = closeAt(at('00:00') - DAY_MS / 48);
    const kinds: readonly (readonly [Agent['recentCloses'], PastCloses])[] = [
      [[night], NO_PAST],
      [[], fold(NO_PAST, [night], NOW)],
    ];
    for (const [recent, history] of kinds) {
      expect(tallyOf(recent, history, NOW, 'UTC').closedToday).toBe(0);
      expect(tallyOf(recent, history, NOW, 'Europe/Berlin').closedToday).toBe(1);
    }
    await put(agent({ id: 'ada', recentCloses: [night] }));
    expect([(await tally(NOW))?.closedToday, (await tally(NOW, 'Europe/Berlin'))?.closedToday]).toEqual([
      0, 1,
    ]);
  });

  test('is read for those who are there, and goes with the agent', async () => {
    await put(agent({ id: 'ada', recentCloses: RECENT }), agent({ id: 'bo' }));
    await closeFolding(await open(1), await ada(), NOW);
    const found = await readTallies(table, ACME, ['ada', 'gone', 'bo'].map(agentId), NOW, 'UTC');
    expect([...found.keys()].sort()).toEqual(['ada', 'bo']);
    expect(await removeAgent(table, ACME, await ada())).toEqual(isCommitted);
    expect(await past()).toEqual(NO_PAST);
  });
}
