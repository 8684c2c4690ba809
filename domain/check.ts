import { type Agent, hasRoom } from './agent.ts';
import type { Channel } from './channel.ts';
import { worksWith } from './eligibility.ts';
import type { Group } from './group.ts';

export const FINDING_CODES = [
  'no-channel',
  'no-active-agent',
  'every-limit-zero',
  'channel-without-agent',
  'weight-above-every-limit',
  'group-without-agent',
] as const;

export type Finding = {
  readonly code: (typeof FINDING_CODES)[number];
  readonly text: string;
  readonly ids: readonly string[];
};

type Configuration = {
  readonly agents: readonly Agent[];
  readonly groups: readonly Group[];
  readonly channels: readonly Channel[];
};

/** Settings that can never route, whoever comes online. */
export function check({ agents, groups, channels }: Configuration): readonly Finding[] {
  const active = agents.filter(agent => agent.active);
  const findings: Finding[] = [];
  if (channels.length === 0) {
    findings.push({ code: 'no-channel', text: 'There is no channel, so no chat can start.', ids: [] });
  }
  if (active.length === 0) {
    return [...findings, { code: 'no-active-agent', text: 'No agent is active.', ids: [] }];
  }
  if (active.every(agent => agent.maxLoad === 0)) {
    findings.push({ code: 'every-limit-zero', text: 'Every active agent has limit 0.', ids: ids(active) });
  }
  for (const channel of channels) findings.push(...checkChannel(channel, active));
  for (const group of groups) {
    if (active.some(agent => agent.groups.includes(group.id))) continue;
    const text = `No active agent is in group ${group.id}.`;
    findings.push({ code: 'group-without-agent', text, ids: [group.id] });
  }
  return findings;
}

function checkChannel(channel: Channel, active: readonly Agent[]): Finding[] {
  const workers = active.filter(agent => worksWith(agent, { channelId: channel.id }));
  if (workers.length === 0) {
    const text = `No active agent works with channel ${channel.id}.`;
    return [{ code: 'channel-without-agent', text, ids: [channel.id] }];
  }
  if (workers.some(agent => agent.maxLoad !== 0 && hasRoom(agent.maxLoad, channel.weight))) return [];
  const text = `A chat on ${channel.id} weighs ${channel.weight}, more than the limit of every agent who works with it.`;
  return [{ code: 'weight-above-every-limit', text, ids: [channel.id] }];
}

function ids(things: readonly { readonly id: string }[]): string[] {
  return things.map(thing => thing.id);
}
