import type { Candidate } from '../../domain/agent.ts';
import type { BotChat, OfferedChat, OpenChat, WaitingChat } from '../../domain/chat.ts';
import type { Cursor } from '../../domain/ranking.ts';
import { chargeAgent } from './charge.ts';
import type { StoredChat } from './chat-row.ts';
import { chatRowOf, parseChatRow } from './chat-row.ts';
import type { Table } from './client.ts';
import { type Commit, commit, type Refusal, type Write } from './commit.ts';
import { moveCursor, type StoredCursor } from './cursor.ts';
import { placeRowOf } from './line.ts';
import { openOffer } from './offers.ts';

type Started<C> = StoredChat & { readonly chat: C };

/** How the rotation moves with a claim: from where it was seen to the agent chosen. */
export type CursorMove = { readonly seen: StoredCursor; readonly to: Cursor };

/**
 * The claim of a new chat: the chat appears as the agent's, the agent is charged and the rotation moves, if the policy
 * has one, in one transaction with whatever belongs to the start (`alongside`: the visitor's pointer, the first
 * message, the kept answer). The races it wins are those of `chargeAgent` and `moveCursor`.
 */
export function claimNew(
  table: Table,
  started: Started<OpenChat>,
  agent: Candidate,
  move: CursorMove | null,
  alongside: readonly Write[],
): Promise<Commit> {
  const { chat } = started;
  const { id: chatId, weight, forced, projectId } = chat;
  const writes = [
    create(table, started),
    chargeAgent(table, projectId, agent, [{ chatId, weight, forced }]),
    ...(move === null ? [] : [moveCursor(table, projectId, move.seen, move.to)]),
    ...alongside,
  ];
  return commit(table, writes, wasCreated(started));
}

/** A new chat joins the waiting line, with whatever belongs to its start. */
export function joinLine(
  table: Table,
  started: Started<WaitingChat>,
  attempts: number,
  alongside: readonly Write[],
): Promise<Commit> {
  const decided = started.firstDecision !== null;
  const Item = placeRowOf(started.chat, { attempts, decided, explained: decided });
  const place: Write = { Put: { TableName: table.name, Item } };
  return commit(table, [create(table, started), place, ...alongside], wasCreated(started));
}

/** A new chat is offered, with whatever belongs to its start. */
export function offerNew(
  table: Table,
  started: Started<OfferedChat>,
  alongside: readonly Write[],
): Promise<Commit> {
  const writes = [create(table, started), openOffer(table, started.chat), ...alongside];
  return commit(table, writes, wasCreated(started));
}

/** A new chat is a bot's, with whatever belongs to its start. */
export function createForBot(
  table: Table,
  started: Started<BotChat>,
  alongside: readonly Write[],
): Promise<Commit> {
  return commit(table, [create(table, started), ...alongside], wasCreated(started));
}

const CHAT_WRITE = 0;
const CHARGE_WRITE = 1;
const CURSOR_WRITE = 2;

/** Only the charge or the rotation was refused: others claimed since they were read. */
export function lostTheAgent(refusals: readonly Refusal[], move: CursorMove | null): boolean {
  const lost = move === null ? [CHARGE_WRITE] : [CHARGE_WRITE, CURSOR_WRITE];
  return refusals.every(refusal => lost.includes(refusal.index));
}

function create(table: Table, stored: StoredChat): Write {
  return {
    Put: {
      TableName: table.name,
      Item: chatRowOf(stored),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Ids are unguessable and ours alone: a chat with our id and our token is the one we meant to write. */
function wasCreated({ token, chat }: StoredChat) {
  return (refusals: readonly Refusal[]) => {
    const row = refusals.find(refusal => refusal.index === CHAT_WRITE)?.row;
    if (row === undefined) return false;
    const met = parseChatRow(row);
    return met.token?.hash === token?.hash && met.chat.createdAt === chat.createdAt;
  };
}
