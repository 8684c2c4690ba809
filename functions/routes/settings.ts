import type { Instant } from '../../domain/brands.ts';
import type { Project } from '../../domain/project.ts';
import { needsPrimaryGroup } from '../../domain/rule.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Timeouts } from '../../domain/timeouts.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { watchSoon } from '../allocate/watch-chats.ts';
import { BOUNDS } from '../bounds.ts';
import { armSoon } from '../distribute/arm-runs.ts';
import type { Context } from '../edge/context.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { requireIfMatch } from '../edge/preconditions.ts';
import { Problem } from '../edge/problems.ts';
import { readGroup } from '../store/groups.ts';
import { saveSettings } from '../store/projects.ts';
import { readSystemSettings } from '../store/system-settings.ts';
import { markWatch } from '../store/watch-mark.ts';
import { viewSettings } from '../views/admin-views.ts';
import { theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

export const readSettings: HandlerOf<'readSettings'> = async ({ params }, context) => {
  const [project, system] = await Promise.all([
    theProject(context, params.projectId),
    readSystemSettings(context.table),
  ]);
  return {
    status: 200,
    body: viewSettings(project.settings, system.settings),
    version: project.settingsVersion,
  };
};

/** Replaces the whole document. Every decision names the version of the settings it was made under. */
export const replaceSettings: HandlerOf<'replaceSettings'> = ({ params, body, ifMatch }, context) =>
  untilSettled(context, async () => {
    const [project, system] = await Promise.all([
      theProject(context, params.projectId),
      readSystemSettings(context.table),
    ]);
    requireIfMatch(ifMatch, project.settingsVersion);
    const settingsVersion = project.settingsVersion + 1;
    const after = { ...project, settings: body, settingsVersion, version: project.version + 1 };
    const needsPrimary = needsPrimaryGroup(body);
    if (needsPrimary) await hasPrimaryGroup(context, project);
    const isWatchedAnew = isSooner(project.settings, body);
    const until = (context.now() + BOUNDS.watchChatsForMs) as Instant;
    const mark = isWatchedAnew ? [markWatch(context.table, params.projectId, until)] : [];
    const saved = await saveSettings(context.table, after, project.version, needsPrimary, mark);
    if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
    // The project changed meanwhile, maybe its settings too, or its primary group did; the next try tells.
    if (saved.outcome !== 'committed') return null;
    if (isWatchedAnew) await hint(context, () => watchSoon(context, params.projectId, context.now()));
    if (isRunOtherwise(project.settings, body)) await armSoon(context, params.projectId);
    await searchAfter(context, params.projectId);
    return { status: 200, body: viewSettings(body, system.settings), version: settingsVersion };
  });

/** Whether a time-out was switched on or made shorter, or a chat may be moved more often. */
function isSooner(before: Timeouts, after: Timeouts): boolean {
  const isShorter = (one: number, other: number) => other > 0 && (one === 0 || other < one);
  return (
    isShorter(before.changeAgentMinutes, after.changeAgentMinutes) ||
    isShorter(before.closeAfterLastMessageMinutes, after.closeAfterLastMessageMinutes) ||
    before.changeAgentMaxMoves < after.changeAgentMaxMoves
  );
}

/** The settings are written and stay so; what the queue does not take, the minute finds. */
async function hint({ log }: Context, send: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    log.error('the queue did not take a hint', { error: error as Error });
  }
}

/** Whether the job, where it is on, runs at other times than before. */
function isRunOtherwise(before: Settings, after: Settings): boolean {
  const isOn = after.automaticAllocation && !before.automaticAllocation;
  return isOn || after.distribution.frequencySeconds !== before.distribution.frequencySeconds;
}

/** Policy `group` is not switched on without a primary group that has a member (seed 000, "GROUP"). */
async function hasPrimaryGroup({ table }: Context, { id, primaryGroupId }: Project): Promise<void> {
  const group = primaryGroupId && (await readGroup(table, id, primaryGroupId));
  if (group && group.members > 0 && group.spreading !== 'removal') return;
  const detail =
    primaryGroupId === null
      ? 'Mark a group with at least one member as primary before switching to policy group.'
      : `Add a member to the primary group ${primaryGroupId} before switching to policy group.`;
  throw new Problem('no-primary-group', detail);
}
