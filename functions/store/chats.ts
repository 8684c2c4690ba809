import type { Agent } from '../../domain/agent.ts';
import type { ChannelId, ChatId, ProjectId } from '../../domain/brands.ts';
import type { Chat, ChatState, ClosedChat, OpenChat } from '../../domain/chat.ts';
import type { PastCloses } from '../../domain/closes.ts';
import type { Decision } from '../../domain/decision.ts';
import { agentRowOf } from './agent-row.ts';
import { chatRowOf, parseChatRow, type StoredChat } from './chat-row.ts';
import type { Row, Table } from './client.ts';
import { keepPastCloses } from './closes.ts';
import { type Commit, commit, type Refusal, type Write } from './commit.ts';
import { unpackDecision } from './decision-row.ts';
import { unchanged } from './guarded.ts';
import { chatKey, chatPartition, chatsInState, openOfferKey, placeKey } from './keys.ts';
import { getRow, getRows, queryList, queryPartition, readAll } from './read.ts';

export async function readChat(table: Table, projectId: ProjectId, id: ChatId): Promise<StoredChat | null> {
  const row = await getRow(table, chatKey(projectId, id));
  return row && parseChatRow(row);
}

/** The chats of these ids that are there, in the order of the ids. */
export async function readChats(table: Table, projectId: ProjectId, ids: readonly ChatId[]) {
  const rows = await getRows(
    table,
    ids.map(id => chatKey(projectId, id)),
  );
  return rows.map(row => parseChatRow(row).chat);
}

/** One page of the ids of chats in a state, oldest first. A little stale: read the chats themselves. */
export async function listChatIds(
  table: Table,
  projectId: ProjectId,
  state: ChatState,
  limit?: number,
  after?: string,
) {
  const list = chatsInState(projectId, state);
  const page = await queryList(table, list, {
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after }),
  });
  return {
    chats: page.rows.map(row => ({ id: String(row.listSort) as ChatId, channelId: row.channelId })),
    more: page.more,
  };
}

/** Every decision about a chat, oldest first; null when there is no such chat. */
export async function readDecisions(table: Table, projectId: ProjectId, id: ChatId) {
  const partition = chatPartition(projectId, id);
  const [chat, later] = await Promise.all([
    readChat(table, projectId, id),
    readAll(
      after =>
        queryPartition(table, partition, { beginsWith: 'DECISION#', ...(after !== undefined && { after }) }),
      row => row.sk,
    ),
  ]);
  if (chat === null) return null;
  const decisions: Decision[] = later.map(row => unpackDecision(id, String(row.decision)));
  return chat.firstDecision === null ? decisions : [chat.firstDecision, ...decisions];
}

/** A change of a chat: the row as it was read and what a verb made of it. */
export type Change<After extends Chat> = { readonly before: StoredChat; readonly after: After };

/**
 * An agent takes a waiting or an offered chat by hand. The races it wins: another agent or the search was faster, the visitor
 * closed it, the agent was disabled or charged meanwhile.
 */
export function saveAccepted(
  table: Table,
  change: Change<OpenChat>,
  agentBefore: Agent,
  agentAfter: Agent,
): Promise<Commit> {
  const { projectId } = change.after;
  return commit(
    table,
    [
      replaceChat(table, change),
      replaceAgent(table, projectId, agentBefore, agentAfter),
      leaveList(table, change),
    ],
    refusals => metAs(refusals, change.after),
  );
}

/**
 * Closes a chat and releases exactly what was charged. The races it wins: it was closed, assigned or moved
 * meanwhile, or its agent's row changed; the caller reads again and decides again.
 */
export function saveClosed(
  table: Table,
  change: Change<ClosedChat>,
  release: Release | null,
): Promise<Commit> {
  const writes = [
    replaceChat(table, change),
    ...(release === null ? [leaveList(table, change)] : releaseAgent(table, change.after.projectId, release)),
  ];
  return commit(table, writes, refusals => metAs(refusals, change.after));
}

/** The agent before and after; `past` when its recent closes are folded into its history in the same write. */
export type Release = {
  readonly before: Agent;
  readonly after: Agent;
  readonly past: PastCloses | null;
};

/** The version of the agent's row guards its history too: nobody else writes that. */
function releaseAgent(table: Table, projectId: ProjectId, { before, after, past }: Release): Write[] {
  const release = replaceAgent(table, projectId, before, after);
  return past === null ? [release] : [release, keepPastCloses(table, projectId, after.id, past)];
}

/** `decision` is kept with the chat if it has none yet. */
export function replaceChat(
  table: Table,
  { before, after }: Change<Chat>,
  decision: Decision | null = null,
): Write {
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

function replaceAgent(table: Table, projectId: ProjectId, before: Agent, after: Agent): Write {
  return {
    Put: {
      TableName: table.name,
      Item: agentRowOf(projectId, after),
      ...unchanged(before.version),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Takes the chat out of the line, or its offer out of the list of those that are open. */
function leaveList(table: Table, { before, after }: Change<Chat>): Write {
  const keyOf = before.chat.state === 'offered' ? openOfferKey : placeKey;
  return { Delete: { TableName: table.name, Key: keyOf(after.projectId, after.id) } };
}

/** The chat met is the one we meant to write: the first try was carried out, only its answer was lost. */
function metAs(refusals: readonly Refusal[], meant: OpenChat | ClosedChat): boolean {
  const row: Row | undefined = refusals.find(refusal => refusal.index === 0)?.row;
  if (row === undefined) return false;
  const met = parseChatRow(row).chat;
  if (met.version !== meant.version || met.state !== meant.state) return false;
  if (met.state === 'open' && meant.state === 'open') {
    return met.agentId === meant.agentId && met.assignedAt === meant.assignedAt;
  }
  return met.state === 'closed' && meant.state === 'closed' && met.closedAt === meant.closedAt;
}

/** Whether any chat in this state is on the channel. */
export async function isOnChannel(
  table: Table,
  projectId: ProjectId,
  state: ChatState,
  channelId: ChannelId,
): Promise<boolean> {
  for (let after: string | undefined; ; ) {
    const page = await listChatIds(table, projectId, state, undefined, after);
    if (page.chats.some(chat => chat.channelId === channelId)) return true;
    after = page.chats.at(-1)?.id;
    if (!page.more || after === undefined) return false;
  }
}
