import type { Agent, Status, StatusReason } from './agent.ts';
import type { Instant } from './brands.ts';
import { isWithinHours, nextEdge, type Schedule } from './schedule.ts';

/**
 * The agent with a status, from now on unless it had that one already. Being offline because the connection was lost is
 * not having been set offline: that is another thing, though it looks the same.
 */
export function withStatus(agent: Agent, status: Status, reason: StatusReason, now: Instant): Agent {
  const isLost = agent.statusReason === 'lost-connection' && reason !== 'lost-connection';
  if (agent.status === status && !isLost) return agent;
  return { ...agent, status, statusSince: now, statusReason: reason };
}

/**
 * The agent as a schedule has it at this moment, with the next moment that changes it: when the schedule is saved and
 * at each of its edges (seed 001, 2.1: "accounts automatically switch to Online during set hours"). What was set by
 * hand in between no longer counts.
 */
export function bySchedule(agent: Agent, schedule: Schedule, now: Instant): Agent {
  const status = isWithinHours(schedule, now) ? 'online' : 'offline';
  return { ...withStatus(agent, status, 'schedule', now), nextEdgeAt: nextEdge(schedule, now) };
}

/** Outside the hours of its schedule an agent does not go online by hand; only an operator may set that. */
export function isOutsideHours({ schedule }: Agent, now: Instant): boolean {
  return schedule !== null && !isWithinHours(schedule, now);
}

/** The agent's heartbeats stopped: it is offline until they come again or somebody says otherwise. */
export function lapse(agent: Agent, now: Instant): Agent {
  return withStatus(agent, 'offline', 'lost-connection', now);
}

/**
 * The agent's heartbeats come again: it has the status from before, unless one was set meanwhile. Outside the hours of its
 * schedule it does not come back online, unless an operator had set that.
 */
export function returned(
  agent: Agent,
  before: { readonly status: Status; readonly reason: StatusReason },
  now: Instant,
): Agent {
  if (agent.statusReason !== 'lost-connection') return agent;
  const isTooLate =
    before.status === 'online' && before.reason !== 'set-by-operator' && isOutsideHours(agent, now);
  if (isTooLate) return withStatus(agent, 'offline', 'schedule', now);
  return withStatus(agent, before.status, before.reason, now);
}
