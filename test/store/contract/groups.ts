import { expect, test } from '@jest/globals';
import { saveCard } from '../../../functions/store/agents.ts';
import {
  finishSpreading,
  listGroups,
  readGroup,
  readGroups,
  readGroupsById,
  saveGroup,
} from '../../../functions/store/groups.ts';
import { saveProject } from '../../../functions/store/projects.ts';
import { agent, group, LINE_1 } from '../../support/domain.ts';

import { ACME, isCommitted, PROJECT, storedGroup, table } from './fixtures.ts';
export function groups(): void {
  test.each([null, 'position', 'removal'] as const)(
    'one that is spreading %s is read as it was written',
    async spreading => {
      expect(await saveGroup(table, ACME, storedGroup({ spreading }), null, null)).toEqual(isCommitted);
      expect(await readGroup(table, ACME, LINE_1.id)).toEqual(storedGroup({ spreading }));
      expect(await readGroups(table, ACME)).toEqual([storedGroup({ spreading })]);
    },
  );

  test('are listed by id, page by page, and found by their ids', async () => {
    for (const id of ['c', 'a', 'b'])
      await saveGroup(table, ACME, storedGroup({ id: group(id, 1).id }), null, null);
    const first = await listGroups(table, ACME, 2);
    expect([first.groups.map(one => one.id), first.more]).toEqual([['a', 'b'], true]);
    expect((await listGroups(table, ACME, 2, 'b')).groups.map(one => one.id)).toEqual(['c']);
    const ids = ['c', 'gone', 'a'].map(id => group(id, 1).id);
    expect((await readGroupsById(table, ACME, ids)).map(one => one.id)).toEqual(['c', 'a']);
    expect(await readGroupsById(table, ACME, [])).toEqual([]);
  });

  test('of two who change one at once, one is told', async () => {
    await saveGroup(table, ACME, storedGroup(), null, null);
    const change = (queuePosition: number) =>
      saveGroup(table, ACME, storedGroup({ version: 2, queuePosition }), 1, null);
    expect((await Promise.all([change(5), change(6)])).map(saved => saved.outcome).sort()).toEqual([
      'committed',
      'refused',
    ]);
  });

  test('one that is changed keeps its members, and what it is needed for', async () => {
    await saveProject(table, PROJECT, null);
    await saveGroup(table, ACME, storedGroup(), null, null);
    const member = agent({ id: 'ada', groups: [LINE_1] });
    expect(await saveCard(table, ACME, member, null, [storedGroup()], [])).toEqual(isCommitted);
    const move = { project: PROJECT, to: LINE_1.id, isNeeded: true };
    expect(await saveGroup(table, ACME, storedGroup({ version: 2 }), 1, move)).toEqual(isCommitted);
    const changed = storedGroup({ version: 3, name: 'New', queuePosition: 7, spreading: 'position' });
    expect(await saveGroup(table, ACME, changed, 2, null)).toEqual(isCommitted);
    const kept = { ...changed, members: 1, required: true };
    expect(await readGroup(table, ACME, LINE_1.id)).toEqual(kept);
    await finishSpreading(table, ACME, kept);
    expect(await readGroup(table, ACME, LINE_1.id)).toEqual({ ...kept, spreading: null });
  });

  test('spreading ends with the mark off or the group gone, unless it changed again', async () => {
    const moved = storedGroup({ spreading: 'position', version: 2 });
    await saveGroup(table, ACME, moved, null, null);
    await finishSpreading(table, ACME, { ...moved, version: 1 });
    expect(await readGroup(table, ACME, LINE_1.id)).toEqual(moved);
    await finishSpreading(table, ACME, moved);
    expect(await readGroup(table, ACME, LINE_1.id)).toEqual({ ...moved, spreading: null });
    const leaving = storedGroup({ spreading: 'removal', version: 3 });
    await saveGroup(table, ACME, leaving, 2, null);
    await finishSpreading(table, ACME, { ...leaving, version: 2 });
    expect(await readGroup(table, ACME, LINE_1.id)).toEqual(leaving);
    await finishSpreading(table, ACME, leaving);
    expect(await readGroup(table, ACME, LINE_1.id)).toBeNull();
  });
}
