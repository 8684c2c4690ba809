import * as z from 'zod';
import { type Agent, type Candidate, STATUS_REASONS, STATUSES } from '../../domain/agent.ts';
import type { AgentId, ChannelId, ChatId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import { DAYS, type Schedule } from '../../domain/schedule.ts';
import type { Row } from './client.ts';
import { packCloses, unpackCloses } from './closes-row.ts';
import { agentKey, SWEEP_LIST, sweepTimed } from './keys.ts';
import { memberKey, rankKey } from './rank-key.ts';

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
  groups: z.array(z.string().transform(id => id as GroupId)),
  queuePosition: z.number(),
  receptionWeight: z.number(),
  memberOrder: z.number(),
  openChats: z.number(),
  vacancy: optionalNumber,
  lastClosedAt: instant.optional().transform(at => at ?? null),
  version: z.number(),
};

const rankRow = z.object(candidateShape);

/** A row of the rank index: only agents that are active, online and have room are in it. */
export function parseRankRow(row: Row): Candidate {
  const { sk, ...rest } = rankRow.parse(row);
  return { id: sk, active: true, status: 'online', tally: null, ...rest };
}

const agentRow = z.object({
  ...candidateShape,
  active: z.boolean(),
  status: z.enum(STATUSES),
  statusSince: instant,
  statusReason: z.enum(STATUS_REASONS),
  maxLoad: optionalNumber,
  load: z.number(),
  heldChats: z.number(),
  missedChats: z.number(),
  chatIds: z
    .set(z.string().transform(id => id as ChatId))
    .optional()
    .transform(ids => [...(ids ?? [])].sort()),
  cardVersion: z.number(),
  recentCloses: z
    .instanceof(Uint8Array)
    .optional()
    .transform(bytes => (bytes === undefined ? [] : unpackCloses(bytes))),
  nextEdgeAt: instant.optional().transform(at => at ?? null),
  schedule: z
    .string()
    .optional()
    .transform(text => (text === undefined ? null : unpackSchedule(text))),
});

export function parseAgentRow(row: Row): Agent {
  const { sk, ...rest } = agentRow.parse(row);
  return { id: sk, tally: null, ...rest };
}

/** The whole row of an agent; what is null stays out of it, and DynamoDB knows no empty set. */
export function agentRowOf(projectId: ProjectId, agent: Agent): Row {
  const { id, tally: _, channels: works, vacancy, maxLoad, lastClosedAt, chatIds, ...others } = agent;
  const { recentCloses, nextEdgeAt, schedule, ...rest } = others;
  const rank = rankKey(agent);
  const member = memberKey(agent);
  return {
    ...agentKey(projectId, id),
    ...rest,
    ...(works !== null && { channels: works }),
    ...(vacancy !== null && { vacancy }),
    ...(maxLoad !== null && { maxLoad }),
    ...(lastClosedAt !== null && { lastClosedAt }),
    ...(chatIds.length > 0 && { chatIds: new Set(chatIds) }),
    ...(recentCloses.length > 0 && { recentCloses: packCloses(recentCloses) }),
    ...(schedule !== null && { schedule: packSchedule(schedule) }),
    ...(nextEdgeAt !== null && {
      nextEdgeAt,
      listKey: SWEEP_LIST,
      listSort: sweepTimed(nextEdgeAt, 'edge', projectId, id),
    }),
    ...(rank !== null && { rank }),
    ...(member !== null && { member }),
  };
}

const storedSchedule = z.tuple([
  z.string(),
  z.array(z.tuple([z.array(z.enum(DAYS)), z.string(), z.string()])),
]);

/** Compact, because every claim pays for the size of the agent's row. */
function packSchedule({ timeZone, hours }: Schedule): string {
  return JSON.stringify([timeZone, hours.map(({ days, from, to }) => [days, from, to])]);
}

function unpackSchedule(text: string): Schedule {
  const [timeZone, hours] = storedSchedule.parse(JSON.parse(text));
  return { timeZone, hours: hours.map(([days, from, to]) => ({ days, from, to })) };
}
