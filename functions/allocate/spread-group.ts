import type { Agent } from '../../domain/agent.ts';
import type { GroupId, ProjectId } from '../../domain/brands.ts';
import { queuePositionOf } from '../../domain/group.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { readAgent, readMembers, saveCard } from '../store/agents.ts';
import { finishSpreading, readGroup, readGroupsById, type StoredGroup } from '../store/groups.ts';

/**
 * Brings what changed about a group to every member: its new queue position, or its removal. The group's row says
 * that this is under way until it is done, so that a crash in the middle is found by the minute's sweep and finished;
 * doing it twice changes nothing. Agents who join meanwhile read the group as it is now (`saveCard`).
 */
export async function spreadGroup(context: Context, projectId: ProjectId, groupId: GroupId): Promise<void> {
  const { table } = context;
  const group = await readGroup(table, projectId, groupId);
  if (group === null || group.spreading === null) return;
  const members = await readMembers(table, projectId, groupId);
  await inParallel(members, BOUNDS.claimsInParallel, member => spreadTo(context, projectId, group, member));
  await finishSpreading(table, projectId, group);
}

async function spreadTo(
  context: Context,
  projectId: ProjectId,
  group: StoredGroup,
  member: Agent,
): Promise<void> {
  const { table } = context;
  for (
    let agent: Agent | null = member;
    agent !== null;
    agent = await readAgent(table, projectId, agent.id)
  ) {
    const staying = group.spreading === 'removal' ? agent.groups.filter(id => id !== group.id) : agent.groups;
    const groups = await readGroupsById(table, projectId, staying);
    const queuePosition = queuePositionOf(groups);
    if (queuePosition === agent.queuePosition && staying.length === agent.groups.length) return;
    const left = staying.length < agent.groups.length ? 1 : 0;
    const after: Agent = {
      ...agent,
      groups: staying,
      queuePosition,
      version: agent.version + 1,
      cardVersion: agent.cardVersion + left,
    };
    const saved = await saveCard(table, projectId, after, agent.version, groups, agent.groups);
    if (saved.outcome === 'committed') return;
  }
}
