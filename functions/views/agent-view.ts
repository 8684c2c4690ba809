import type * as z from 'zod';
import type { Agent } from '../../domain/agent.ts';
import type { ProjectId } from '../../domain/brands.ts';
import { NO_QUEUE_POSITION } from '../../domain/group.ts';
import { etagOf } from '../edge/respond.ts';
import type { agentView } from '../schemas.ts';
import { iso, isoOrNull } from './instants.ts';

/** An agent as staff see it. The ETag counts changes of the card only: load moves all the time. */
export function viewAgent(projectId: ProjectId, agent: Agent): z.input<typeof agentView> {
  const { version: _, cardVersion, chatIds: __, tally: ___, recentCloses: ____, ...rest } = agent;
  return {
    ...rest,
    projectId,
    groups: [...agent.groups],
    channels: agent.channels && [...agent.channels],
    queuePosition: queuePositionView(agent.queuePosition),
    schedule: agent.schedule && {
      timeZone: agent.schedule.timeZone,
      hours: agent.schedule.hours.map(({ days, from, to }) => ({ days: [...days], from, to })),
    },
    nextEdgeAt: isoOrNull(agent.nextEdgeAt),
    statusSince: iso(agent.statusSince),
    lastClosedAt: isoOrNull(agent.lastClosedAt),
    etag: etagOf(cardVersion),
  };
}

/** Null for an agent that is in no group. */
export function queuePositionView(position: number): number | null {
  return position === NO_QUEUE_POSITION ? null : position;
}
