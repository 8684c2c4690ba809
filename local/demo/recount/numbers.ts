import type { DecisionRecord } from '../answers.ts';
import { onlineSeconds, TEAM } from '../team.ts';
import { type AgentDay, agentDay } from './agent-day.ts';
import { isGiven } from './held-by.ts';
import { type LoadDiffers, loadDiffers } from './load-differs.ts';
import { type Lost, lost } from './lost.ts';
import { type OverLimit, overLimit } from './over-limit.ts';
import { type Overtaken, overtaken } from './overtaken.ts';
import type { Standing } from './standing.ts';
import { explanationOf, unexplained } from './unexplained.ts';
import { waitsSeconds } from './waits.ts';

/** What the demo found wrong, by what was looked for; all empty is how it must be. */
export type Findings = {
  readonly overLimit: readonly OverLimit[];
  readonly lost: readonly Lost[];
  readonly overtaken: readonly Overtaken[];
  readonly loadDiffers: readonly LoadDiffers[];
  readonly unexplained: readonly string[];
};

type Counted = Standing & {
  readonly startedIds: Iterable<string>;
  readonly decisions: ReadonlyMap<string, readonly DecisionRecord[]>;
  /** Found at the full hours, while the day went by. */
  readonly loadDiffered: readonly LoadDiffers[];
};

export function findings(counted: Counted): Findings {
  const { chats, agents, startedIds, decisions, loadDiffered } = counted;
  return {
    overLimit: overLimit(chats, agents),
    lost: lost(startedIds, chats),
    overtaken: overtaken(counted),
    loadDiffers: [...loadDiffered, ...loadDiffers(chats, agents)],
    unexplained: unexplained(chats.filter(isGiven), decisions),
  };
}

/** The figures of the day, from what the API says. */
export function numbers({ chats, agents, decisions }: Counted) {
  const given = chats.filter(isGiven);
  const online = new Map(TEAM.map(member => [member.id, onlineSeconds(member)]));
  return {
    chats: chats.length,
    assigned: given.length,
    gaveUp: chats.filter(chat => chat.state === 'closed' && chat.agentId === null).length,
    stillWaiting: chats.filter(chat => chat.state === 'waiting').length,
    returningVisitors: chats.filter(chat => chat.returning).length,
    waitsSeconds: waitsSeconds(given),
    agents: agents.map((agent): AgentDay => agentDay(agent, given, online.get(agent.id) ?? 0)),
    /** Which step settled how many of the assignments. */
    decidedBy: tally(
      given.flatMap(chat => explanationOf(chat, decisions.get(chat.id) ?? [])?.decidedBy ?? []),
    ),
  };
}

function tally(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted((a, b) => b[1] - a[1]));
}
