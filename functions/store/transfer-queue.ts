import * as z from 'zod';
import type { ChatId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Chat, QueuedTransfer } from '../../domain/chat.ts';
import type { Key, Row, Table } from './client.ts';
import type { Write } from './commit.ts';
import { queuedKey, queuePartition, SWEEP_LIST, sweepQueued } from './keys.ts';
import { queryPartition } from './read.ts';

/** A chat in the queue for groups (seed 002, "How chats get into the queue"), with the state it is in. */
export type Queued = Omit<QueuedTransfer, 'askedAt'> & {
  readonly chatId: ChatId;
  readonly state: 'open' | 'held' | 'bot' | 'closed';
};

const queuedRow = z.object({
  chatId: z.string().transform(id => id as ChatId),
  groupId: z.string().transform(id => id as GroupId),
  reason: z.string().nullable().default(null),
  isBotTransfer: z.boolean(),
  createdOn: z.number().transform(at => at as Instant),
  state: z.enum(['open', 'held', 'bot', 'closed']),
});

export const parseQueuedRow = (row: Row): Queued => queuedRow.parse(row);

/**
 * What a change of a chat does to its row in the queue, in the same transaction: so the chat and the queue always agree,
 * and the version of the chat guards both. A closed one's row stays until a run purges it.
 */
export function moveInQueue(table: Table, before: Chat, after: Chat): Write[] {
  const { projectId, id: chatId } = after;
  const from = before.transfer;
  const to = after.state === 'closed' ? from : after.transfer;
  const keyOf = ({ createdOn }: QueuedTransfer) => queuedKey(projectId, createdOn, chatId);
  const isMoved = from !== null && from.createdOn !== to?.createdOn;
  const leave: Write[] = isMoved ? [{ Delete: { TableName: table.name, Key: keyOf(from) } }] : [];
  if (to === null || (from === to && before.state === after.state)) return leave;
  return [...leave, { Put: { TableName: table.name, Item: rowOf(after, to, keyOf(to)) } }];
}

/** Held chats are passed over, so nothing needs to look for them. */
function rowOf(chat: Chat, { groupId, reason, isBotTransfer, createdOn }: QueuedTransfer, key: Key): Row {
  const { id: chatId, projectId, state } = chat;
  const listed = state !== 'held';
  return {
    ...key,
    chatId,
    groupId,
    ...(reason !== null && { reason }),
    isBotTransfer,
    createdOn,
    state,
    ...(listed && { listKey: SWEEP_LIST, listSort: sweepQueued(projectId, chatId) }),
  };
}

/** `last` is where the next page goes on; null = no more. */
export type QueuePage = { readonly queued: readonly Queued[]; readonly last: string | null };

/** One page of the queue in the order it is served, oldest `createdOn` first, read strongly. */
export async function readQueue(
  table: Table,
  projectId: ProjectId,
  limit?: number,
  after?: string,
): Promise<QueuePage> {
  const page = await queryPartition(table, queuePartition(projectId), {
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after }),
  });
  const last = page.more ? page.rows.at(-1)?.sk : undefined;
  return { queued: page.rows.map(parseQueuedRow), last: typeof last === 'string' ? last : null };
}

/** As `readQueue`, without those that are closed and only wait to be purged. */
export async function readOpenQueue(
  table: Table,
  projectId: ProjectId,
  limit: number,
  after?: string,
): Promise<QueuePage> {
  const open: Queued[] = [];
  for (let from = after; ; ) {
    const { queued, last } = await readQueue(table, projectId, limit - open.length, from);
    open.push(...queued.filter(({ state }) => state !== 'closed'));
    if (last === null || open.length === limit) return { queued: open, last };
    from = last;
  }
}

/** How many chats are queued, those on hold included. Costs by the length of the queue. */
export async function countQueued(table: Table, projectId: ProjectId): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ; ) {
    const { queued, last } = await readQueue(table, projectId, undefined, after);
    count += queued.filter(({ state }) => state !== 'closed').length;
    if (last === null) return count;
    after = last;
  }
}

/** The row of a chat that is closed goes; nothing writes it any more. */
export function purge(table: Table, projectId: ProjectId, { createdOn, chatId }: Queued): Write {
  return { Delete: { TableName: table.name, Key: queuedKey(projectId, createdOn, chatId) } };
}
