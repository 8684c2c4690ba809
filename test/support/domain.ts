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
import type { Assignment, ClosedChat, OpenChat, WaitingChat } from '../../domain/chat.ts';
import type { RecordLimits } from '../../domain/decide.ts';
import type { Demand } from '../../domain/eligibility.ts';
import { type Group, queuePositionOf } from '../../domain/group.ts';
import type { LineRules, Place } from '../../domain/line.ts';

/** Values of the domain with names and defaults: what a test sets is what matters in it. */

export const agentId = (id: string) => id as AgentId;
export const channelId = (id: string) => id as ChannelId;
export const chatId = (id: string) => id as ChatId;
const groupId = (id: string) => id as GroupId;
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
    receptionWeight: 1,
    memberOrder: 1,
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

/** A chat on `web` that weighs 1. */
export function demand(given: { channelId?: string; weight?: number } = {}): Demand {
  return { channelId: channelId(given.channelId ?? 'web'), weight: given.weight ?? 1 };
}

export function place(given: { chatId?: string; channelId?: string; returning?: boolean } = {}): Place {
  return {
    chatId: chatId(given.chatId ?? 'chat_1'),
    channelId: channelId(given.channelId ?? 'web'),
    groupId: null,
    returning: given.returning ?? false,
    since: at('15:00'),
    attempts: 0,
    decided: true,
  };
}

/** Long enough for every list of these tests. */
export const LIMITS: RecordLimits = { consideredMax: 50, exclusionsMax: 50 };

/** Automatic allocation by queue position; a channel named in `weights` weighs that, any other 1. */
export function lineRules(weights: Readonly<Record<string, number>> = {}): LineRules {
  return {
    automaticAllocation: true,
    ruleFor: () => ({ policy: 'queue-position', onNobody: null }),
    weightOf: id => weights[id] ?? 1,
    limits: LIMITS,
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
    ...given,
  };
}

export function waitingChat(given: Partial<WaitingChat> = {}): WaitingChat {
  return { ...common(), state: 'waiting', waitingSince: at('15:00'), ...given };
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
    lastServedBy: agentId('ada'),
    assignments: [assignment()],
    version: 3,
    ...given,
  };
}

/** Closed without having been anybody's. */
export function closedChat(given: Partial<ClosedChat> = {}): ClosedChat {
  return {
    ...common(),
    state: 'closed',
    held: null,
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
    visitorId: 'vis_1' as VisitorId,
    visitor: {},
    returning: false,
    lastServedBy: null,
    assignments: [],
    createdAt: at('15:00'),
    lastMessageAt: null,
    lastMessageFrom: null,
    version: 2,
  };
}
