import { expect, test } from '@jest/globals';
import type { Agent } from '../../../domain/agent.ts';
import type { ProjectId } from '../../../domain/brands.ts';
import { closeOf } from '../../../domain/closes.ts';
import type { Schedule } from '../../../domain/schedule.ts';
import {
  listAgents,
  readAgent,
  readTeam,
  removeAgent,
  saveAgent,
  saveCard,
} from '../../../functions/store/agents.ts';
import { saveGroup } from '../../../functions/store/groups.ts';
import { agent, agentId, at, group, LINE_1, LINE_2 } from '../../support/domain.ts';

import { ACME, ADA, ada, chatAt, isCommitted, open, put, storedGroup, table } from './fixtures.ts';

const NIGHTS: Schedule = {
  timeZone: 'Europe/Berlin',
  hours: [
    { days: ['mon', 'sun'], from: '22:00', to: '06:00' },
    { days: ['tue'], from: '00:00', to: '24:00' },
  ],
};
const CLOSES = [closeOf(at('15:00'), at('15:30')), closeOf(at('09:00'), at('15:30'))];

export function agents(): void {
  test.each<[string, Agent]>([
    ['on all channels', agent({ channels: null })],
    ['on no channel', agent({ channels: [] })],
    ['on some channels', agent({ channels: ['web', 'mail'] })],
    ['without a limit', agent({ maxLoad: null })],
    ['with limit 0', agent({ maxLoad: 0 })],
    ['above its limit', agent({ maxLoad: 2, load: 5, chatIds: ['chat_1', 'chat_2'] })],
    ['in groups', agent({ groups: [LINE_1, LINE_2] })],
    ['that closed a chat', agent({ lastClosed: '15:05' })],
    ['with held chats and misses', agent({ heldChats: 2, missedChats: 3 })],
    ...(['busy', 'rest', 'offline'] as const).map(
      status => [`that is ${status}`, agent({ status })] as [string, Agent],
    ),
    ['with a schedule', agent({ schedule: NIGHTS, nextEdgeAt: at('22:00') })],
    ['with a schedule that has no edge', agent({ schedule: { ...NIGHTS, hours: [] } })],
    ['with closes', agent({ recentCloses: CLOSES })],
    ['with a share and a place in the order', agent({ receptionWeight: 3, memberOrder: 12 })],
    ['that is not active', agent({ active: false, statusReason: 'set-by-operator' })],
  ])('%s is read as it was written', async (_, one) => {
    await put(one);
    expect(await readAgent(table, ACME, one.id)).toEqual(one);
    expect(await readTeam(table, ACME)).toEqual([one]);
  });

  test('are read whole when there are many pages of them', async () => {
    await put(...['c', 'a', 'b', 'a-1', 'a_1', '1'].map(id => agent({ id })));
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await listAgents(table, ACME, 2, after);
      ids.push(...page.agents.map(one => one.id));
      after = ids.at(-1);
      if (!page.more) break;
    }
    expect(ids).toEqual(['1', 'a', 'a-1', 'a_1', 'b', 'c']);
    expect(await listAgents(table, 'elsewhere' as ProjectId, 5)).toEqual({ agents: [], more: false });
    expect(await readAgent(table, 'elsewhere' as ProjectId, agentId('a'))).toBeNull();
  });

  test('of two who read the same version, one saves and the other is told', async () => {
    await put(ADA);
    const next = { ...ADA, version: 2 };
    const both = await Promise.all(
      ['busy' as const, 'rest' as const].map(status => saveAgent(table, ACME, { ...next, status }, 1)),
    );
    expect([...both].sort()).toEqual(['stale', 'written']);
  });

  test('a card is not saved over a claim that came in between', async () => {
    await put(ADA);
    await open();
    expect((await saveCard(table, ACME, { ...ADA, name: 'New', version: 2 }, 1, [], [])).outcome).toBe(
      'refused',
    );
    expect(await saveAgent(table, ACME, { ...ADA, version: 2 }, 1)).toBe('stale');
    expect((await ada()).chatIds).toEqual([chatAt(1)]);
  });

  test('a card is not saved on a group that changed or went since it was read, and not added twice', async () => {
    const seen = storedGroup();
    await saveGroup(table, ACME, seen, null, null);
    const member = agent({ id: 'ada', groups: [LINE_1] });
    expect(await saveCard(table, ACME, member, null, [seen], [])).toEqual(isCommitted);
    expect((await saveCard(table, ACME, ADA, null, [], [])).outcome).toBe('refused');
    await saveGroup(table, ACME, { ...seen, version: 2 }, 1, null);
    const next = { ...member, version: 2 };
    expect((await saveCard(table, ACME, next, 1, [seen], next.groups)).outcome).toBe('refused');
    const gone = group('gone', 1);
    const joining = { ...next, groups: [gone.id] };
    const saved = await saveCard(table, ACME, joining, 1, [storedGroup(gone)], []);
    expect(saved.outcome).toBe('refused');
  });

  test('one is removed unless it has a chat or changed', async () => {
    await put(ADA);
    expect((await removeAgent(table, ACME, { ...ADA, version: 9 })).outcome).toBe('refused');
    await open();
    expect((await removeAgent(table, ACME, { ...ADA, version: 2 })).outcome).toBe('refused');
    const bo = agent({ id: 'bo' });
    await put(bo);
    expect(await removeAgent(table, ACME, bo)).toEqual(isCommitted);
    expect((await readTeam(table, ACME)).map(one => one.id)).toEqual([ADA.id]);
  });
}
