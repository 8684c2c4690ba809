import type { Agent } from '../../domain/agent.ts';
import type { AgentId, ChatId } from '../../domain/brands.ts';
import type { Chat } from '../../domain/chat.ts';
import { demandOf } from '../../domain/decide.ts';
import { ineligible, isInScope } from '../../domain/eligibility.ts';
import { policyNamed } from '../../domain/policies.ts';
import { setUp } from '../../functions/allocate/setup.ts';
import { parseAgentRow } from '../../functions/store/agent-row.ts';
import { parseChatRow } from '../../functions/store/chat-row.ts';
import type { Change } from './engine.ts';
import { limitsHold, loadsAddUp } from './invariants.ts';
import { cursorOf, NOTHING, type Standing } from './standing.ts';

/** What must hold of the way to what stands in the table, commit by commit. */

type Replay = {
  readonly agents: Map<AgentId, Agent>;
  readonly chats: Map<ChatId, Chat>;
};

/** The history as changes of chats and agents, with what stood in the table before each. */
function replay(history: readonly Change[], seen: (change: Seen, before: Replay) => void): void {
  const state: Replay = { agents: new Map(), chats: new Map() };
  for (const { before, after } of history) {
    const { pk, sk } = (after ?? before) as { pk: string; sk: string };
    if (sk === 'CHAT' && after !== null) {
      const { chat } = parseChatRow(after);
      seen({ kind: 'chat', chat }, state);
      state.chats.set(chat.id, chat);
    }
    if (pk.endsWith('#ROSTER') && after !== null) {
      const one = parseAgentRow(after);
      seen({ kind: 'agent', agent: one }, state);
      state.agents.set(one.id, one);
    }
  }
}

type Seen =
  | { readonly kind: 'chat'; readonly chat: Chat }
  | { readonly kind: 'agent'; readonly agent: Agent };

/**
 * Load, count and limit of an agent hold after every commit that touched it. In a transaction the chats stand before
 * their agent, so that they are already there when its row comes by.
 */
export function violationsOnTheWay(history: readonly Change[]): readonly string[] {
  const found: string[] = [];
  replay(history, (change, { chats: known }) => {
    if (change.kind === 'chat') return;
    const stored = [...known.values()].map(chat => ({ chat, token: null, firstDecision: null }));
    const standing = { ...NOTHING, agents: [change.agent], chats: stored };
    found.push(...loadsAddUp(standing), ...limitsHold(standing));
  });
  return [...found, ...lostFromTheQueue(history)];
}

/**
 * What left the queue for groups without an outcome: a chat is queued until it was closed, moved, kept by its agent as not
 * distributed, or handed over to wait, and its row is not gone before. In a transaction the chat stands before its row.
 */
function lostFromTheQueue(history: readonly Change[]): readonly string[] {
  const found: string[] = [];
  const chats = new Map<unknown, Chat>();
  for (const { before, after } of history) {
    if (after?.sk === 'CHAT') {
      const { chat } = parseChatRow(after);
      const last = chats.get(chat.id);
      if (last?.transfer && chat.transfer === null && !hasOutcome(last, chat))
        found.push(`${chat.id} left the queue undecided`);
      chats.set(chat.id, chat);
    }
    const isRowGone = String(before?.pk).endsWith('#QUEUE') && after === null;
    const chat = isRowGone ? chats.get(before?.chatId) : undefined;
    if (chat?.transfer?.createdOn === before?.createdOn && chat !== undefined)
      found.push(`${chat.id} is queued, and its row is gone`);
  }
  return found;
}

function hasOutcome(before: Chat, { state, assignments, transferFailedAt, handedOver }: Chat): boolean {
  if (state === 'open') return assignments.length > before.assignments.length || transferFailedAt !== null;
  return state === 'closed' || (state === 'waiting' && handedOver);
}

/**
 * Who was overtaken: a chat that was committed as waiting when a newer one was given, automatically or by force, to an
 * agent who could have taken it, and that waits to the end of the history. By the rules that stand at the end.
 */
export function overtaken(
  history: readonly Change[],
  { project, channels, groups }: Pick<Standing, 'project' | 'channels' | 'groups'>,
): readonly string[] {
  if (project === null) throw new Error('whose rules?');
  const { rules } = setUp({ project, groups, channels: channels.map(one => ({ ...one, version: 1 })) });
  const couldTake = (taker: Agent, chat: Chat) => {
    const rule = rules.ruleFor(chat);
    const scope = rules.scopeOf(rule.policy, chat.asked);
    if (scope.kind === 'nowhere' || policyNamed(rule.policy).ranking === null) return false;
    const channel = { id: chat.channelId, weight: rules.weightOf(chat.channelId) };
    const demand = demandOf({ rule, scope, channel });
    return isInScope(taker, demand) && ineligible(taker, demand) === null;
  };
  const found: { readonly older: ChatId; readonly text: string }[] = [];
  const last = new Map<ChatId, Chat>();
  replay(history, (change, { agents: known, chats: before }) => {
    if (change.kind === 'agent') return;
    const { chat } = change;
    last.set(chat.id, chat);
    if (chat.state !== 'open' || before.get(chat.id)?.state === 'open') return;
    if (!AUTOMATIC.includes(chat.assignments.at(-1)?.method ?? '')) return;
    const taker = known.get(chat.agentId);
    for (const older of before.values()) {
      if (older.state !== 'waiting' || older.id >= chat.id || taker === undefined) continue;
      if (!couldTake(taker, older)) continue;
      found.push({ older: older.id, text: `${chat.id} went to ${taker.id} before ${older.id}` });
    }
  });
  return found.filter(({ older }) => last.get(older)?.state === 'waiting').map(({ text }) => text);
}

/** What takes a slot by itself; a person who takes or brings a chat overtakes nobody. */
const AUTOMATIC: readonly string[] = [
  'automatic',
  'original-agent',
  'distributed-by-chatbot',
  'distributed-by-operator',
];

/** Whom the rotation came to, one after the other, as its row tells. */
export function turnsTaken(history: readonly Change[]): readonly (AgentId | undefined)[] {
  return history.flatMap(({ after }) => (after?.sk === 'CURSOR' ? [cursorOf(after).cursor?.agentId] : []));
}
