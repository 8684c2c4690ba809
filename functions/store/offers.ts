import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { AgentId, ChatId, DecisionId, GroupId, ProjectId } from '../../domain/brands.ts';
import type { Offer, OfferedChat } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import { BOUNDS } from '../bounds.ts';
import { inParallel } from '../in-parallel.ts';
import { type Change, replaceChat } from './changes.ts';
import type { Row, Table } from './client.ts';
import { type Commit, commit, type Refusal, type Write } from './commit.ts';
import { recordDecision } from './decisions.ts';
import {
  chatPartition,
  offereesKey,
  offereesPrefix,
  offersPartition,
  openOfferKey,
  placeKey,
  SWEEP_LIST,
  sweepOffer,
} from './keys.ts';
import { getRow, queryPartition, readAll } from './read.ts';

/**
 * Writes whom an offer goes to, before the offer itself: without the chat's row these rows mean nothing. They stay
 * small however many agents there are, so that an accept, which looks up one agent, costs the same at two and at 2,000.
 */
export async function writeOfferees(
  table: Table,
  projectId: ProjectId,
  chatId: ChatId,
  offer: Offer,
  agentIds: readonly AgentId[],
): Promise<void> {
  const parts = new Map<number, AgentId[]>();
  for (const id of agentIds) {
    const part = partOf(id, offer);
    parts.set(part, [...(parts.get(part) ?? []), id]);
  }
  const rows = [...parts].map(([part, ids]) => ({
    ...offereesKey(projectId, chatId, offer.id, part),
    agentIds: ids,
  }));
  const batches = Array.from({ length: Math.ceil(rows.length / BATCH_WRITE_MAX) }, (_, index) =>
    rows.slice(index * BATCH_WRITE_MAX, (index + 1) * BATCH_WRITE_MAX),
  );
  await inParallel(batches, BOUNDS.claimsInParallel, batch => putAll(table, batch));
}

const BATCH_WRITE_MAX = 25;
const OFFEREES_PER_ROW = 20;

async function putAll(table: Table, rows: readonly Row[]): Promise<void> {
  let requests = rows.map(Item => ({ PutRequest: { Item } }));
  for (let attempt = 0; attempt < BOUNDS.storeAttemptsMax; attempt += 1) {
    const { UnprocessedItems } = await table.client.send(
      new BatchWriteCommand({ RequestItems: { [table.name]: requests } }),
    );
    const left = UnprocessedItems?.[table.name] ?? [];
    if (left.length === 0) return;
    requests = left as typeof requests;
    await table.pause(table.random() * 2 ** attempt * 10);
  }
  throw Object.assign(new Error('the table took only a part'), { name: 'ThrottlingException' });
}

/** Which of the offer's rows names this agent, if any does: FNV-1a over the id. */
function partOf(id: AgentId, { agents }: Offer): number {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return hash % Math.ceil(agents / OFFEREES_PER_ROW);
}

const offereesRow = z.object({ agentIds: z.array(z.string().transform(id => id as AgentId)) });

/** Whether the agent is one of those the offer was made to; costs the same however many they are. */
export async function wasOffered(table: Table, chat: OfferedChat, agentId: AgentId): Promise<boolean> {
  const { projectId, id, offer } = chat;
  const row = await getRow(table, offereesKey(projectId, id, offer.id, partOf(agentId, offer)));
  return row !== null && offereesRow.parse(row).agentIds.includes(agentId);
}

/** Everybody the offer was made to, in the order of their ids. */
export async function readOfferees(table: Table, projectId: ProjectId, chatId: ChatId, offer: DecisionId) {
  const rows = await readAll(
    after =>
      queryPartition(table, chatPartition(projectId, chatId), {
        beginsWith: offereesPrefix(offer),
        ...(after !== undefined && { after }),
      }),
    row => row.sk,
  );
  return rows.flatMap(row => offereesRow.parse(row).agentIds).sort();
}

/** A chat whose offer nobody has accepted yet. */
export type OpenOffer = {
  readonly chatId: ChatId;
  readonly groupId: GroupId | null;
  readonly offerId: DecisionId;
};

const openOfferRow = z.object({
  sk: z.string().transform(id => id as ChatId),
  offerId: z.string().transform(id => id as DecisionId),
  groupId: z
    .string()
    .optional()
    .transform(id => (id ?? null) as GroupId | null),
});

/** The offers of a project that nobody has accepted yet, the oldest chat first. */
export async function readOpenOffers(table: Table, projectId: ProjectId): Promise<readonly OpenOffer[]> {
  const rows = await readAll(
    after => queryPartition(table, offersPartition(projectId), after === undefined ? {} : { after }),
    row => row.sk,
  );
  return rows.map(row => {
    const { sk, ...rest } = openOfferRow.parse(row);
    return { chatId: sk, ...rest };
  });
}

/** The offer's row in the list of those nobody has accepted; written and removed with the chat's state. */
export function openOffer(table: Table, { projectId, id, offer }: OfferedChat): Write {
  const Item = {
    ...openOfferKey(projectId, id),
    offerId: offer.id,
    ...(offer.groupId !== null && { groupId: offer.groupId }),
    listKey: SWEEP_LIST,
    listSort: sweepOffer(projectId, id),
  };
  return { Put: { TableName: table.name, Item } };
}

/** A waiting chat is offered. The races it wins: it was closed, accepted or given out meanwhile. */
export function saveOffered(
  table: Table,
  { before, after }: Change<OfferedChat>,
  decision: Decision,
): Promise<Commit> {
  const { projectId, id } = after;
  const decided = before.firstDecision !== null;
  const leaveLine: Write = {
    Delete: {
      TableName: table.name,
      Key: placeKey(projectId, id),
      ConditionExpression: 'attribute_exists(pk)',
    },
  };
  const writes = [replaceChat(table, { before, after, decision }), leaveLine, openOffer(table, after)];
  const record = decided ? [recordDecision(table, projectId, decision)] : [];
  return commit(table, [...writes, ...record], isOffered(after));
}

function isOffered({ offer }: OfferedChat) {
  return (refusals: readonly Refusal[]) => {
    const met = refusals.find(({ index }) => index === 0)?.row;
    return z.object({ offer: z.object({ id: z.literal(offer.id) }) }).safeParse(met).success;
  };
}
