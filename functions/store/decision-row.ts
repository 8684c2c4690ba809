import * as z from 'zod';
import type { AgentId, ChatId, DecisionId, Instant } from '../../domain/brands.ts';
import {
  type Considered,
  DECISION_OUTCOMES,
  type Decision,
  READINGS,
  STEP_NAMES,
  type Step,
  TRIGGERS,
  WHY_CODES,
  type Why,
} from '../../domain/decision.ts';
import { NO_QUEUE_POSITION } from '../../domain/group.ts';
import { RETURNING_POLICY_NAMES } from '../../domain/policies.ts';

/**
 * Decisions are stored as compact text: with its first decision in it a chat's row stays within one kilobyte, which
 * is one write unit. What a step's rule says is not stored, its name is enough.
 */
const agentId = z.string().transform(id => id as AgentId);
const optionalInstant = z
  .number()
  .nullable()
  .transform(at => at as Instant | null);

const step = z.union([
  z.tuple([z.enum(STEP_NAMES), z.number(), z.number()]),
  z.tuple([
    z.enum(STEP_NAMES),
    z.number(),
    z.number(),
    z.array(z.tuple([z.enum(WHY_CODES)], agentId)),
    z.number(), // excludedMore
  ]),
]);
const consideredAgent = z.tuple(
  [agentId, z.number().nullable(), z.number(), z.number().nullable(), optionalInstant],
  z.number(),
);

const stored = z.tuple([
  z.string(), // id
  z.number(), // at
  z.enum(TRIGGERS),
  z.enum(RETURNING_POLICY_NAMES),
  z.number(), // settingsVersion
  z.enum(READINGS),
  z.array(step),
  z.array(consideredAgent),
  z.number(), // consideredMore
  agentId.nullable(), // winner
  z.enum(STEP_NAMES), // decidedBy
  z.enum(DECISION_OUTCOMES),
  z.number(), // attempts
  z.number(), // tookMs
  z.array(z.string()).optional(), // what the further values of the considered are
  z.enum(DECISION_OUTCOMES).nullable().optional(), // offeredBecause
]);

export function packDecision(decision: Decision): string {
  const names = Object.keys(decision.considered[0]?.values ?? {});
  const { offeredBecause } = decision;
  return JSON.stringify([
    decision.id,
    decision.at,
    decision.trigger,
    decision.policy,
    decision.settingsVersion,
    decision.reading,
    decision.steps.map(packStep),
    decision.considered.map(agent => packConsidered(agent, names)),
    decision.consideredMore,
    decision.winner,
    decision.decidedBy,
    decision.outcome,
    decision.attempts,
    decision.tookMs,
    ...(names.length > 0 || offeredBecause !== null ? [names] : []),
    ...(offeredBecause === null ? [] : [offeredBecause]),
  ]);
}

/** Those ruled out for one reason, one after the other, share the word for it. */
function packStep({ name, in: into, out, excluded, excludedMore }: Step) {
  if (excluded.length === 0 && excludedMore === 0) return [name, into, out];
  const runs: [Why, ...AgentId[]][] = [];
  for (const { agentId: id, why } of excluded) {
    const run = runs.at(-1);
    if (run?.[0] === why) run.push(id);
    else runs.push([why, id]);
  }
  return [name, into, out, runs, excludedMore];
}

function unpackStep([name, into, out, runs = [], excludedMore = 0]: z.output<typeof step>): Step {
  const excluded = runs.flatMap(([why, ...ids]) => ids.map(id => ({ agentId: id, why })));
  return { name, in: into, out, excluded, excludedMore };
}

/** Most teams have no queue positions: that one is left out. */
function packConsidered(
  { agentId: id, queuePosition, openChats, vacancy, lastClosedAt, values }: Considered,
  names: readonly string[],
) {
  const position = queuePosition === NO_QUEUE_POSITION ? null : queuePosition;
  return [id, position, openChats, vacancy, lastClosedAt, ...names.map(name => values[name])];
}

function unpackConsidered(
  [id, position, openChats, vacancy, lastClosedAt, ...values]: z.output<typeof consideredAgent>,
  names: readonly string[],
): Considered {
  return {
    agentId: id,
    queuePosition: position ?? NO_QUEUE_POSITION,
    openChats,
    vacancy,
    lastClosedAt,
    values: Object.fromEntries(names.map((name, index) => [name, values[index] ?? 0])),
  };
}

export function unpackDecision(chatId: ChatId, text: string): Decision {
  const [
    id,
    at,
    trigger,
    policy,
    settingsVersion,
    reading,
    steps,
    considered,
    consideredMore,
    winner,
    decidedBy,
    outcome,
    attempts,
    tookMs,
    names = [],
    offeredBecause = null,
  ] = stored.parse(JSON.parse(text));
  return {
    id: id as DecisionId,
    chatId,
    at: at as Instant,
    trigger,
    policy,
    settingsVersion,
    reading,
    steps: steps.map(unpackStep),
    considered: considered.map(agent => unpackConsidered(agent, names)),
    consideredMore,
    winner,
    decidedBy,
    outcome,
    attempts,
    tookMs,
    offeredBecause,
  };
}
