import type { Candidate } from '../../domain/agent.ts';
import type { OpenChat, WaitingChat } from '../../domain/chat.ts';
import { chargeAutomatically } from './charge.ts';
import type { StoredChat } from './chat-row.ts';
import { chatRowOf, parseChatRow } from './chat-row.ts';
import type { Table } from './client.ts';
import { type Commit, commit, type Refusal, type Write } from './commit.ts';
import { placeRowOf } from './line.ts';

type Started<C> = StoredChat & { readonly chat: C };

/**
 * The claim of a new chat: the chat appears as the agent's and the agent is charged, in one transaction with
 * whatever belongs to the start (`alongside`: the visitor's pointer, the first message, the kept answer).
 * The races it wins are those of `chargeAutomatically`.
 */
export function claimNew(
  table: Table,
  started: Started<OpenChat>,
  agent: Candidate,
  alongside: readonly Write[],
): Promise<Commit> {
  const { chat } = started;
  const charge = chargeAutomatically(table, chat.projectId, agent, [
    { chatId: chat.id, weight: chat.weight },
  ]);
  return commit(table, [create(table, started), charge, ...alongside], wasCreated(started));
}

/** A new chat joins the waiting line, with whatever belongs to its start. */
export function joinLine(
  table: Table,
  started: Started<WaitingChat>,
  attempts: number,
  alongside: readonly Write[],
): Promise<Commit> {
  const decided = started.firstDecision !== null;
  const place: Write = {
    Put: { TableName: table.name, Item: placeRowOf(started.chat, { attempts, decided }) },
  };
  return commit(table, [create(table, started), place, ...alongside], wasCreated(started));
}

const CHAT_WRITE = 0;
const CHARGE_WRITE = 1;

/** Only the charge was refused: the agent changed after it was read. */
export function lostTheAgent(refusals: readonly Refusal[]): boolean {
  return refusals.every(refusal => refusal.index === CHARGE_WRITE);
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

/** Ids are unguessable and ours alone: a chat with our id and our hash is the one we meant to write. */
function wasCreated({ tokenHash, chat }: StoredChat) {
  return (refusals: readonly Refusal[]) => {
    const row = refusals.find(refusal => refusal.index === CHAT_WRITE)?.row;
    if (row === undefined) return false;
    const met = parseChatRow(row);
    return met.tokenHash === tokenHash && met.chat.createdAt === chat.createdAt;
  };
}
