import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Agent } from '../../../domain/agent.ts';
import { canTakeSomething, vacancyOf } from '../../../domain/agent.ts';
import type { ProjectId } from '../../../domain/brands.ts';
import { released } from '../../../domain/load.ts';
import { rankingOf } from '../../../domain/policies.ts';
import { comesBefore } from '../../../domain/ranking.ts';
import { close } from '../../../domain/verbs/close.ts';
import { readRank, saveCard } from '../../../functions/store/agents.ts';
import { saveChange } from '../../../functions/store/changes.ts';
import { laneEnd } from '../../../functions/store/rank-key.ts';
import { agent, agentId, NOW } from '../../support/domain.ts';

import { ACME, ada, later, open, put, table } from './fixtures.ts';

const anyAgent: fc.Arbitrary<Agent> = fc
  .record({
    id: fc.constantFrom('a', 'a-1', 'a1', 'a10', 'a2', 'a_1', 'b', 'z', '1', '10', '2', '9'),
    active: fc.nat(7).map(roll => roll > 0),
    status: fc.constantFrom('online', 'online', 'online', 'busy', 'rest', 'offline'),
    queuePosition: fc.constantFrom(0, 1, 2, 10, 99_999, 999_999),
    openChats: fc.constantFrom(0, 1, 2, 9, 10, 100),
    maxLoad: fc.constantFrom(null, 0, 1, 5, 100_000),
    load: fc.constantFrom(0, 1, 4, 5),
    lastClosedAt: fc.constantFrom(null, 1, 999, 1_000, NOW, later(1)),
  })
  .map(
    given =>
      ({
        ...agent({ id: given.id }),
        ...given,
        id: agentId(given.id),
        vacancy: vacancyOf(given.maxLoad, given.load),
      }) as Agent,
  );

export function ranks(): void {
  test('holds those who can take something, in the order in which the domain ranks them', async () => {
    let projects = 0;
    const teams = fc.uniqueArray(anyAgent, { selector: one => one.id, minLength: 4, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(teams, async team => {
        projects += 1;
        const own = `project-${projects}` as ProjectId;
        await Promise.all(team.map(one => saveCard(table, own, one, null, [], [])));
        const ranking = rankingOf('queue-position');
        const byDomain = team
          .filter(canTakeSomething)
          .sort((a, b) => (comesBefore(ranking, a, b, null) ? -1 : 1));
        const { candidates, last } = await readRank(table, own);
        expect(candidates.map(one => one.id)).toEqual(byDomain.map(one => one.id));
        expect(last).toBeNull();
        for (const [index, one] of candidates.entries()) expect(byDomain[index]).toMatchObject(one);
      }),
      { numRuns: 10 },
    );
  });

  test('is read lane by lane: each queue position by itself, in its order, whatever the page', async () => {
    let projects = 0;
    const teams = fc.uniqueArray(anyAgent, { selector: one => one.id, minLength: 4, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(teams, fc.integer({ min: 1, max: 4 }), async (team, limit) => {
        projects += 1;
        const own = `lanes-${projects}` as ProjectId;
        await Promise.all(team.map(one => saveCard(table, own, one, null, [], [])));
        const { candidates: all } = await readRank(table, own);
        let before: string | undefined;
        for (const position of [0, 1, 2, 10, 99_999, 999_999]) {
          const ids: string[] = [];
          for (let after = before; ; ) {
            const page = await readRank(table, own, limit, after, laneEnd(position));
            ids.push(...page.candidates.map(one => one.id));
            if (page.last === null) break;
            after = page.last;
          }
          const lane = all.filter(one => one.queuePosition === position).map(one => one.id);
          expect({ position, ids }).toEqual({ position, ids: lane });
          before = laneEnd(position);
        }
      }),
      { numRuns: 8 },
    );
  });

  test('is read page by page', async () => {
    await put(...['c', 'a', 'b'].map(id => agent({ id })));
    const first = await readRank(table, ACME, 2);
    expect(first.candidates.map(one => one.id)).toEqual(['a', 'b']);
    const second = await readRank(table, ACME, 2, first.last ?? undefined);
    expect(second).toMatchObject({ candidates: [{ id: 'c' }], last: null });
  });

  test('loses an agent that is full, and has it again when a chat closes', async () => {
    await put(agent({ id: 'ada', maxLoad: 1 }));
    const stored = await open();
    expect((await readRank(table, ACME)).candidates).toEqual([]);
    const before = await ada();
    const after = close(stored.chat, 'closed-by-agent', later(1));
    await saveChange(table, { before: stored, after }, [
      { before, after: released(before, stored.chat, later(1)) },
    ]);
    expect((await readRank(table, ACME)).candidates).toMatchObject([
      { id: 'ada', openChats: 0, lastClosedAt: later(1) },
    ]);
  });
}
