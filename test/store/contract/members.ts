import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import type { Agent } from '../../../domain/agent.ts';
import type { Group } from '../../../domain/group.ts';
import { readAgent, readMembers, removeAgent, saveCard } from '../../../functions/store/agents.ts';
import { commit } from '../../../functions/store/commit.ts';
import { readGroup, readGroupsById, requireGroup, saveGroup } from '../../../functions/store/groups.ts';
import { memberKey } from '../../../functions/store/keys.ts';
import { chanceOf } from '../../support/chance.ts';
import { agent, agentId, LINE_1, LINE_2, LINE_3 } from '../../support/domain.ts';
import { membersAgree } from '../../support/invariants.ts';
import { standingOf } from '../../support/standing.ts';
import { ACME, engine, isCommitted, storedGroup, table } from './fixtures.ts';

const LINES = [LINE_1, LINE_2, LINE_3];

export async function addGroups(...groups: readonly Group[]): Promise<void> {
  for (const one of groups) {
    expect(await saveGroup(table, ACME, storedGroup(one), null, null)).toEqual(isCommitted);
  }
}

/** Saves the agent's card with these groups, as they are now. Null = it is in none and new. */
export async function joinOnly(id: string, groups: readonly Group[]): Promise<string> {
  const before = await readAgent(table, ACME, agentId(id));
  const ids = groups.map(group => group.id);
  const after: Agent = {
    ...(before ?? agent({ id })),
    groups: ids,
    version: (before?.version ?? 0) + 1,
  };
  const stored = await readGroupsById(table, ACME, ids);
  const seen = before?.version ?? null;
  const { outcome } = await saveCard(table, ACME, after, seen, stored, before?.groups ?? []);
  return outcome;
}

const disagreements = async () => membersAgree(standingOf(await engine.allRows(table)));
const membersOf = async (group: Group) =>
  (await readMembers(table, ACME, group.id)).map(member => member.id).sort();
const countOf = async (group: Group) => (await readGroup(table, ACME, group.id))?.members;

export function members(): void {
  test('join and leave with the card, row and count in the same write', async () => {
    await addGroups(...LINES);
    expect(await joinOnly('ada', [LINE_1, LINE_2])).toBe('committed');
    expect(await joinOnly('bo', [LINE_2])).toBe('committed');
    expect([await membersOf(LINE_1), await membersOf(LINE_2)]).toEqual([['ada'], ['ada', 'bo']]);
    expect(await joinOnly('ada', [LINE_2, LINE_3])).toBe('committed');
    expect([await countOf(LINE_1), await countOf(LINE_2), await countOf(LINE_3)]).toEqual([0, 2, 1]);
    expect(await disagreements()).toEqual([]);
    // Neither is a change of the group that an operator would have to read anew.
    expect(
      (
        await readGroupsById(
          table,
          ACME,
          LINES.map(({ id }) => id),
        )
      ).map(one => one.version),
    ).toEqual([1, 1, 1]);
  });

  test('leave with the agent that is removed', async () => {
    await addGroups(...LINES);
    await joinOnly('ada', LINES);
    await joinOnly('bo', [LINE_1]);
    const ada = (await readAgent(table, ACME, agentId('ada'))) as Agent;
    expect(await removeAgent(table, ACME, ada)).toEqual(isCommitted);
    expect(await membersOf(LINE_1)).toEqual(['bo']);
    expect(await disagreements()).toEqual([]);
  });

  test('and a card that loses its race change nothing about each other', async () => {
    await addGroups(LINE_1);
    await joinOnly('ada', [LINE_1]);
    const stale = agent({ id: 'ada', groups: [] });
    expect((await saveCard(table, ACME, stale, 9, [], [LINE_1.id])).outcome).toBe('refused');
    expect([await membersOf(LINE_1), await countOf(LINE_1)]).toEqual([['ada'], 1]);
  });

  test('and the counts agree after agents join and leave at random, several at once', async () => {
    const { some } = chanceOf(7);
    await addGroups(...LINES);
    const team = ['ada', 'bo', 'cy', 'di', 'ed', 'fy'];
    for (let wave = 0; wave < 8; wave += 1) {
      await Promise.all([...some(team), ...some(team)].map(id => joinOnly(id, some(LINES))));
      expect({ wave, found: await disagreements() }).toEqual({ wave, found: [] });
    }
  });

  test('are read whole, however many calls that takes, and no others', async () => {
    await addGroups(LINE_1, LINE_2);
    const ids = Array.from({ length: 120 }, (_, index) => `agent-${String(index).padStart(3, '0')}`);
    await Promise.all(ids.map(id => joinOnly(id, [LINE_1])));
    await joinOnly('other', [LINE_2]);
    expect(await membersOf(LINE_1)).toEqual(ids);
    expect(await membersOf(LINE_3)).toEqual([]);
  });

  test('that left, or are gone, are not read where their row says otherwise', async () => {
    await addGroups(LINE_1);
    await joinOnly('ada', []);
    for (const id of ['ada', 'gone']) {
      const Item = memberKey(ACME, LINE_1.id, agentId(id));
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    }
    expect(await membersOf(LINE_1)).toEqual([]);
  });

  const needLine1 = () => commit(table, [requireGroup(table, ACME, LINE_1.id, true)], () => false);

  test('of a group that is needed: the last one stays', async () => {
    await addGroups(LINE_1, LINE_2);
    await joinOnly('ada', [LINE_1]);
    expect(await needLine1()).toEqual(isCommitted);
    expect(await joinOnly('ada', [LINE_2])).toBe('refused');
    const ada = (await readAgent(table, ACME, agentId('ada'))) as Agent;
    expect((await removeAgent(table, ACME, ada)).outcome).toBe('refused');
    expect([await membersOf(LINE_1), await membersOf(LINE_2)]).toEqual([['ada'], []]);
    await joinOnly('bo', [LINE_1]);
    expect(await joinOnly('ada', [LINE_2])).toBe('committed');
    expect(await disagreements()).toEqual([]);
  });

  test.each([
    ['leave', (id: string) => joinOnly(id, [])],
    [
      'are removed',
      async (id: string) => {
        const one = (await readAgent(table, ACME, agentId(id))) as Agent;
        return (await removeAgent(table, ACME, one)).outcome;
      },
    ],
  ])('of a group that is needed: of the last two that %s at once, one stays', async (_, go) => {
    await addGroups(LINE_1);
    for (const id of ['ada', 'bo']) await joinOnly(id, [LINE_1]);
    expect(await needLine1()).toEqual(isCommitted);
    expect((await Promise.all([go('ada'), go('bo')])).sort()).toEqual(['committed', 'refused']);
    expect([(await membersOf(LINE_1)).length, await countOf(LINE_1)]).toEqual([1, 1]);
    expect(await disagreements()).toEqual([]);
  });

  test('there must be one, of a group that is there to stay, before it can be needed', async () => {
    expect((await needLine1()).outcome).toBe('refused');
    await addGroups(LINE_1);
    expect((await needLine1()).outcome).toBe('refused');
    await joinOnly('ada', [LINE_1]);
    await joinOnly('ada', []);
    expect((await needLine1()).outcome).toBe('refused');
    await joinOnly('ada', [LINE_1]);
    await saveGroup(table, ACME, storedGroup({ version: 2, spreading: 'removal' }), 1, null);
    expect((await needLine1()).outcome).toBe('refused');
    // A queue position on its way to the members is no hindrance.
    await saveGroup(table, ACME, storedGroup({ version: 3, spreading: 'position' }), 2, null);
    expect(await needLine1()).toEqual(isCommitted);
  });

  test('of the last one that leaves and the need for the group, at once, one is refused', async () => {
    await addGroups(LINE_1);
    await joinOnly('ada', [LINE_1]);
    const [left, needed] = await Promise.all([joinOnly('ada', []), needLine1()]);
    expect([left, needed.outcome].sort()).toEqual(['committed', 'refused']);
    const found = await readGroup(table, ACME, LINE_1.id);
    expect(found?.required).toBe(found?.members === 1);
  });

  test('join no group that is being removed, and a needed one is not removed', async () => {
    await addGroups(LINE_1, LINE_2);
    await joinOnly('ada', [LINE_1]);
    const leaving = storedGroup({ ...LINE_2, version: 2, spreading: 'removal' });
    const seen = await readGroupsById(table, ACME, [LINE_2.id]);
    expect(await saveGroup(table, ACME, leaving, 1, null)).toEqual(isCommitted);
    const bo = agent({ id: 'bo', groups: [LINE_2] });
    expect((await saveCard(table, ACME, bo, null, seen, [])).outcome).toBe('refused');
    await needLine1();
    const removal = storedGroup({ version: 2, spreading: 'removal' });
    expect((await saveGroup(table, ACME, removal, 1, null)).outcome).toBe('refused');
  });
}
