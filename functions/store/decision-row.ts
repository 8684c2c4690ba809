import * as z from 'zod';
import type { AgentId, ChatId, DecisionId, Instant } from '../../domain/brands.ts';
import {
  DECISION_OUTCOMES,
  type Decision,
  READINGS,
  type StepName,
  TRIGGERS,
  WHY_CODES,
} from '../../domain/decision.ts';
import { POLICY_NAMES } from '../../domain/policies.ts';

/**
 * Decisions are stored as compact text: with its first decision in it a chat's row stays within one kilobyte, which
 * is one write unit. What a step's rule says is not stored, its name is enough.
 */
const agentId = z.string().transform(id => id as AgentId);
const optionalInstant = z
  .number()
  .nullable()
  .transform(at => at as Instant | null);

const stored = z.tuple([
  z.string(), // id
  z.number(), // at
  z.enum(TRIGGERS),
  z.enum(POLICY_NAMES),
  z.number(), // settingsVersion
  z.enum(READINGS),
  z.array(
    z.tuple([z.string(), z.number(), z.number(), z.array(z.tuple([agentId, z.enum(WHY_CODES)])), z.number()]),
  ),
  z.array(z.tuple([agentId, z.number(), z.number(), z.number().nullable(), optionalInstant])),
  z.number(), // consideredMore
  agentId.nullable(), // winner
  z.string(), // decidedBy
  z.enum(DECISION_OUTCOMES),
  z.number(), // attempts
  z.number(), // tookMs
]);

export function packDecision(decision: Decision): string {
  const steps = decision.steps.map(step => [
    step.name,
    step.in,
    step.out,
    step.excluded.map(({ agentId: id, why }) => [id, why]),
    step.excludedMore,
  ]);
  const considered = decision.considered.map(agent => [
    agent.agentId,
    agent.queuePosition,
    agent.openChats,
    agent.vacancy,
    agent.lastClosedAt,
  ]);
  return JSON.stringify([
    decision.id,
    decision.at,
    decision.trigger,
    decision.policy,
    decision.settingsVersion,
    decision.reading,
    steps,
    considered,
    decision.consideredMore,
    decision.winner,
    decision.decidedBy,
    decision.outcome,
    decision.attempts,
    decision.tookMs,
  ]);
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
  ] = stored.parse(JSON.parse(text));
  return {
    id: id as DecisionId,
    chatId,
    at: at as Instant,
    trigger,
    policy,
    settingsVersion,
    reading,
    steps: steps.map(([name, into, out, excluded, excludedMore]) => ({
      name: name as StepName,
      in: into,
      out,
      excluded: excluded.map(([agent, why]) => ({ agentId: agent, why })),
      excludedMore,
    })),
    considered: considered.map(([agent, queuePosition, openChats, vacancy, lastClosedAt]) => ({
      agentId: agent,
      queuePosition,
      openChats,
      vacancy,
      lastClosedAt,
    })),
    consideredMore,
    winner,
    decidedBy: decidedBy as StepName,
    outcome,
    attempts,
    tookMs,
  };
}
