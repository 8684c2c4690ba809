import type { Project } from '../../domain/project.ts';
import { needsPrimaryGroup } from '../../domain/rule.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { spreadGroup } from '../allocate/spread-group.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { honourIfMatch } from '../edge/preconditions.ts';
import { Problem } from '../edge/problems.ts';
import { type MarkMove, readGroup, type StoredGroup, saveGroup } from '../store/groups.ts';
import { viewGroup } from '../views/admin-views.ts';
import { primaryGroupNeeded, theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/** Adds or replaces a group. A new queue position reaches every member before the answer. */
export const replaceGroup: HandlerOf<'replaceGroup'> = (request, context) =>
  untilSettled(context, () => tryToReplace(context, request));

async function tryToReplace(
  context: Context,
  { params, body, ifMatch }: RequestOf<'replaceGroup'>,
): Promise<Answer | null> {
  const { projectId, groupId } = params;
  const [project, before] = await Promise.all([
    theProject(context, projectId),
    readGroup(context.table, projectId, groupId),
  ]);
  honourIfMatch(ifMatch, before?.version ?? null);
  if (before?.spreading === 'removal') {
    throw new Problem('group-being-removed', 'The group is being removed. Try again when that is done.');
  }
  const version = (before?.version ?? 0) + 1;
  const after: StoredGroup = {
    id: groupId,
    name: body.name,
    queuePosition: body.queuePosition,
    version,
    spreading: before === null ? null : 'position',
    members: before?.members ?? 0,
    required: before?.required ?? false,
  };
  const primary = body.primary ?? project.primaryGroupId === groupId;
  const move = markMove(project, after, primary);
  const saved = await saveGroup(context.table, projectId, after, before?.version ?? null, move);
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  if (saved.outcome !== 'committed') return null;
  if (before !== null) {
    await spreadGroup(context, projectId, groupId);
    await searchAfter(context, projectId);
  }
  const status = before === null ? 201 : 200;
  return { status, body: viewGroup(after, primary ? groupId : null), version };
}

/** The one mark of the project moves with the group. While the policy in force needs it, it stays on a group with a member. */
function markMove(project: Project, group: StoredGroup, primary: boolean): MarkMove | null {
  const isPrimary = project.primaryGroupId === group.id;
  if (primary === isPrimary) return null;
  const isNeeded = needsPrimaryGroup(project.settings);
  if (isNeeded && !primary) throw primaryGroupNeeded(group.id);
  if (isNeeded && group.members === 0) {
    throw new Problem(
      'primary-group-needed',
      `The policy in force searches in the primary group, and ${group.id} has no member yet. Add one first.`,
    );
  }
  return { project, to: primary ? group.id : null, isNeeded };
}
