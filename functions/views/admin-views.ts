import type * as z from 'zod';
import type { GroupId } from '../../domain/brands.ts';
import { ORIGINAL_AGENT } from '../../domain/policies.ts';
import type { Project } from '../../domain/project.ts';
import { ruleFor } from '../../domain/rule.ts';
import { effectiveDistribution, type Settings, type SystemSettings } from '../../domain/settings.ts';
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
  const own = returning ? settings.returningVisitors : null;
  const { onNobody } = ruleFor(settings, { returning, lastServedBy: null, handedOver: false });
  const isOriginal = own?.policy === ORIGINAL_AGENT;
  const isSet =
    (own?.onNobody ?? (own === null || isOriginal ? settings.newVisitors.onNobody : null)) !== null;
  return {
    policy: {
      value: own?.policy ?? settings.newVisitors.policy,
      source: own === null ? ('newVisitors' as const) : ('returningVisitors' as const),
    },
    onNobody: { value: onNobody, source: isSet ? ('project' as const) : ('policy' as const) },
  };
}
