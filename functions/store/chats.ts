import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ChannelId, ChatId, ProjectId } from '../../domain/brands.ts';
import type { ChatState } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import { parseChatRow, type StoredChat } from './chat-row.ts';
import type { Table } from './client.ts';
import { unpackDecision } from './decision-row.ts';
import { writeIf } from './guarded.ts';
import { chatKey, chatPartition, chatsInState } from './keys.ts';
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
  return rows.map(parseChatRow);
}

/**
 * Notes how long a visitor was told to wait, for the board to hold against what comes true. No change of the chat: who has
 * read it before is not in its way, and one that does not wait any more needs no note.
 */
export async function rememberTold(
  table: Table,
  projectId: ProjectId,
  id: ChatId,
  seconds: number,
): Promise<void> {
  await writeIf(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: chatKey(projectId, id),
        UpdateExpression: 'SET toldWaitSeconds = :seconds',
        ConditionExpression: '#state = :waiting',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':seconds': seconds, ':waiting': 'waiting' },
      }),
    ),
  );
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
