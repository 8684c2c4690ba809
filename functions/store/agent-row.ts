import * as z from 'zod';
import { type Agent, type Candidate, STATUS_REASONS, STATUSES } from '../../domain/agent.ts';
import type { AgentId, ChannelId, ChatId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Row } from './client.ts';
import { agentKey } from './keys.ts';
import { rankKey } from './rank-key.ts';

const agentId = z.string().transform(id => id as AgentId);
const instant = z.number().transform(at => at as Instant);
const channels = z
  .array(z.string().transform(id => id as ChannelId))
  .optional()
  .transform(list => list ?? null);
const optionalNumber = z
  .number()
  .optional()
  .transform(value => value ?? null);

const candidateShape = {
  sk: agentId,
  name: z.string(),
  channels,
  queuePosition: z.number(),
  openChats: z.number(),
  vacancy: optionalNumber,
  lastClosedAt: instant.optional().transform(at => at ?? null),
  version: z.number(),
};

const rankRow = z.object(candidateShape);

/** A row of the rank index: only agents that are active, online and have room are in it. */
export function parseRankRow(row: Row): Candidate {
  const { sk, ...rest } = rankRow.parse(row);
  return { id: sk, active: true, status: 'online', ...rest };
}

const agentRow = z.object({
  ...candidateShape,
  active: z.boolean(),
  status: z.enum(STATUSES),
  statusSince: instant,
  statusReason: z.enum(STATUS_REASONS),
  groups: z.array(z.string().transform(id => id as GroupId)),
  maxLoad: optionalNumber,
  receptionWeight: z.number(),
  memberOrder: z.number(),
  load: z.number(),
  heldChats: z.number(),
  missedChats: z.number(),
  chatIds: z
    .set(z.string().transform(id => id as ChatId))
    .optional()
    .transform(ids => [...(ids ?? [])].sort()),
  cardVersion: z.number(),
});

export function parseAgentRow(row: Row): Agent {
  const { sk, ...rest } = agentRow.parse(row);
  return { id: sk, ...rest };
}

/** The whole row of an agent; what is null stays out of it, and DynamoDB knows no empty set. */
export function agentRowOf(projectId: ProjectId, agent: Agent): Row {
  const { id, channels: works, vacancy, maxLoad, lastClosedAt, chatIds, ...rest } = agent;
  const rank = rankKey(agent);
  return {
    ...agentKey(projectId, id),
    ...rest,
    ...(works !== null && { channels: works }),
    ...(vacancy !== null && { vacancy }),
    ...(maxLoad !== null && { maxLoad }),
    ...(lastClosedAt !== null && { lastClosedAt }),
    ...(chatIds.length > 0 && { chatIds: new Set(chatIds) }),
    ...(rank !== null && { rank }),
  };
}
