import type { Agent, Status } from '../../domain/agent.ts';
import type { AgentId, ChannelId, ChatId, GroupId, Instant } from '../../domain/brands.ts';
import { fold, NO_PAST, type PastCloses, RECENT_CLOSES_MAX, tallyOf } from '../../domain/closes.ts';
import { type LineRules, type Match, matchLine, type Place } from '../../domain/line.ts';
import { released, taken } from '../../domain/load.ts';
import { startOfDay } from '../../domain/local-time.ts';
import { asksTally, type PolicyName } from '../../domain/policies.ts';
import type { Cursor } from '../../domain/ranking.ts';
import { ruleFor } from '../../domain/rule.ts';
import { scopeOf } from '../../domain/scope.ts';
import { withStatus } from '../../domain/status.ts';
import { agentIdAt, onlineAgent } from '../agents.ts';

const GROUP = 'everyone' as GroupId;
const WEB = 'web' as ChannelId;
const CHAT_WEIGHT = 1;
const TIME_ZONE = 'UTC';

export type TeamShape = {
  readonly policy: PolicyName;
  readonly agents: number;
  readonly maxLoad: number | null;
  /** Given to the agents in turn. */
  readonly receptionWeights: readonly number[];
  /** Given to the agents in turn. */
  readonly queuePositions: readonly number[];
};

/** A team in memory, without a table: what the domain decides becomes so, as the handlers would write it. */
export type Team = {
  readonly agents: () => readonly Agent[];
  /** Gives out as much of the line as can be, the oldest first. */
  readonly giveOut: (line: readonly Place[], now: Instant) => readonly Match[];
  readonly close: (agentId: AgentId, chat: { id: ChatId; createdAt: Instant }, now: Instant) => void;
  readonly setStatus: (agentId: AgentId, status: Status, now: Instant) => void;
};

export function openTeam(shape: TeamShape): Team {
  const team = new Map(agentsOf(shape).map(agent => [agent.id, agent]));
  const pasts = new Map<AgentId, PastCloses>();
  const rules = rulesOf(shape.policy);
  let cursor: Cursor = null;
  let today: Instant | null = null;

  const the = (id: AgentId): Agent => {
    const agent = team.get(id);
    if (agent === undefined) throw new Error(`there is no ${id}`);
    return agent;
  };
  const put = (agent: Agent) => team.set(agent.id, agent);
  const tallied = (agent: Agent, now: Instant): Agent => {
    if (!asksTally(shape.policy)) return agent;
    const past = pasts.get(agent.id) ?? NO_PAST;
    return { ...agent, tally: tallyOf(agent.recentCloses, past, now, TIME_ZONE) };
  };
  /** A tally changes with a close and with the day; in between it need not be counted again. */
  const tallyTheDay = (now: Instant) => {
    if (!asksTally(shape.policy)) return;
    const day = startOfDay(now, TIME_ZONE);
    if (day === today) return;
    today = day;
    for (const agent of team.values()) put(tallied(agent, now));
  };

  return {
    agents: () => [...team.values()],
    giveOut(line, now) {
      tallyTheDay(now);
      const agents = [...team.values()];
      const roster = { agents, originals: [], order: 'everyone' as const, edges: [], cursor };
      const { matches } = matchLine(line, roster, rules);
      for (const { agent, place, weight, cursorAfter } of matches) {
        put(taken(the(agent.id), place.chatId, weight));
        if (cursorAfter !== undefined) cursor = cursorAfter;
      }
      return matches;
    },
    close(agentId, chat, now) {
      const agent = released(the(agentId), { ...chat, state: 'open', weight: CHAT_WEIGHT }, now);
      if (agent.recentCloses.length <= RECENT_CLOSES_MAX) return void put(tallied(agent, now));
      pasts.set(agentId, fold(pasts.get(agentId) ?? NO_PAST, agent.recentCloses, now));
      put(tallied({ ...agent, recentCloses: [] }, now));
    },
    setStatus(agentId, status, now) {
      put(withStatus(the(agentId), status, 'set-by-agent', now));
    },
  };
}

function agentsOf({ agents, maxLoad, receptionWeights, queuePositions }: TeamShape): Agent[] {
  const inTurn = (values: readonly number[], index: number) => values[index % values.length] ?? 1;
  return Array.from({ length: agents }, (_, index) =>
    onlineAgent({
      id: agentIdAt(index),
      memberOrder: index + 1,
      groups: [GROUP],
      maxLoad,
      vacancy: maxLoad,
      receptionWeight: inTurn(receptionWeights, index),
      queuePosition: inTurn(queuePositions, index),
    }),
  );
}

/** Whoever finds nobody waits, under every policy: an offer is nobody's doing of the ranking. */
function rulesOf(policy: PolicyName): LineRules {
  const rules = { newVisitors: { policy, onNobody: 'wait' as const }, returningVisitors: null };
  return {
    automaticAllocation: true,
    ruleFor: visitor => ruleFor(rules, visitor),
    scopeOf: (name, asked) => scopeOf(name, asked, { primaryGroupId: GROUP, has: id => id === GROUP }),
    weightOf: () => CHAT_WEIGHT,
    limits: { consideredMax: 1, exclusionsMax: 0 },
  };
}

export function placeOf(chatId: ChatId, since: Instant): Place {
  return {
    chatId,
    channelId: WEB,
    asked: null,
    groupId: null,
    returning: false,
    handedOver: false,
    lastServedBy: null,
    since,
    attempts: 0,
    decided: false,
    explained: false,
  };
}
