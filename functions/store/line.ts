import * as z from 'zod';
import type { AgentId, ChannelId, ChatId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import type { WaitingChat } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Place } from '../../domain/line.ts';
import type { Row, Table } from './client.ts';
import { commit, type Write } from './commit.ts';
import { packDecision } from './decision-row.ts';
import { recordDecision } from './decisions.ts';
import { chatKey, linePartition, placeKey, SWEEP_LIST, sweepWaiting } from './keys.ts';
import { queryPartition, readAll } from './read.ts';

const groupId = z
  .string()
  .optional()
  .transform(id => (id ?? null) as GroupId | null);

const placeRow = z.object({
  sk: z.string().transform(id => id as ChatId),
  channelId: z.string().transform(id => id as ChannelId),
  asked: groupId,
  groupId,
  returning: z.boolean(),
  lastServedBy: z
    .string()
    .optional()
    .transform(id => (id ?? null) as AgentId | null),
  handedOver: z.boolean().default(false),
  since: z.number().transform(at => at as Instant),
  attempts: z.number(),
  decided: z.boolean(),
  explained: z.boolean(),
});

export function parsePlaceRow(row: Row): Place {
  const { sk, ...rest } = placeRow.parse(row);
  return { chatId: sk, ...rest };
}

/** A waiting chat's row in the line; it is written and removed in the same transactions that change the chat's state. */
export function placeRowOf(chat: WaitingChat, given: Pick<Place, 'attempts' | 'decided' | 'explained'>): Row {
  const { id, projectId, channelId, asked, groupId, returning, lastServedBy, handedOver, waitingSince } =
    chat;
  return {
    ...placeKey(projectId, id),
    channelId,
    ...(asked !== null && { asked }),
    ...(groupId !== null && { groupId }),
    returning,
    ...(lastServedBy !== null && { lastServedBy }),
    ...(handedOver && { handedOver }),
    since: waitingSince,
    ...given,
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

/** Where a chat goes on waiting: as it asks, and the group that comes to; null = the team. */
export type WaitsIn = Pick<Place, 'asked' | 'groupId'>;

/**
 * Records why a chat goes on waiting, and where: another scope than before, when its group was removed or the policy
 * changed. Refused, and then without effect, when the chat is not waiting any more or something else was recorded
 * meanwhile.
 */
export async function recordWaiting(
  table: Table,
  projectId: ProjectId,
  place: Place,
  decision: Decision,
  to: WaitsIn,
): Promise<void> {
  const text = packDecision(decision);
  const moves = to.asked !== place.asked || to.groupId !== place.groupId;
  const where = {
    set: [
      ...(to.asked === place.asked ? [] : ['asked = :asked']),
      ...(to.groupId === null ? [] : ['groupId = :group']),
    ],
    remove: to.groupId === null ? ' REMOVE groupId' : '',
    values: {
      ...(to.asked !== place.asked && { ':asked': to.asked }),
      ...(to.groupId !== null && { ':group': to.groupId }),
    },
  };
  const set = [...(place.decided ? [] : ['decision = :decision']), ...where.set];
  const chat: Write = {
    Update: {
      TableName: table.name,
      Key: chatKey(projectId, place.chatId),
      UpdateExpression: [
        set.length > 0 ? `SET ${set.join(', ')}` : '',
        where.remove,
        moves ? ' ADD version :one' : '',
      ].join(''),
      ConditionExpression: `#state = :waiting${place.decided ? '' : ' AND attribute_not_exists(decision)'}`,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':waiting': 'waiting',
        ...where.values,
        ...(!place.decided && { ':decision': text }),
        ...(moves && { ':one': 1 }),
      },
    },
  };
  const inLine: Write = {
    Update: {
      TableName: table.name,
      Key: placeKey(projectId, place.chatId),
      UpdateExpression: `SET ${['decided = :true', 'explained = :explained', ...where.set].join(', ')}${where.remove}`,
      // Two searchers that read the same place record it once.
      ConditionExpression: `explained = :seen AND ${isAsBefore('asked', place)} AND ${isAsBefore('groupId', place)}`,
      ExpressionAttributeValues: {
        ':true': true,
        ':seen': place.explained,
        // Where it asks for another scope now, why it waits there is still to be said.
        ':explained': to.asked === place.asked,
        ...where.values,
        ...(place.asked !== null && { ':asked0': place.asked }),
        ...(place.groupId !== null && { ':groupId0': place.groupId }),
      },
    },
  };
  await commit(
    table,
    [chat, inLine, ...(place.decided ? [recordDecision(table, projectId, decision)] : [])],
    () => false,
  );
}

function isAsBefore(attribute: 'asked' | 'groupId', place: Place): string {
  return place[attribute] === null ? `attribute_not_exists(${attribute})` : `${attribute} = :${attribute}0`;
}

/** The places before a chat's own, oldest first. `eventually`: half as dear, and may be a moment old. */
export async function readLineUpTo(
  table: Table,
  projectId: ProjectId,
  before: ChatId,
  eventually = false,
): Promise<readonly Place[]> {
  const range = { before, eventually };
  const rows = await readAll(
    after =>
      queryPartition(table, linePartition(projectId), { ...range, ...(after !== undefined && { after }) }),
    row => row.sk,
  );
  return rows.map(parsePlaceRow);
}
