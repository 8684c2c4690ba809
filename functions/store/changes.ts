import { isDeepStrictEqual } from 'node:util';
import type { Agent } from '../../domain/agent.ts';
import type { AgentId, ProjectId } from '../../domain/brands.ts';
import type { Chat } from '../../domain/chat.ts';
import type { PastCloses } from '../../domain/closes.ts';
import type { Decision } from '../../domain/decision.ts';
import { agentRowOf, parseAgentRow } from './agent-row.ts';
import { chatRowOf, parseChatRow, type StoredChat } from './chat-row.ts';
import type { Table } from './client.ts';
import { keepPastCloses } from './closes.ts';
import { type Commit, commit, type Refusal, type Write } from './commit.ts';
import { recordDecision } from './decisions.ts';
import { unchanged } from './guarded.ts';
import { openOfferKey, placeKey } from './keys.ts';
import { placeRowOf } from './line.ts';
import { moveInQueue } from './transfer-queue.ts';

/**
 * A change of a chat: the row as it was read and what a verb made of it, with the decision that led to it, if one did.
 */
export type Change<After extends Chat = Chat> = {
  readonly before: StoredChat;
  readonly after: After;
  readonly decision?: Decision;
};

/** An agent before and after; `past` when its recent closes are folded into its history in the same write. */
export type AgentChange = { readonly before: Agent; readonly after: Agent; readonly past?: PastCloses };

/**
 * Writes what a verb made of a chat: the chat, the agents it came from or went to, its place in the line, its offer and
 * its place in a queue, all in one transaction. The races it wins: the chat or one of the agents was changed since it
 * was read; the caller reads again and decides again.
 */
export function saveChange(
  table: Table,
  change: Change,
  agents: readonly AgentChange[],
  alongside: readonly Write[] = [],
): Promise<Commit> {
  const { projectId } = change.after;
  const writes = [
    ...writesOf(table, change),
    ...agents.flatMap(one => agentWrites(table, projectId, one)),
    ...alongside,
  ];
  return commit(table, writes, refusals => areOurs(refusals, [change]));
}

/** How several changes ended together: `refused` comes with those of their rows that had been changed meanwhile. */
export type Changes =
  | { readonly outcome: 'committed' | 'conflict' | 'throttled' }
  | {
      readonly outcome: 'refused';
      readonly chats: readonly StoredChat[];
      readonly agents: readonly Agent[];
      /** Agents that are gone. */
      readonly gone: readonly AgentId[];
    };

/** As `saveChange` for several chats at once: all of them or none. */
export async function saveChanges(
  table: Table,
  projectId: ProjectId,
  changes: readonly Change[],
  agents: readonly AgentChange[],
  alongside: readonly Write[] = [],
): Promise<Changes> {
  const ofChats = changes.flatMap(change => writesOf(table, change));
  const ofAgents = agents.flatMap(one => agentWrites(table, projectId, one));
  const writes = [...ofChats, ...ofAgents, ...alongside];
  const saved = await commit(table, writes, refusals => areOurs(refusals, changes));
  if (saved.outcome !== 'refused') return saved;
  const rows = saved.refusals.flatMap(({ row }) => (row === undefined ? [] : [row]));
  return {
    outcome: 'refused',
    chats: rows.filter(({ sk }) => sk === 'CHAT').map(parseChatRow),
    agents: rows.filter(({ pk }) => String(pk).endsWith('#ROSTER')).map(parseAgentRow),
    gone: saved.refusals.flatMap(({ index, row }) => {
      const agent = row === undefined ? agents[index - ofChats.length] : undefined;
      return agent === undefined ? [] : [agent.before.id];
    }),
  };
}

/** The chat, the decision that is not kept with it, and its places in lists. */
function writesOf(table: Table, change: Change): Write[] {
  const { before, after, decision } = change;
  const isApart = decision !== undefined && before.firstDecision !== null;
  return [
    replaceChat(table, change),
    ...moveInLists(table, change),
    ...moveInQueue(table, before.chat, after),
    ...(isApart ? [recordDecision(table, after.projectId, decision)] : []),
  ];
}

/** The decision is kept with the chat if it has none yet. */
export function replaceChat(table: Table, { before, after, decision = null }: ReplacedChat): Write {
  const { ConditionExpression, ...values } = unchanged(before.chat.version);
  // Why it waits may be recorded without a change of the chat: a row read before that would drop it.
  const isKept = before.firstDecision === null ? ' AND attribute_not_exists(decision)' : '';
  return {
    Put: {
      TableName: table.name,
      Item: chatRowOf({ ...before, chat: after, firstDecision: before.firstDecision ?? decision }),
      ConditionExpression: `${ConditionExpression}${isKept}`,
      ...values,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

type ReplacedChat = Omit<Change, 'decision'> & { readonly decision?: Decision | null };

/** Takes the chat out of the line or its offer out of the list of those that are open, or lets it join the line. */
function moveInLists(table: Table, { before, after, decision }: Change): Write[] {
  const { projectId, id } = after;
  const leave = (Key: ReturnType<typeof placeKey>): Write => ({ Delete: { TableName: table.name, Key } });
  const explained = decision !== undefined;
  const decided = explained || before.firstDecision !== null;
  const Item = after.state === 'waiting' ? placeRowOf(after, { attempts: 0, decided, explained }) : null;
  return [
    ...(before.chat.state === 'offered' ? [leave(openOfferKey(projectId, id))] : []),
    ...(before.chat.state === 'waiting' ? [leave(placeKey(projectId, id))] : []),
    ...(Item === null ? [] : [{ Put: { TableName: table.name, Item } }]),
  ];
}

/** The version of the agent's row guards its history too: nobody else writes that. */
export function agentWrites(
  table: Table,
  projectId: ProjectId,
  { before, after, past }: AgentChange,
): Write[] {
  const replace: Write = {
    Put: {
      TableName: table.name,
      Item: agentRowOf(projectId, after),
      ...unchanged(before.version),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  return past === undefined ? [replace] : [replace, keepPastCloses(table, projectId, after.id, past)];
}

/** The chats met are those we meant to write, or what others have made of them since: the first try was carried out. */
function areOurs(refusals: readonly Refusal[], changes: readonly Change[]): boolean {
  const met = refusals.flatMap(({ row }) => (row?.sk === 'CHAT' ? [parseChatRow(row).chat] : []));
  return changes.every(change => met.some(chat => chat.id === change.after.id && comesFrom(chat, change)));
}

/** What this change alone has put into the chat is still in it. */
function comesFrom(met: Chat, { before: { chat: before }, after }: Change): boolean {
  if (isDeepStrictEqual(met, after)) return true;
  if (met.version <= after.version) return false;
  const place = after.assignments.length - 1;
  if (after.assignments.length > before.assignments.length) {
    return isDeepStrictEqual(met.assignments[place], after.assignments[place]);
  }
  if (after.transferFailedAt !== before.transferFailedAt) {
    return met.transferFailedAt === after.transferFailedAt;
  }
  if (after.handedOver && !before.handedOver) return met.handedOver && met.asked === after.asked;
  if (after.transfer !== null && after.transfer.askedAt !== before.transfer?.askedAt) {
    return met.transfer?.askedAt === after.transfer.askedAt;
  }
  if (after.state === 'held') return met.state === 'held' && met.heldSince === after.heldSince;
  const isResumed = before.state === 'held' && after.state === 'open';
  return isResumed && met.state === 'open' && met.resumedAt === after.resumedAt;
}
