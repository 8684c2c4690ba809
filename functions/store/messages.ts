import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { AgentId, ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import { MESSAGE_SENDERS, type Message } from '../../domain/message.ts';
import { BOUNDS } from '../bounds.ts';
import { parseChatRow, type StoredChat } from './chat-row.ts';
import type { Row, Table } from './client.ts';
import { type Commit, commit, type Write } from './commit.ts';
import { afterTransactions } from './guarded.ts';
import { chatPartition, idsOfChat, MESSAGES_BEGIN, messageKey, numberOfMessage } from './keys.ts';
import { queryPartition } from './read.ts';

const messageRow = z
  .object({
    pk: z.string(),
    sk: z.string(),
    text: z.string(),
    from: z.enum(MESSAGE_SENDERS),
    agentId: z
      .string()
      .optional()
      .transform(id => (id ?? null) as AgentId | null),
    at: z.number().transform(at => at as Instant),
  })
  .transform(({ pk, sk, ...message }): Message => {
    const { chatId } = idsOfChat(pk);
    return { ...message, chatId, number: numberOfMessage(sk) };
  });

export const parseMessageRow = (row: Row): Message => messageRow.parse(row);

/** A chat with its last message; null = nobody has written yet. */
export type Conversation = StoredChat & { readonly lastMessage: Message | null };

/**
 * A chat and its last message, in one call: messages stand right before the chat's own row. `eventually`: half as dear,
 * and may be a moment old.
 */
export async function readConversation(
  table: Table,
  projectId: ProjectId,
  id: ChatId,
  eventually = false,
): Promise<Conversation | null> {
  const range = { after: MESSAGES_BEGIN, upTo: CHAT_ROW, descending: true, limit: 2, eventually };
  const { rows } = await queryPartition(table, chatPartition(projectId, id), range);
  const [chat, last] = rows;
  if (chat?.sk !== CHAT_ROW) return null;
  return { ...parseChatRow(chat), lastMessage: last === undefined ? null : parseMessageRow(last) };
}

const CHAT_ROW = 'CHAT';

/** A page of messages, oldest first, and the chat if the page reaches the end of them. */
export type MessagePage = {
  readonly messages: readonly Message[];
  readonly chat: StoredChat | null;
  readonly more: boolean;
};

export async function readMessages(
  table: Table,
  projectId: ProjectId,
  id: ChatId,
  after: number,
  limit: number,
): Promise<MessagePage> {
  const page = await queryPartition(table, chatPartition(projectId, id), {
    after: messageKey(projectId, id, after).sk,
    upTo: CHAT_ROW,
    limit: limit + 1,
  });
  const chat = page.rows.find(({ sk }) => sk === CHAT_ROW);
  const rows = page.rows.filter(row => row !== chat);
  const messages = rows.slice(0, limit);
  return {
    messages: messages.map(parseMessageRow),
    chat: chat === undefined ? null : parseChatRow(chat),
    // A page of long messages ends where DynamoDB's megabyte does.
    more: rows.length > limit || (chat === undefined && page.more),
  };
}

/** The first message of a chat, written with its start: a row of a partition that nobody else knows of yet. */
export function firstMessage(table: Table, projectId: ProjectId, message: Message): Write {
  return { Put: putOf(table, projectId, message) };
}

/** A message without its place. `attempt` names this writing of it: two who say the same are still two. */
export type Draft = Omit<Message, 'number'> & { readonly attempt: string };

export type Posted =
  | { readonly outcome: 'posted' | 'already-said'; readonly message: Message }
  | { readonly outcome: 'throttled' | 'crowded' };

export type Posting = {
  /** What is written in one transaction with the message. */
  readonly alongside?: ((message: Message) => readonly Write[]) | null;
  /** Whether a message that was faster is this one, said before: then it is not said again. */
  readonly isSaidBy?: (met: Message) => boolean;
};

/**
 * Writes the message under the next number: the numbers are the order of the conversation. The race it wins: two who
 * write at the same moment; the second meets the first one's row and takes the number after it, unless `isSaidBy` says
 * that there is nothing left to say. `last` as it was read.
 */
export async function postMessage(
  table: Table,
  projectId: ProjectId,
  { attempt, ...draft }: Draft,
  last: Message | null,
  { alongside = null, isSaidBy = () => false }: Posting = {},
): Promise<Posted> {
  let number = (last?.number ?? 0) + 1;
  for (let tries = 0; tries < BOUNDS.messageTriesMax; tries += 1) {
    const message = { ...draft, number };
    const put = putOf(table, projectId, message, attempt);
    const done = await (alongside === null ? putOne(table, put) : putAll(table, put, alongside(message)));
    if (done.outcome === 'posted') return { outcome: 'posted', message };
    if (done.outcome === 'throttled') return { outcome: 'throttled' };
    if (done.outcome === 'overtaken') return { outcome: 'crowded' };
    if (done.outcome === 'taken') {
      const met = done.met && parseMessageRow(done.met);
      if (met !== undefined && isSaidBy(met)) return saidBefore(table, met, alongside?.(met) ?? []);
      // A number that nobody has must not be passed over: who reads on from there would miss who takes it later.
      number += 1;
    }
  }
  return { outcome: 'crowded' };
}

function putOf(
  table: Table,
  projectId: ProjectId,
  { chatId, number, text, from, agentId, at }: Message,
  attempt?: string,
) {
  return {
    TableName: table.name,
    Item: {
      ...messageKey(projectId, chatId, number),
      text,
      from,
      at,
      ...(agentId !== null && { agentId }),
      ...(attempt !== undefined && { attempt }),
    },
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

type Put = ReturnType<typeof putOf>;

/** `taken`: another message has the number. `conflict`: others were writing at the same moment. `overtaken`: the command is another's by now. */
type Done =
  | { readonly outcome: 'posted' | 'conflict' | 'throttled' | 'overtaken' }
  | { readonly outcome: 'taken'; readonly met: Row | undefined };

async function putOne(table: Table, put: Put): Promise<Done> {
  try {
    await afterTransactions(table, () => table.client.send(new PutCommand(put)));
    return { outcome: 'posted' };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const met = error.Item && unmarshall(error.Item);
    // The SDK sent it again after a lost answer, and it met itself.
    return isOurs(met, put) ? { outcome: 'posted' } : { outcome: 'taken', met };
  }
}

/** With what is written alongside: both or none. */
async function putAll(table: Table, put: Put, more: readonly Write[]): Promise<Done> {
  const saved: Commit = await commit(table, [{ Put: put }, ...more], refusals =>
    refusals.some(({ index, row }) => index === 0 && isOurs(row, put)),
  );
  if (saved.outcome === 'committed') return { outcome: 'posted' };
  if (saved.outcome !== 'refused') return saved;
  const taken = saved.refusals.find(({ index }) => index === 0);
  return taken === undefined ? { outcome: 'overtaken' } : { outcome: 'taken', met: taken.row };
}

/** By the attempt, not by what it says: somebody else may say the same in the same millisecond. */
function isOurs(met: Row | undefined, { Item }: Put): boolean {
  return met?.attempt !== undefined && met.attempt === Item.attempt;
}

/** Nothing is left to say; what goes with the message is written all the same. */
async function saidBefore(table: Table, message: Message, more: readonly Write[]): Promise<Posted> {
  if (more.length === 0) return { outcome: 'already-said', message };
  const { outcome } = await commit(table, more, () => false);
  if (outcome === 'throttled') return { outcome };
  return outcome === 'committed' ? { outcome: 'already-said', message } : { outcome: 'crowded' };
}
