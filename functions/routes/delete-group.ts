import { needsPrimaryGroup } from '../../domain/rule.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { spreadGroup } from '../allocate/spread-group.ts';
import { withdrawOffers } from '../allocate/withdraw-offers.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { honourIfMatch } from '../edge/preconditions.ts';
import { Problem } from '../edge/problems.ts';
import { readGroup, type StoredGroup, saveGroup } from '../store/groups.ts';
import { primaryGroupNeeded, theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/** Removes a group: marked first, then taken off every member, then gone. The mark keeps agents from joining it. */
export const deleteGroup: HandlerOf<'deleteGroup'> = ({ params, ifMatch }, context) =>
  untilSettled(context, async () => {
    const { projectId, groupId } = params;
    const [project, group] = await Promise.all([
      theProject(context, projectId),
      readGroup(context.table, projectId, groupId),
    ]);
    if (group === null) throw new Problem('not-found', 'There is no such group in this project.');
    honourIfMatch(ifMatch, group.version);
    const leaving: StoredGroup = { ...group, spreading: 'removal', version: group.version + 1 };
    const isPrimary = project.primaryGroupId === groupId;
    if (isPrimary && needsPrimaryGroup(project.settings)) throw primaryGroupNeeded(groupId);
    const unmark = isPrimary ? { project, to: null, isNeeded: false } : null;
    const saved = await saveGroup(context.table, projectId, leaving, group.version, unmark);
    if (saved.outcome !== 'committed') return null;
    await spreadGroup(context, projectId, groupId);
    await withdrawOffers(context, projectId);
    await searchAfter(context, projectId);
    return { status: 204, body: null };
  });
