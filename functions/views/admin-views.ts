import type * as z from 'zod';
import type { GroupId } from '../../domain/brands.ts';
import { POLICIES } from '../../domain/policies.ts';
import type { Project } from '../../domain/project.ts';
import { effectiveDistribution, ruleFor, type Settings, type SystemSettings } from '../../domain/settings.ts';
import { etagOf } from '../edge/respond.ts';
import type { channelView, groupView, projectView, settingsView } from '../schemas.ts';
import type { StoredChannel } from '../store/channels.ts';
import type { StoredGroup } from '../store/groups.ts';

export function viewGroup(group: StoredGroup, primaryGroupId: GroupId | null): z.input<typeof groupView> {
  const { id, name, queuePosition, version } = group;
  return { id, name, queuePosition, primary: id === primaryGroupId, etag: etagOf(version) };
}

export function viewChannel({ id, name, weight, version }: StoredChannel): z.input<typeof channelView> {
  return { id, name, weight, etag: etagOf(version) };
}

export function viewProject({
  id,
  name,
  settings,
  allowedOrigins,
  widgetKey,
}: Project): z.input<typeof projectView> {
  return { id, name, timeZone: settings.timeZone, allowedOrigins: [...allowedOrigins], widgetKey };
}

/** The settings as saved, and what is in effect with where it came from. */
export function viewSettings(settings: Settings, system: SystemSettings): z.input<typeof settingsView> {
  return {
    ...settings,
    effective: {
      newVisitors: effectiveRule(settings, false),
      returningVisitors: effectiveRule(settings, true),
      distribution: effectiveDistribution(settings.distribution, system),
    },
  };
}

function effectiveRule(settings: Settings, returning: boolean) {
  const { policy, onNobody } = ruleFor(settings, returning);
  const ownRule = returning && settings.returningVisitors !== null;
  return {
    policy: { value: policy, source: ownRule ? ('returningVisitors' as const) : ('newVisitors' as const) },
    onNobody: {
      value: onNobody ?? POLICIES[policy].onNobody,
      source: onNobody === null ? ('policy' as const) : ('project' as const),
    },
  };
}
