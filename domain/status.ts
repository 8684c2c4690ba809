import type { Agent, Status, StatusReason } from './agent.ts';
import type { Instant } from './brands.ts';
import { isWithinHours, nextEdge, type Schedule } from './schedule.ts';

/** The agent with a status, from now on unless it had that one already. */
export function withStatus(agent: Agent, status: Status, reason: StatusReason, now: Instant): Agent {
  if (agent.status === status) return agent;
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
