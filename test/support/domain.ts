import type { Agent } from '../../domain/agent.ts';
import type {
  AgentId,
  ChannelId,
  ChatId,
  DecisionId,
  GroupId,
  Instant,
  ProjectId,
  VisitorId,
} from '../../domain/brands.ts';
import type { Channel } from '../../domain/channel.ts';
import type {
  Assignment,
  BotChat,
  ClosedChat,
  HeldChat,
  OfferedChat,
  OpenChat,
  WaitingChat,
} from '../../domain/chat.ts';
import type { RecordLimits } from '../../domain/decide.ts';
import type { Demand } from '../../domain/eligibility.ts';
import { type Group, queuePositionOf } from '../../domain/group.ts';
import type { LineRules, Place } from '../../domain/line.ts';
import { type PolicyName, policyNamed } from '../../domain/policies.ts';
import type { AppliedRule } from '../../domain/rule.ts';
import { type Asked, scopeOf, WHOLE_TEAM } from '../../domain/scope.ts';

/** Values of the domain with names and defaults: what a test sets is what matters in it. */

export const agentId = (id: string) => id as AgentId;
export const channelId = (id: string) => id as ChannelId;
export const chatId = (id: string) => id as ChatId;
export const groupId = (id: string) => id as GroupId;
export const decisionId = (id: string) => id as DecisionId;

/** A moment on one day in 2026, as `15:05`. */
export function at(clock: string): Instant {
  return Date.parse(`2026-03-02T${clock}:00.000Z`) as Instant;
}

export const NOW = at('16:00');

type AgentGiven = Partial<
  Omit<Agent, 'id' | 'channels' | 'groups' | 'chatIds' | 'lastClosedAt' | 'queuePosition'>
> & {
  readonly id?: string;
  readonly groups?: readonly Group[];
  readonly channels?: readonly string[] | null;
  readonly chatIds?: readonly string[];
  /** As `15:05`; null = never closed a chat. */
  readonly lastClosed?: string | null;
};

/** Available for everything: active, online, on all channels, limit 5, nothing open. Its vacancy and position follow. */
export function agent(given: AgentGiven = {}): Agent {
  const { id = 'ada', groups = [], channels = null, chatIds = [], lastClosed = null, ...rest } = given;
  const { maxLoad = 5, load = 0 } = given;
  return {
    id: agentId(id),
    name: id,
    active: true,
    status: 'online',
    statusSince: at('08:00'),
    statusReason: 'set-by-agent',
    channels: channels?.map(channelId) ?? null,
    groups: groups.map(group => group.id),
    queuePosition: queuePositionOf(groups),
    maxLoad,
    load,
    vacancy: maxLoad === null ? null : maxLoad - load,
    openChats: chatIds.length,
    heldChats: 0,
    missedChats: 0,
    chatIds: chatIds.map(chatId),
    lastClosedAt: lastClosed === null ? null : at(lastClosed),
    recentCloses: [],
    tally: null,
    receptionWeight: 1,
    memberOrder: 1,
    schedule: null,
    nextEdgeAt: null,
    version: 1,
    cardVersion: 1,
    ...rest,
  };
}

export function group(id: string, queuePosition: number): Group {
  return { id: groupId(id), name: id, queuePosition };
}

/** The groups of the seed's examples. */
export const LINE_1 = group('line-1', 1);
export const LINE_2 = group('line-2', 2);
export const LINE_3 = group('line-3', 3);

export function channel(id: string, weight = 1): Channel {
  return { id: channelId(id), name: id, weight };
}

/** A chat on `web` that weighs 1 and is searched in the whole team. */
export function demand(
  given: {
    channelId?: string;
    weight?: number;
    groupId?: string | null;
    byShare?: boolean;
    currentAgent?: string | null;
  } = {},
): Demand {
  const { channelId: channel = 'web', weight = 1, groupId: group = null, byShare = false } = given;
  return {
    channelId: channelId(channel),
    weight,
    groupId: group as GroupId | null,
    byShare,
    currentAgent: (given.currentAgent ?? null) as AgentId | null,
  };
}

type PlaceGiven = Partial<
  Omit<Place, 'chatId' | 'channelId' | 'asked' | 'groupId' | 'lastServedBy' | 'since'>
> & {
  readonly chatId?: string;
  readonly channelId?: string;
  readonly asked?: string | null;
  readonly groupId?: string | null;
  readonly lastServedBy?: string | null;
};

/** A new visitor's on `web`, searched where its rule says. Who names a group to ask for waits in that group. */
export function place(given: PlaceGiven = {}): Place {
  const { chatId: chat = 'chat_1', channelId: channel = 'web', asked = null, lastServedBy = null } = given;
  const group = asked === WHOLE_TEAM ? null : asked;
  return {
    returning: lastServedBy !== null,
    handedOver: false,
    attempts: 0,
    decided: true,
    explained: true,
    ...given,
    chatId: chatId(chat),
    channelId: channelId(channel),
    asked: asked as Asked,
    groupId: (given.groupId === undefined ? group : given.groupId) as GroupId | null,
    lastServedBy: lastServedBy as AgentId | null,
    since: at('15:00'),
  };
}

/** A policy with its own fallback, nobody asked before the others. */
export function rule(given: Partial<AppliedRule> = {}): AppliedRule {
  const { policy = 'queue-position' } = given;
  return { original: null, policy, onNobody: policyNamed(policy).onNobody, ...given };
}

/** Long enough for every list of these tests. */
export const LIMITS: RecordLimits = { consideredMax: 50, exclusionsMax: 50 };

type LineRulesGiven = Partial<LineRules> & {
  /** For every chat, with its own fallback; a test of mixed rules gives `ruleFor` instead. */
  readonly policy?: PolicyName;
  /** Those that are there. */
  readonly groups?: readonly Group[];
  readonly primary?: Group | null;
  /** By channel; any other weighs 1. */
  readonly weights?: Readonly<Record<string, number>>;
};

/** Automatic allocation by queue position for everybody, in the three lines; `line-1` is the primary group. */
export function lineRules(given: LineRulesGiven = {}): LineRules {
  const { policy = 'queue-position', primary = LINE_1, weights = {}, ...own } = given;
  const { groups = [LINE_1, LINE_2, LINE_3], ...rules } = own;
  const there = new Set(groups.map(({ id }) => id));
  return {
    automaticAllocation: true,
    ruleFor: () => rule({ policy }),
    scopeOf: (name, asked) =>
      scopeOf(name, asked, { primaryGroupId: primary?.id ?? null, has: id => there.has(id) }),
    weightOf: id => weights[id] ?? 1,
    limits: LIMITS,
    ...rules,
  };
}

export function assignment(given: Partial<Assignment> = {}): Assignment {
  return {
    agentId: agentId('ada'),
    method: 'automatic',
    at: at('15:10'),
    reason: null,
    forced: false,
    decisionId: decisionId('dec_1'),
    createdOn: null,
    ...given,
  };
}

export function waitingChat(given: Partial<WaitingChat> = {}): WaitingChat {
  return { ...common(), state: 'waiting', waitingSince: at('15:00'), ...given };
}

/** Offered to the two of the team at 15:00. */
export function offeredChat(given: Partial<OfferedChat> = {}): OfferedChat {
  const offer = { id: decisionId('dec_1'), groupId: null, agents: 2, at: at('15:00') };
  return { ...common(), state: 'offered', offer, ...given };
}

/** Ada's since 15:10, charged 1. */
export function openChat(given: Partial<OpenChat> = {}): OpenChat {
  return {
    ...common(),
    state: 'open',
    agentId: agentId('ada'),
    weight: 1,
    forced: false,
    assignedAt: at('15:10'),
    resumedAt: null,
    lastServedBy: agentId('ada'),
    assignments: [assignment()],
    version: 3,
    ...given,
  };
}

/** Ada's since 15:10, on hold since 15:20. */
export function heldChat(given: Partial<HeldChat> = {}): HeldChat {
  return { ...openChat(), state: 'held', heldSince: at('15:20'), version: 4, ...given };
}

/** With a bot since 15:00. */
export function botChat(given: Partial<BotChat> = {}): BotChat {
  return { ...common(), state: 'bot', version: 1, ...given };
}

/** Closed without having been anybody's. */
export function closedChat(given: Partial<ClosedChat> = {}): ClosedChat {
  return {
    ...common(),
    state: 'closed',
    held: null,
    withBot: false,
    closedAt: at('15:30'),
    closedAs: 'closed-by-visitor',
    ...given,
  };
}

function common() {
  return {
    id: chatId('chat_1'),
    projectId: 'acme' as ProjectId,
    channelId: channelId('web'),
    groupId: null,
    asked: null,
    visitorId: 'vis_1' as VisitorId,
    visitor: {},
    returning: false,
    lastServedBy: null,
    assignments: [],
    createdAt: at('15:00'),
    transfer: null,
    handedOver: false,
    toldWaitSeconds: null,
    transferFailedAt: null,
    version: 2,
  };
}
