import type { Agent } from '../../domain/agent.ts';
import type { AgentId, ChatId, DecisionId, GroupId } from '../../domain/brands.ts';
import type { Channel } from '../../domain/channel.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Place } from '../../domain/line.ts';
import type { Project } from '../../domain/project.ts';
import { parseAgentRow } from '../../functions/store/agent-row.ts';
import { parseChannelRow } from '../../functions/store/channels.ts';
import { parseChatRow, type StoredChat } from '../../functions/store/chat-row.ts';
import type { Row } from '../../functions/store/client.ts';
import type { StoredCursor } from '../../functions/store/cursor.ts';
import { unpackDecision } from '../../functions/store/decision-row.ts';
import { parseGroupRow, type StoredGroup } from '../../functions/store/groups.ts';
import { SWEEP_LIST } from '../../functions/store/keys.ts';
import { parsePlaceRow } from '../../functions/store/line.ts';
import type { OpenOffer } from '../../functions/store/offers.ts';
import { parseProjectRow } from '../../functions/store/projects.ts';
import { parseQueuedRow, type Queued } from '../../functions/store/transfer-queue.ts';

/** What stands in the table of one project. */
export type Standing = {
  readonly project: Project | null;
  readonly channels: readonly Channel[];
  readonly groups: readonly StoredGroup[];
  readonly agents: readonly Agent[];
  readonly chats: readonly StoredChat[];
  readonly places: readonly Place[];
  /** The queue for groups, in the order it is served. */
  readonly queue: readonly Queued[];
  /** The list of offers nobody has accepted yet. */
  readonly offers: readonly OpenOffer[];
  /** Whom each offer went to, also one that is over. */
  readonly offerees: ReadonlyMap<DecisionId, readonly AgentId[]>;
  /** The rows of the members of each group. */
  readonly members: readonly { readonly groupId: GroupId; readonly agentId: AgentId }[];
  readonly cursor: StoredCursor;
  /** When the sweep next looks at a chat's answers, and at an agent's heartbeats: the keys in its list. */
  readonly deadlines: ReadonlyMap<ChatId, string>;
  readonly presences: readonly string[];
  /** Whether all chats are being looked at for answers, since the time-outs were changed. */
  readonly isWatching: boolean;
  /** Decisions that are rows of their own. */
  readonly decisions: readonly Decision[];
  /** The index keys as they stand in the rows: both orders by agent, and all that the sweep's list shows. */
  readonly ranks: ReadonlyMap<string, unknown>;
  readonly turns: ReadonlyMap<string, unknown>;
  readonly sweeps: readonly string[];
};

export const NOTHING: Standing = {
  project: null,
  channels: [],
  groups: [],
  agents: [],
  chats: [],
  places: [],
  queue: [],
  offers: [],
  offerees: new Map(),
  members: [],
  cursor: { cursor: null, version: 0 },
  deadlines: new Map(),
  presences: [],
  isWatching: false,
  decisions: [],
  ranks: new Map(),
  turns: new Map(),
  sweeps: [],
};

export function standingOf(rows: readonly Row[]): Standing {
  const whereKey = (pattern: RegExp) => rows.filter(row => pattern.test(`${row.pk}|${row.sk}`));
  const roster = whereKey(/#ROSTER\|/);
  const [own] = whereKey(/\|PROJECT$/);
  const [turn] = whereKey(/\|CURSOR$/);
  return {
    project: own === undefined ? null : parseProjectRow(own),
    channels: whereKey(/\|CHANNEL#/).map(parseChannelRow),
    groups: whereKey(/\|GROUP#/).map(parseGroupRow),
    agents: roster.map(parseAgentRow),
    chats: whereKey(/\|CHAT$/).map(parseChatRow),
    places: whereKey(/#LINE\|/).map(parsePlaceRow),
    queue: whereKey(/#QUEUE\|/)
      .toSorted((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1))
      .map(parseQueuedRow),
    offers: whereKey(/#OFFERS\|/).map(row => ({
      chatId: row.sk as ChatId,
      groupId: (row.groupId ?? null) as GroupId | null,
      offerId: row.offerId as DecisionId,
    })),
    offerees: offereesOf(whereKey(/\|OFFER#/)),
    members: whereKey(/#MEMBERS#/).map(row => ({
      groupId: String(row.pk).split('#').at(-1) as GroupId,
      agentId: row.sk as AgentId,
    })),
    cursor: turn === undefined ? NOTHING.cursor : cursorOf(turn),
    deadlines: new Map(
      whereKey(/\|DEADLINE$/).map(row => [String(row.pk).split('#').at(-1) as ChatId, String(row.listSort)]),
    ),
    presences: whereKey(/#PRESENCE\|/).flatMap(row =>
      row.listSort === undefined ? [] : [String(row.listSort)],
    ),
    isWatching: whereKey(/\|WATCH$/).length > 0,
    decisions: whereKey(/\|DECISION#/).map(row =>
      unpackDecision(String(row.pk).split('#').at(-1) as ChatId, String(row.decision)),
    ),
    ranks: new Map(roster.map(row => [String(row.sk), row.rank ?? null])),
    turns: new Map(roster.map(row => [String(row.sk), row.member ?? null])),
    sweeps: rows.flatMap(row => (row.listKey === SWEEP_LIST ? [String(row.listSort)] : [])).sort(),
  };
}

export function cursorOf(row: Row): StoredCursor {
  const { memberOrder, agentId, version } = row as Record<string, unknown>;
  return {
    cursor: { memberOrder: Number(memberOrder), agentId: agentId as AgentId },
    version: Number(version),
  };
}

function offereesOf(rows: readonly Row[]): ReadonlyMap<DecisionId, readonly AgentId[]> {
  const found = new Map<DecisionId, readonly AgentId[]>();
  for (const row of rows) {
    const offerId = String(row.sk).split('#')[1] as DecisionId;
    found.set(offerId, [...(found.get(offerId) ?? []), ...(row.agentIds as AgentId[])].sort());
  }
  return found;
}

/** Every decision on record about a chat, wherever it stands, the one it began with first. */
export function decisionsAbout(standing: Standing, id: ChatId): readonly Decision[] {
  const known = byChat.get(standing) ?? decisionsByChat(standing);
  byChat.set(standing, known);
  return known.get(id) ?? [];
}

/** A day has tens of thousands of decisions, and each check asks for those of each chat. */
const byChat = new WeakMap<Standing, ReadonlyMap<ChatId, readonly Decision[]>>();

function decisionsByChat({ chats, decisions }: Standing): ReadonlyMap<ChatId, readonly Decision[]> {
  const first = chats.flatMap(({ firstDecision }) => (firstDecision === null ? [] : [firstDecision]));
  return Map.groupBy([...first, ...decisions], ({ chatId }) => chatId);
}
