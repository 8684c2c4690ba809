import { type Agent, hasRoom } from './agent.ts';
import type { GroupId, Instant } from './brands.ts';
import type { Channel } from './channel.ts';
import { worksWith } from './eligibility.ts';
import type { Group } from './group.ts';
import { policyNamed } from './policies.ts';
import { needsPrimaryGroup, policiesIn, type Rules } from './rule.ts';
import { isWithinHours, nextEdge } from './schedule.ts';

export const FINDING_CODES = [
  'no-channel',
  'no-active-agent',
  'every-limit-zero',
  'every-share-zero',
  'schedule-without-hours',
  'channel-without-agent',
  'weight-above-every-limit',
  'channel-outside-every-schedule',
  'group-without-agent',
  'no-primary-group',
] as const;

export type Finding = {
  readonly code: (typeof FINDING_CODES)[number];
  readonly text: string;
  readonly ids: readonly string[];
};

export type Configuration = {
  readonly rules: Rules;
  readonly primaryGroupId: GroupId | null;
  readonly agents: readonly Agent[];
  readonly groups: readonly Group[];
  readonly channels: readonly Channel[];
};

/** Settings that can never route, whoever comes online by hand. `now` only anchors the schedules. */
export function check(configuration: Configuration, now: Instant): readonly Finding[] {
  const { agents, groups, channels } = configuration;
  const active = agents.filter(agent => agent.active);
  const findings: Finding[] = [...checkPrimaryGroup(configuration)];
  if (channels.length === 0) {
    findings.push({ code: 'no-channel', text: 'There is no channel, so no chat can start.', ids: [] });
  }
  if (active.length === 0) {
    return [...findings, { code: 'no-active-agent', text: 'No agent is active.', ids: [] }];
  }
  findings.push(...checkTeam(configuration, active, now));
  for (const channel of channels)
    findings.push(...checkChannel(channel, active, isRanked(configuration.rules), now));
  for (const group of groups) {
    if (active.some(agent => agent.groups.includes(group.id))) continue;
    const text = `No active agent is in group ${group.id}.`;
    findings.push({ code: 'group-without-agent', text, ids: [group.id] });
  }
  return findings;
}

function checkPrimaryGroup({ rules, primaryGroupId }: Configuration): Finding[] {
  if (!needsPrimaryGroup(rules) || primaryGroupId !== null) return [];
  const text = 'Policy group is in force and no group is marked as primary.';
  return [{ code: 'no-primary-group', text, ids: [] }];
}

function checkTeam({ rules }: Configuration, active: readonly Agent[], now: Instant): Finding[] {
  const findings: Finding[] = [];
  if (isRanked(rules) && active.every(agent => agent.maxLoad === 0)) {
    findings.push({ code: 'every-limit-zero', text: 'Every active agent has limit 0.', ids: ids(active) });
  }
  const isByShare = policiesIn(rules).includes('reception-weight');
  if (isByShare && active.every(agent => agent.receptionWeight === 0)) {
    const text = 'Policy reception-weight is in force and every active agent has reception weight 0.';
    findings.push({ code: 'every-share-zero', text, ids: ids(active) });
  }
  const idle = active.filter(agent => isNeverOnline(agent, now));
  if (idle.length > 0) {
    const text = `A schedule without hours never brings online: ${ids(idle).join(', ')}.`;
    findings.push({ code: 'schedule-without-hours', text, ids: ids(idle) });
  }
  return findings;
}

function checkChannel(
  channel: Channel,
  active: readonly Agent[],
  isRanked: boolean,
  now: Instant,
): Finding[] {
  const found = (code: Finding['code'], text: string) => [{ code, text, ids: [channel.id] }];
  const workers = active.filter(agent => worksWith(agent, { channelId: channel.id }));
  if (workers.length === 0) {
    return found('channel-without-agent', `No active agent works with channel ${channel.id}.`);
  }
  // An offer goes to all of them, whatever their limits and hours.
  if (!isRanked) return [];
  const able = workers.filter(agent => agent.maxLoad !== 0 && hasRoom(agent.maxLoad, channel.weight));
  if (able.length === 0) {
    const text = `A chat on ${channel.id} weighs ${channel.weight}, more than the limit of every agent who works with it.`;
    return found('weight-above-every-limit', text);
  }
  if (!able.every(agent => isNeverOnline(agent, now))) return [];
  const text = `Nobody whose limit fits a chat on ${channel.id} has hours in the schedule: they are never online by it.`;
  return found('channel-outside-every-schedule', text);
}

/** Some rule chooses among those with room; else every chat is offered to all. */
function isRanked(rules: Rules): boolean {
  return policiesIn(rules).some(name => policyNamed(name).ranking !== null);
}

/** The hours of the schedule never come: none are given, or none is left of them. */
function isNeverOnline({ schedule }: Agent, now: Instant): boolean {
  return schedule !== null && !isWithinHours(schedule, now) && nextEdge(schedule, now) === null;
}

function ids(things: readonly { readonly id: string }[]): string[] {
  return things.map(thing => thing.id);
}
