import type { Case } from './cases.ts';
import { crowd } from './crowd.ts';
import { given, LONG_ID, refused, whileRemoving } from './given.ts';

/** The cases of the bulk edit. */

const edit = (agentIds: unknown, set: unknown) => ({ body: { agentIds, set } });
const many = (count: number) => Array.from({ length: count }, (_, index) => `agent-${index}`);

export const EDIT_CASES: readonly Case[] = [
  given('editAgents', 200, 'nobody is there', () => edit('all', { maxLoad: 3 })),
  given('editAgents', 200, '1,000 agents are named, none of which is there', () =>
    edit(many(1_000), { active: false }),
  ),
  given('editAgents', 200, 'all that can be set is set', async ({ group, hire }) => {
    await group('line-1', 1);
    await hire('ada');
    const schedule = { timeZone: 'UTC', hours: [] };
    const set = { maxLoad: null, active: true, groups: ['line-1'], channels: ['web'], receptionWeight: 0 };
    return edit(['ada'], { ...set, schedule });
  }),
  given('editAgents', 'unknown-group', 'there is no such group', async ({ hire }) => {
    await hire('ada');
    return edit(['ada'], { groups: ['nobody'] });
  }),
  given('editAgents', 'unknown-channel', 'there is no such channel', async ({ hire }) => {
    await hire('ada');
    return edit('all', { channels: ['web', 'fax'] });
  }),
  given(
    'editAgents',
    'group-being-removed',
    'the group is being removed',
    whileRemoving(edit(['ben'], { groups: ['leaving'] })),
  ),
  given('editAgents', 'too-many-agents', 'all are meant and they are more than 1,000', async project => {
    await crowd(project, 1_001, { status: 'offline' });
    return edit('all', { maxLoad: 3 });
  }),
  ...refused('editAgents', [
    {},
    { agentIds: ['ada'] },
    { set: { maxLoad: 3 } },
    { agentIds: [], set: { maxLoad: 3 } },
    { agentIds: 'some', set: { maxLoad: 3 } },
    { agentIds: null, set: { maxLoad: 3 } },
    { agentIds: ['all', 'Ada'], set: { maxLoad: 3 } },
    { agentIds: [LONG_ID], set: { maxLoad: 3 } },
    { agentIds: many(1_001), set: { maxLoad: 3 } },
    // One too many, though one of them is named twice.
    { agentIds: [...many(1_000), 'agent-0'], set: { maxLoad: 3 } },
    { agentIds: ['ada'], set: {} },
    { agentIds: ['ada'], set: null },
    { agentIds: ['ada'], set: { name: 'Ada' } },
    { agentIds: ['ada'], set: { memberOrder: 1 } },
    { agentIds: ['ada'], set: { status: 'online' } },
    { agentIds: ['ada'], set: { maxLoad: -1 } },
    { agentIds: ['ada'], set: { maxLoad: '3' } },
    { agentIds: ['ada'], set: { active: null } },
    { agentIds: ['ada'], set: { groups: null } },
    { agentIds: ['ada'], set: { receptionWeight: 0.5 } },
    { agentIds: ['ada'], set: { receptionWeight: 1_001 } },
    { agentIds: ['ada'], set: { schedule: {} } },
  ]),
];
