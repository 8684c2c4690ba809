import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Agent, canTakeSomething } from '../../../domain/agent.ts';
import type { ProjectId } from '../../../domain/brands.ts';
import type { Cursor } from '../../../domain/ranking.ts';
import { readAgent, readTurns, saveAgent, saveCard, type Turn } from '../../../functions/store/agents.ts';
import { readCursor } from '../../../functions/store/cursor.ts';
import { giveOut } from '../../../functions/store/give-out.ts';
import { readLine } from '../../../functions/store/line.ts';
import { claimNew, lostTheAgent } from '../../../functions/store/start.ts';
import { agent, agentId, assignment, NOW } from '../../support/domain.ts';
import {
  ACME,
  ADA,
  ada,
  chatAt,
  claimed,
  DECISION,
  isCommitted,
  join,
  put,
  storedAs,
  table,
} from './fixtures.ts';

const BO = agent({ id: 'bo', memberOrder: 2 });
const TO_ADA = { memberOrder: 1, agentId: ADA.id };
const TO_BO = { memberOrder: 2, agentId: BO.id };

/** Everybody that is read from this cursor, so many at a time. */
async function turnsFrom(cursor: Cursor, limit: number, project = ACME): Promise<string[]> {
  const ids: string[] = [];
  for (let from: Turn | null = null; ; ) {
    const page: Awaited<ReturnType<typeof readTurns>> = await readTurns(table, project, cursor, limit, from);
    ids.push(...page.candidates.map(one => one.id));
    from = page.next;
    if (from === null) return ids;
  }
}

async function claim(number: number, to: Agent, cursor: Cursor) {
  const seen = await readCursor(table, ACME);
  const stored = storedAs(claimed(number, 1, to.id), DECISION);
  return { seen, go: () => claimNew(table, stored, to, { seen, to: cursor }, []) };
}

export function rotation(): void {
  test('goes from the one behind the cursor around to it, whatever the cursor and the page', async () => {
    const any = fc.record({
      id: fc.constantFrom('a', 'a-1', 'a1', 'a_1', 'b', 'c', 'z', '1', '10', '2'),
      memberOrder: fc.constantFrom(0, 1, 2, 9, 10, 999_999, 1_000_000),
      status: fc.constantFrom('online' as const, 'online' as const, 'busy' as const),
    });
    const teams = fc.uniqueArray(any, { selector: one => one.id, minLength: 1, maxLength: 8 });
    const gone = { memberOrder: 5, agentId: agentId('gone') };
    let projects = 0;
    await fc.assert(
      fc.asyncProperty(teams, fc.integer({ min: 1, max: 4 }), async (given, limit) => {
        projects += 1;
        const own = `project-${projects}` as ProjectId;
        const team = given.map(one => agent(one));
        await Promise.all(team.map(one => saveCard(table, own, one, null, [], [])));
        const inOrder = team
          .sort((a, b) => a.memberOrder - b.memberOrder || (a.id < b.id ? -1 : 1))
          .map(one => ({
            place: { memberOrder: one.memberOrder, agentId: one.id },
            isFree: canTakeSomething(one),
          }));
        const isBehind = (one: NonNullable<Cursor>, cursor: NonNullable<Cursor>) =>
          one.memberOrder > cursor.memberOrder ||
          (one.memberOrder === cursor.memberOrder && one.agentId > cursor.agentId);
        for (const cursor of [null, gone, ...inOrder.map(one => one.place)]) {
          const behind = inOrder.filter(({ place }) => cursor === null || isBehind(place, cursor));
          const around = [...behind, ...inOrder.filter(one => !behind.includes(one))];
          const expected = around.filter(one => one.isFree).map(({ place }) => place.agentId);
          expect({ cursor, ids: await turnsFrom(cursor, limit, own) }).toEqual({ cursor, ids: expected });
        }
      }),
      { numRuns: 10 },
    );
  });

  test('reads whole agents, as they are now', async () => {
    const one = agent({ id: 'ada', lastClosed: '15:05', groups: [] });
    await put(one, BO);
    const { candidates } = await readTurns(table, ACME, TO_BO, 1, null);
    expect(candidates).toEqual([]);
    expect((await readTurns(table, ACME, null, 1, null)).candidates).toEqual([one]);
  });

  test('of nobody is nobody', async () => {
    expect([await turnsFrom(null, 2), await turnsFrom(TO_ADA, 2)]).toEqual([[], []]);
    await put(agent({ id: 'ada', status: 'offline' }));
    expect([await turnsFrom(null, 2), await turnsFrom(TO_ADA, 2)]).toEqual([[], []]);
  });

  test('loses an agent that is full and has it again when it is not', async () => {
    await put(agent({ id: 'ada', maxLoad: 1 }), BO);
    await claimNew(table, storedAs(claimed(1), DECISION), await ada(), null, []);
    expect(await turnsFrom(null, 5)).toEqual(['bo']);
    const full = await ada();
    await saveAgent(
      table,
      ACME,
      { ...full, maxLoad: 2, vacancy: 1, version: full.version + 1 },
      full.version,
    );
    expect(await turnsFrom(null, 5)).toEqual(['ada', 'bo']);
  });

  test('has not begun until a claim moves it, and then stands where that says', async () => {
    await put(ADA, BO);
    expect(await readCursor(table, ACME)).toEqual({ cursor: null, version: 0 });
    expect(await (await claim(1, ADA, TO_ADA)).go()).toEqual(isCommitted);
    expect(await readCursor(table, ACME)).toEqual({ cursor: TO_ADA, version: 1 });
    expect(await (await claim(2, BO, TO_BO)).go()).toEqual(isCommitted);
    expect(await readCursor(table, ACME)).toEqual({ cursor: TO_BO, version: 2 });
    expect(await readCursor(table, 'acme-2' as ProjectId)).toEqual({ cursor: null, version: 0 });
  });

  test('moves with the claim only: one that is lost leaves it where it was', async () => {
    await put(ADA, BO);
    await (await claim(1, ADA, TO_ADA)).go();
    const stale = await claim(2, { ...BO, version: 9 }, TO_BO);
    const lost = await stale.go();
    expect(lost.outcome === 'refused' && lostTheAgent(lost.refusals, { seen: stale.seen, to: TO_BO })).toBe(
      true,
    );
    expect(await readCursor(table, ACME)).toEqual({ cursor: TO_ADA, version: 1 });
  });

  test.each([
    ['before its first turn', []],
    ['in the middle', [ADA]],
  ])(
    'of two claims that read the same cursor %s one wins, and the other lost the turn',
    async (_, before) => {
      await put(ADA, BO, agent({ id: 'cy', memberOrder: 3 }));
      for (const one of before) await (await claim(9, one, TO_ADA)).go();
      const cy = (await readAgent(table, ACME, agentId('cy'))) as Agent;
      // To different agents: only the cursor tells them apart.
      const both = [await claim(1, BO, TO_BO), await claim(2, cy, { memberOrder: 3, agentId: cy.id })];
      const results = await Promise.all(both.map(({ go }) => go()));
      expect(results.map(({ outcome }) => outcome).sort()).toEqual(['committed', 'refused']);
      const refused = results.find(result => result.outcome === 'refused');
      const move = { seen: both[0]?.seen ?? { cursor: null, version: 0 }, to: TO_BO };
      expect(refused?.outcome === 'refused' && lostTheAgent(refused.refusals, move)).toBe(true);
      const counts = await Promise.all([BO, cy].map(({ id }) => readAgent(table, ACME, id)));
      expect(counts.map(one => one?.openChats).sort()).toEqual([0, 1]);
      expect((await readCursor(table, ACME)).version).toBe(before.length + 1);
    },
  );

  test('moves with what is given out of the line, or nothing is', async () => {
    await put(ADA, BO);
    await join(1);
    const [place] = (await readLine(table, ACME, 5)).places;
    if (place === undefined) throw new Error('it is in the line');
    const lot = {
      agent: ADA,
      handouts: [
        { place, groupId: null, weight: 1, assignment: assignment({ at: NOW }), decision: DECISION },
      ],
    };
    const seen = await readCursor(table, ACME);
    await (await claim(2, BO, TO_BO)).go();
    expect((await giveOut(table, ACME, [lot], { seen, to: TO_ADA })).outcome).toBe('refused');
    expect([(await ada()).openChats, (await readLine(table, ACME, 5)).places.length]).toEqual([0, 1]);
    const now = await readCursor(table, ACME);
    expect(await giveOut(table, ACME, [lot], { seen: now, to: TO_ADA })).toEqual(isCommitted);
    expect(await readCursor(table, ACME)).toEqual({ cursor: TO_ADA, version: 2 });
    expect((await ada()).chatIds).toEqual([chatAt(1)]);
  });
}
