import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type Project, type World } from '../support/http.ts';

/** A group is removed under chats that wait in it: they go on in the whole team, and their record says so. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const WAITING = { newVisitors: { policy: 'group', onNobody: 'wait' } };

const TEAM = {
  groups: { main: 1, sales: 2 },
  primary: 'main',
  agents: {
    ada: { groups: ['main'], status: 'busy' },
    ben: { groups: ['sales'], status: 'busy' },
    cleo: { status: 'busy' },
  },
  settings: WAITING,
} as const;

async function remove(acme: Project, groupId: string) {
  await acme.must('deleteGroup', { params: { groupId } });
}

describe('chats that wait in a group that is removed', () => {
  test('go on in the team’s scope, which their record says, and are taken there oldest first', async () => {
    const acme = await world.project(TEAM);
    const waiting = [await acme.start('web', 'sales'), await acme.start('web', 'sales')];
    const elsewhere = await acme.start();
    expect(waiting[0]).toMatchObject({ state: 'waiting', groupId: 'sales' });
    await remove(acme, 'sales');
    for (const { id, version } of waiting) {
      expect(await acme.chat(id)).toMatchObject({ state: 'waiting', groupId: null, version: version + 1 });
      const outcomes = (await acme.decisions(id)).map(({ trigger, outcome }) => [trigger, outcome]);
      expect(outcomes).toEqual([
        ['start', 'nobody-online'],
        ['search', 'unknown-group'],
        ['search', 'nobody-online'],
      ]);
    }
    expect((await acme.lastDecision(waiting[0]?.id ?? ''))?.reading).toBe('whole-team');
    expect(await acme.chat(elsewhere.id)).toEqual(elsewhere);
    await acme.hire('cleo', { maxLoad: 1 });
    expect(await acme.holders([...waiting, elsewhere])).toEqual(['cleo', null, null]);
    expect(await acme.chat(waiting[0]?.id ?? '')).toMatchObject({ groupId: null, agentId: 'cleo' });
  });

  test('are given out in the same moment when somebody of the team is free', async () => {
    const acme = await world.project(TEAM);
    const chat = await acme.start('web', 'sales');
    await acme.hire('cleo');
    expect(await acme.holders([chat])).toEqual([null]);
    await remove(acme, 'sales');
    expect(await acme.holders([chat])).toEqual(['cleo']);
    expect((await acme.decisions(chat.id)).map(({ outcome }) => outcome)).toEqual([
      'nobody-online',
      'unknown-group',
      'assigned',
    ]);
  });

  test('are offered to the whole team where the rule offers', async () => {
    const acme = await world.project({ ...TEAM, settings: { newVisitors: { policy: 'group' } } });
    await acme.group('empty', 3);
    const chat = await acme.start('web', 'empty');
    expect(chat.state).toBe('waiting');
    await remove(acme, 'empty');
    expect(await acme.chat(chat.id)).toMatchObject({
      state: 'offered',
      groupId: null,
      offeredTo: { scope: 'team', groupId: null, agentIds: ['ada', 'ben', 'cleo'] },
    });
  });

  test('stay in the team’s scope when a group of that name is added again', async () => {
    const acme = await world.project(TEAM);
    const chat = await acme.start('web', 'sales');
    await remove(acme, 'sales');
    await acme.group('sales', 2);
    await acme.hire('cleo');
    expect(await acme.holders([chat])).toEqual(['cleo']);
    expect((await acme.start('web', 'sales')).state).toBe('waiting');
  });

  test('with automatic allocation off wait on, may be accepted, and move when it is switched on', async () => {
    const acme = await world.project({ ...TEAM, settings: { ...WAITING, automaticAllocation: false } });
    const waiting = [await acme.start('web', 'sales'), await acme.start('web', 'sales')];
    await remove(acme, 'sales');
    expect((await acme.accept('cleo', waiting[0]?.id ?? '')).status).toBe(200);
    await acme.settings(WAITING);
    await acme.setStatus('ada', 'online');
    expect(await acme.holders(waiting)).toEqual(['cleo', 'ada']);
  });

  test('wait in the team also for their visitors: the place counts those who share an agent', async () => {
    const acme = await world.project(TEAM);
    await acme.start();
    const { chat, token } = await acme.visit(undefined, { channelId: 'web', groupId: 'sales' });
    expect(chat.position).toBe(1);
    await remove(acme, 'sales');
    const { body } = await acme.must('readChat', {
      as: acme.visitor(token),
      params: { chatId: chat.id },
    });
    // The team includes those of the primary group, for whom another chat waits.
    expect(body).toMatchObject({ position: 2 });
  });
});

describe('a chat that waits in the primary group', () => {
  test('is searched in the new one as soon as the mark has moved', async () => {
    const acme = await world.project(TEAM);
    const chat = await acme.start();
    await acme.hire('ben', { groups: ['sales'] });
    expect(await acme.holders([chat])).toEqual([null]);
    await acme.group('sales', 2, true);
    expect(await acme.chat(chat.id)).toMatchObject({ state: 'open', agentId: 'ben', groupId: 'sales' });
  });

  test('is searched in the team once the policy is another; one that asked for its group stays there', async () => {
    const acme = await world.project(TEAM);
    const chats = [await acme.start(), await acme.start('web', 'sales')];
    await acme.settings({});
    await acme.hire('cleo');
    expect(await acme.holders(chats)).toEqual(['cleo', null]);
    expect(await acme.chat(chats[0]?.id ?? '')).toMatchObject({ groupId: null });
    await acme.hire('ben', { groups: ['sales'] });
    expect(await acme.holders(chats)).toEqual(['cleo', 'ben']);
  });

  // Known: the chat shows where it was searched when it began to wait, until it is given out.
  test('shows the scope it is searched in when the policy changes, before anybody has it', async () => {
    const acme = await world.project(TEAM);
    const fromGroup = await acme.start();
    await acme.settings({});
    const fromTeam = await acme.start();
    expect((await acme.chat(fromGroup.id)).groupId).toBeNull();
    await acme.settings(WAITING);
    expect((await acme.chat(fromTeam.id)).groupId).toBe('main');
  });
});
