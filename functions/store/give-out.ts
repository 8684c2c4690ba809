import type { Candidate } from '../../domain/agent.ts';
import type { GroupId, ProjectId } from '../../domain/brands.ts';
import type { Assignment } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Place } from '../../domain/line.ts';
import { chargeAgent } from './charge.ts';
import { parseChatRow } from './chat-row.ts';
import type { Table } from './client.ts';
import { type Commit, commit, type Refusal, type Write } from './commit.ts';
import { moveCursor } from './cursor.ts';
import { packDecision } from './decision-row.ts';
import { recordDecision } from './decisions.ts';
import { chatKey, chatsInState, placeKey } from './keys.ts';
import type { CursorMove } from './start.ts';

/** One waiting chat on its way to an agent. */
export type Handout = {
  readonly place: Place;
  /** The group it is given out in; null = the team. */
  readonly groupId: GroupId | null;
  readonly weight: number;
  readonly assignment: Assignment;
  readonly decision: Decision;
};

/** The chats that one agent gets. */
export type Lot = { readonly agent: Candidate; readonly handouts: readonly Handout[] };

/**
 * Gives waiting chats to agents: all of them, their places in the line and the agents' charges in one transaction.
 * The races it wins: a chat was closed or accepted meanwhile, an agent changed after it was read, the rotation moved.
 */
export function giveOut(
  table: Table,
  projectId: ProjectId,
  lots: readonly Lot[],
  move: CursorMove | null,
): Promise<Commit> {
  const writes = lots.flatMap(({ agent, handouts }): Write[] => {
    const charges = handouts.map(({ place, weight, assignment }) => ({
      chatId: place.chatId,
      weight,
      forced: assignment.forced,
    }));
    return [
      ...handouts.flatMap(handout => toAgent(table, projectId, handout)),
      chargeAgent(table, projectId, agent, charges),
    ];
  });
  if (move !== null) writes.push(moveCursor(table, projectId, move.seen, move.to));
  const handouts = lots.flatMap(lot => lot.handouts);
  return commit(table, writes, refusals => areOurs(refusals, handouts));
}

function toAgent(table: Table, projectId: ProjectId, handout: Handout): Write[] {
  const { place, groupId, weight, assignment, decision } = handout;
  const { reason: _, createdOn: __, forced, ...kept } = assignment;
  const leaveLine: Write = {
    Delete: {
      TableName: table.name,
      Key: placeKey(projectId, place.chatId),
      ConditionExpression: 'attribute_exists(pk)',
    },
  };
  const open: Write = {
    Update: {
      TableName: table.name,
      Key: chatKey(projectId, place.chatId),
      UpdateExpression: [
        'SET #state = :open, listKey = :list, agentId = :agent, lastServedBy = :agent, weight = :weight',
        'assignedAt = :at, assignments = list_append(if_not_exists(assignments, :none), :assignment)',
        'version = version + :one',
        ...(place.decided ? [] : ['decision = :decision']),
        ...(forced ? ['forced = :forced'] : []),
        ...(groupId === null ? [] : ['groupId = :group']),
      ]
        .join(', ')
        .concat(' REMOVE waitingSince', groupId === null ? ', groupId' : ''),
      // A decision recorded meanwhile stays the first.
      ConditionExpression: place.decided
        ? '#state = :waiting'
        : '#state = :waiting AND attribute_not_exists(decision)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':open': 'open',
        ':waiting': 'waiting',
        ':list': chatsInState(projectId, 'open'),
        ':agent': assignment.agentId,
        ':weight': weight,
        ':at': assignment.at,
        ':none': [],
        ':assignment': [forced ? { ...kept, forced } : kept],
        ...(forced && { ':forced': true }),
        ...(groupId !== null && { ':group': groupId }),
        ':one': 1,
        ...(!place.decided && { ':decision': packDecision(decision) }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  return place.decided ? [open, leaveLine, recordDecision(table, projectId, decision)] : [open, leaveLine];
}

function areOurs(refusals: readonly Refusal[], handouts: readonly Handout[]): boolean {
  const ids = new Set(handouts.map(handout => handout.decision.id));
  const chats = refusals.flatMap(({ row }) => (row?.sk === 'CHAT' ? [parseChatRow(row).chat] : []));
  return (
    chats.length === handouts.length &&
    chats.every(chat => chat.assignments.some(({ decisionId }) => decisionId !== null && ids.has(decisionId)))
  );
}
