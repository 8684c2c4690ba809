import type { AgentId } from '../../domain/brands.ts';
import type { PolicyName } from '../../domain/policies.ts';
import { agentIdAt } from '../agents.ts';
import { type Course, simulate, type Trial } from './simulate.ts';

const CHATS = 10_000;
const AGENTS = 50;

/** What comes in against what the agents may have: chats open per agent on average, and the limit. */
export type Load = Pick<Trial, 'maxLoad' | 'openPerAgent'>;

/** Runs a policy on agents who are alike and always online, but for what `apart` says. */
export function run(policy: PolicyName, load: Load, seed: number, apart: Partial<Trial> = {}): Course {
  const alike = { receptionWeights: [1], queuePositions: [1], breakMinutes: null };
  return simulate({ ...alike, ...load, ...apart, policy, seed, chats: CHATS, agents: AGENTS });
}

/** How many chats each agent got, in the order of the agents. */
export function counts({ given }: Course): readonly number[] {
  const got = new Map<AgentId, number>();
  for (const id of given) got.set(id, (got.get(id) ?? 0) + 1);
  return Array.from({ length: AGENTS }, (_, index) => got.get(agentIdAt(index)) ?? 0);
}

export function told({ maxLoad, openPerAgent }: Load): string {
  return `limit ${maxLoad ?? 'none'}, ${openPerAgent} open per agent`;
}
