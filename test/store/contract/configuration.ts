import { expect, test } from '@jest/globals';
import type { ProjectId } from '../../../domain/brands.ts';
import {
  listChannels,
  readChannel,
  readChannels,
  readChannelsById,
  removeChannel,
  saveChannel,
} from '../../../functions/store/channels.ts';
import { readConfiguration, readConfigurationFor } from '../../../functions/store/configuration.ts';
import { saveGroup } from '../../../functions/store/groups.ts';
import { listProjects, readProject, saveProject } from '../../../functions/store/projects.ts';
import { takeLease } from '../../../functions/store/search-lease.ts';
import { readSystemSettings, saveSystemSettings } from '../../../functions/store/system-settings.ts';
import { channel, channelId, LINE_1, LINE_2, NOW } from '../../support/domain.ts';

import { ACME, PROJECT, storedGroup, table } from './fixtures.ts';
export function configuration(): void {
  test('a channel is read as it was written, and of two who write it one is told', async () => {
    const web = { ...channel('web', 3), version: 1 };
    expect(await saveChannel(table, ACME, web, null)).toBe('written');
    expect(await saveChannel(table, ACME, { ...web, weight: 4 }, null)).toBe('stale');
    // The same row again is a write that was sent twice.
    expect(await saveChannel(table, ACME, web, null)).toBe('written');
    expect(await readChannel(table, ACME, web.id)).toEqual(web);
    const change = (weight: number) => saveChannel(table, ACME, { ...web, weight, version: 2 }, 1);
    expect((await Promise.all([change(4), change(5)])).sort()).toEqual(['stale', 'written']);
    expect(await removeChannel(table, ACME, web.id, 1)).toBe('stale');
    expect(await removeChannel(table, ACME, web.id, 2)).toBe('written');
    expect(await readChannel(table, ACME, web.id)).toBeNull();
  });

  test('channels are listed by id, page by page, and found by their ids', async () => {
    for (const id of ['c', 'a', 'b']) await saveChannel(table, ACME, { ...channel(id), version: 1 }, null);
    const first = await listChannels(table, ACME, 2);
    expect([first.channels.map(one => one.id), first.more]).toEqual([['a', 'b'], true]);
    expect((await listChannels(table, ACME, 2, 'b')).channels.map(one => one.id)).toEqual(['c']);
    expect((await readChannels(table, ACME)).map(one => one.id)).toEqual(['a', 'b', 'c']);
    expect((await readChannelsById(table, ACME, ['b', 'gone'].map(channelId))).map(one => one.id)).toEqual([
      'b',
    ]);
  });

  test('a project is read as it was written, alone, with a channel and a group, and with all of them', async () => {
    expect(await saveProject(table, PROJECT, null)).toBe('written');
    expect(await saveProject(table, { ...PROJECT, name: 'Other' }, null)).toBe('stale');
    expect(await saveProject(table, { ...PROJECT, version: 8 }, 7)).toBe('stale');
    expect(await readProject(table, ACME)).toEqual(PROJECT);
    const web = { ...channel('web'), version: 1 };
    const nothing = { project: PROJECT, channels: [], groups: [] };
    expect(await readConfigurationFor(table, ACME, web.id, LINE_1.id)).toEqual(nothing);
    expect(await readConfiguration(table, ACME)).toEqual(nothing);
    await saveChannel(table, ACME, web, null);
    await saveChannel(table, ACME, { ...web, id: channelId('a') }, null);
    await saveGroup(table, ACME, storedGroup(), null, null);
    await saveGroup(table, ACME, storedGroup(LINE_2), null, null);
    // Neither what stands between them nor another project's is taken for one of them.
    await takeLease(table, ACME, 'somebody', NOW);
    await saveChannel(table, 'acme-2' as ProjectId, web, null);
    expect(await readConfigurationFor(table, ACME, web.id, null)).toEqual({ ...nothing, channels: [web] });
    expect(await readConfigurationFor(table, ACME, web.id, LINE_1.id)).toEqual({
      project: PROJECT,
      channels: [web],
      groups: [storedGroup()],
    });
    expect(await readConfiguration(table, ACME)).toEqual({
      project: PROJECT,
      channels: [{ ...web, id: 'a' }, web],
      groups: [storedGroup(), storedGroup(LINE_2)],
    });
    expect(await readConfiguration(table, 'acme-2' as ProjectId)).toBeNull();
    expect(await readConfigurationFor(table, 'no' as ProjectId, web.id, null)).toBeNull();
  });

  test('projects are listed by id, page by page', async () => {
    expect((await listProjects(table, 2, undefined)).projects).toEqual([]);
    for (const id of ['c', 'a', 'b']) await saveProject(table, { ...PROJECT, id: id as ProjectId }, null);
    const first = await listProjects(table, 2, undefined);
    expect(first).toMatchObject({ projects: [{ id: 'a' }, { id: 'b' }], last: 'b', more: true });
    expect(await listProjects(table, 2, 'b')).toMatchObject({ projects: [{ id: 'c' }], more: false });
  });

  test('system settings are nobody’s until they are set, and of two who set them one is told', async () => {
    expect(await readSystemSettings(table)).toEqual({
      settings: { routingFrequencySeconds: 0, routingQueueSize: 0 },
      version: 0,
    });
    const settings = { routingFrequencySeconds: 7, routingQueueSize: 3 };
    expect(await saveSystemSettings(table, settings, 0)).toBe('written');
    expect(await saveSystemSettings(table, { ...settings, routingQueueSize: 4 }, 0)).toBe('stale');
    expect(await readSystemSettings(table)).toEqual({ settings, version: 1 });
    expect(await saveSystemSettings(table, settings, 1)).toBe('written');
  });
}
