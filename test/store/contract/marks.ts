import { expect, test } from '@jest/globals';
import type { GroupId, ProjectId } from '../../../domain/brands.ts';
import type { Project } from '../../../domain/project.ts';
import type { Settings } from '../../../domain/settings.ts';
import { readGroup, type StoredGroup, saveGroup } from '../../../functions/store/groups.ts';
import { readProject, saveProject, saveSettings } from '../../../functions/store/projects.ts';
import { LINE_1, LINE_2 } from '../../support/domain.ts';
import { ACME, isCommitted, PROJECT, storedGroup, table } from './fixtures.ts';
import { addGroups, joinOnly } from './members.ts';

const BY_GROUP: Settings = { ...PROJECT.settings, newVisitors: { policy: 'group', onNobody: null } };

async function theProject(): Promise<Project> {
  const found = await readProject(table, ACME);
  if (found === null) throw new Error('the project is not there');
  return found;
}

const primaryOf = async () => (await theProject()).primaryGroupId;
const groupNow = async (id: GroupId) => (await readGroup(table, ACME, id)) as StoredGroup;

/** Writes the group in its next version, with the mark going to `to`. */
async function move(own: GroupId, to: GroupId | null, isNeeded = false, project?: Project) {
  const group = await groupNow(own);
  const after = { ...group, version: group.version + 1 };
  const mark = { project: project ?? (await theProject()), to, isNeeded };
  return saveGroup(table, ACME, after, group.version, mark);
}

async function openTwoLines(): Promise<void> {
  await saveProject(table, PROJECT, null);
  await addGroups(LINE_1, LINE_2);
}

export function marks(): void {
  test('of the primary group moves with the group, or not at all', async () => {
    await openTwoLines();
    expect(await move(LINE_1.id, LINE_1.id)).toEqual(isCommitted);
    expect([await primaryOf(), (await theProject()).version]).toEqual([LINE_1.id, 2]);
    const stale = storedGroup({ version: 9 });
    const unmark = { project: await theProject(), to: null, isNeeded: false };
    expect((await saveGroup(table, ACME, stale, 8, unmark)).outcome).toBe('refused');
    expect(await primaryOf()).toBe(LINE_1.id);
    expect(await move(LINE_1.id, null)).toEqual(isCommitted);
    expect([await primaryOf(), (await theProject()).version]).toEqual([null, 3]);
    const mark = { project: PROJECT, to: LINE_1.id, isNeeded: false };
    const elsewhere = 'elsewhere' as ProjectId;
    expect((await saveGroup(table, elsewhere, storedGroup(), null, mark)).outcome).toBe('refused');
  });

  test('and with it the group, are refused where the project changed since it was read', async () => {
    await openTwoLines();
    await saveProject(table, { ...PROJECT, version: 2 }, 1);
    expect((await move(LINE_1.id, LINE_1.id, false, PROJECT)).outcome).toBe('refused');
    expect([await primaryOf(), (await groupNow(LINE_1.id)).version]).toEqual([null, 1]);
  });

  test('that is needed moves to a group with a member in one write: the one is needed, the other no longer', async () => {
    await openTwoLines();
    await joinOnly('ada', [LINE_1]);
    expect(await move(LINE_1.id, LINE_1.id, true)).toEqual(isCommitted);
    expect((await groupNow(LINE_1.id)).required).toBe(true);
    expect((await move(LINE_2.id, LINE_2.id, true)).outcome).toBe('refused');
    expect([await primaryOf(), (await groupNow(LINE_1.id)).required]).toEqual([LINE_1.id, true]);
    await joinOnly('bo', [LINE_2]);
    expect(await move(LINE_2.id, LINE_2.id, true)).toEqual(isCommitted);
    expect([(await groupNow(LINE_1.id)).required, (await groupNow(LINE_2.id)).required]).toEqual([
      false,
      true,
    ]);
    expect(await primaryOf()).toBe(LINE_2.id);
    // What the mark left may be emptied again, where it went may not.
    expect([await joinOnly('ada', []), await joinOnly('bo', [])]).toEqual(['committed', 'refused']);
  });

  test('of two that move it at once, one does, and only where the mark went is needed', async () => {
    await openTwoLines();
    for (const [id, group] of [
      ['ada', LINE_1],
      ['bo', LINE_2],
    ] as const)
      await joinOnly(id, [group]);
    const seen = await theProject();
    const both = await Promise.all([
      move(LINE_1.id, LINE_1.id, true, seen),
      move(LINE_2.id, LINE_2.id, true, seen),
    ]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['committed', 'refused']);
    const needed = [await groupNow(LINE_1.id), await groupNow(LINE_2.id)].filter(group => group.required);
    expect(needed.map(group => group.id)).toEqual([await primaryOf()]);
  });

  const switchTo = async (settings: Settings, needsPrimary: boolean, seen?: Project) => {
    const project = seen ?? (await theProject());
    const after = {
      ...project,
      settings,
      settingsVersion: project.settingsVersion + 1,
      version: project.version + 1,
    };
    return (await saveSettings(table, after, project.version, needsPrimary)).outcome;
  };

  test('that the settings begin or cease to need says so in the same write, or nothing is switched', async () => {
    await openTwoLines();
    await move(LINE_1.id, LINE_1.id);
    expect(await switchTo(BY_GROUP, true)).toBe('refused');
    expect(await theProject()).toMatchObject({ settingsVersion: 1, settings: PROJECT.settings });
    await joinOnly('ada', [LINE_1]);
    expect(await switchTo(BY_GROUP, true)).toBe('committed');
    expect([(await theProject()).settings, (await groupNow(LINE_1.id)).required]).toEqual([BY_GROUP, true]);
    expect(await joinOnly('ada', [])).toBe('refused');
    expect(await switchTo(PROJECT.settings, false)).toBe('committed');
    expect((await groupNow(LINE_1.id)).required).toBe(false);
    expect(await joinOnly('ada', [])).toBe('committed');
  });

  test('of the settings that need it and the last member that leaves, at once, one is refused', async () => {
    await openTwoLines();
    await joinOnly('ada', [LINE_1]);
    await move(LINE_1.id, LINE_1.id);
    const both = await Promise.all([switchTo(BY_GROUP, true), joinOnly('ada', [])]);
    expect(both.sort()).toEqual(['committed', 'refused']);
    const { members, required } = await groupNow(LINE_1.id);
    expect(required).toBe(members === 1);
  });

  test('of the settings and a move of the mark, at once, one is refused', async () => {
    await openTwoLines();
    for (const [id, group] of [
      ['ada', LINE_1],
      ['bo', LINE_2],
    ] as const)
      await joinOnly(id, [group]);
    await move(LINE_1.id, LINE_1.id);
    const project = await theProject();
    const both = await Promise.all([
      switchTo(BY_GROUP, true, project),
      move(LINE_2.id, LINE_2.id, false, project).then(({ outcome }) => outcome),
    ]);
    expect(both.sort()).toEqual(['committed', 'refused']);
    const needed = [await groupNow(LINE_1.id), await groupNow(LINE_2.id)].filter(group => group.required);
    const isSwitched = (await theProject()).settings.newVisitors.policy === 'group';
    expect(needed.map(group => group.id)).toEqual(isSwitched ? [LINE_1.id] : []);
  });
}
