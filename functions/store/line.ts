import * as z from 'zod';
import type { ChannelId, ChatId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import type { WaitingChat } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Place } from '../../domain/line.ts';
import type { Row, Table } from './client.ts';
import { commit, type Write } from './commit.ts';
import { packDecision } from './decision-row.ts';
import { chatKey, linePartition, placeKey, SWEEP_LIST, sweepWaiting } from './keys.ts';
import { queryPartition, readAll } from './read.ts';

const placeRow = z.object({
  sk: z.string().transform(id => id as ChatId),
  channelId: z.string().transform(id => id as ChannelId),
  groupId: z
    .string()
    .transform(id => id as GroupId)
    .nullable(),
  returning: z.boolean(),
  since: z.number().transform(at => at as Instant),
  attempts: z.number(),
  decided: z.boolean(),
});

export function parsePlaceRow(row: Row): Place {
  const { sk, ...rest } = placeRow.parse(row);
  return { chatId: sk, ...rest };
}

/** A waiting chat's row in the line; it is written and removed in the same transactions that change the chat's state. */
export function placeRowOf(
  chat: WaitingChat,
  { attempts, decided }: Pick<Place, 'attempts' | 'decided'>,
): Row {
  const { id, projectId, channelId, groupId, returning, waitingSince } = chat;
  return {
    ...placeKey(projectId, id),
    channelId,
    groupId,
    returning,
    since: waitingSince,
    attempts,
    decided,
    listKey: SWEEP_LIST,
    listSort: sweepWaiting(projectId, id),
  };
}

/** `last` is where the next page goes on; null = no more. */
export type LinePage = { readonly places: readonly Place[]; readonly last: ChatId | null };

/** One page of the waiting line, oldest first, read strongly. */
export async function readLine(
  table: Table,
  projectId: ProjectId,
  limit: number,
  after?: ChatId,
): Promise<LinePage> {
  const page = await queryPartition(table, linePartition(projectId), {
    limit,
    ...(after !== undefined && { after }),
  });
  const places = page.rows.map(parsePlaceRow);
  return { places, last: page.more ? (places.at(-1)?.chatId ?? null) : null };
}

/**
 * Records the first decision about a chat that goes on waiting. Refused, and then without effect, when the chat is
 * not waiting any more or has a decision already.
 */
export async function recordWaiting(table: Table, projectId: ProjectId, decision: Decision): Promise<void> {
  const writes: Write[] = [
    {
      Update: {
        TableName: table.name,
        Key: chatKey(projectId, decision.chatId),
        UpdateExpression: 'SET decision = :decision',
        ConditionExpression: '#state = :waiting AND attribute_not_exists(decision)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':decision': packDecision(decision), ':waiting': 'waiting' },
      },
    },
    {
      Update: {
        TableName: table.name,
        Key: placeKey(projectId, decision.chatId),
        UpdateExpression: 'SET decided = :true',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':true': true },
      },
    },
  ];
  await commit(table, writes, () => false);
}

/** The places before a chat's own, oldest first. */
export async function readLineUpTo(table: Table, projectId: ProjectId, before: ChatId) {
  const rows = await readAll(
    after =>
      queryPartition(table, linePartition(projectId), { before, ...(after !== undefined && { after }) }),
    row => row.sk,
  );
  return rows.map(parsePlaceRow);
}
