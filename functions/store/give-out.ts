import type { Candidate } from '../../domain/agent.ts';
import type { ProjectId } from '../../domain/brands.ts';
import type { Assignment } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Place } from '../../domain/line.ts';
import { chargeAutomatically } from './charge.ts';
import { parseChatRow } from './chat-row.ts';
import type { Table } from './client.ts';
import { type Commit, commit, type Refusal, type Write } from './commit.ts';
import { packDecision } from './decision-row.ts';
import { chatKey, chatsInState, decisionKey, placeKey } from './keys.ts';

/** One waiting chat on its way to an agent. */
export type Handout = {
  readonly place: Place;
  readonly weight: number;
  readonly assignment: Assignment;
  readonly decision: Decision;
};

/** The chats that one agent gets. */
export type Lot = { readonly agent: Candidate; readonly handouts: readonly Handout[] };

/**
 * Gives waiting chats to agents: all of them, their places in the line and the agents' charges in one transaction.
 * The races it wins: a chat was closed or accepted meanwhile, an agent changed after it was read.
 */
export function giveOut(table: Table, projectId: ProjectId, lots: readonly Lot[]): Promise<Commit> {
  const writes = lots.flatMap(({ agent, handouts }): Write[] => {
    const charges = handouts.map(({ place, weight }) => ({ chatId: place.chatId, weight }));
    return [
      ...handouts.flatMap(handout => toAgent(table, projectId, handout)),
      chargeAutomatically(table, projectId, agent, charges),
    ];
  });
  const handouts = lots.flatMap(lot => lot.handouts);
  return commit(table, writes, refusals => areOurs(refusals, handouts));
}

function toAgent(table: Table, projectId: ProjectId, handout: Handout): Write[] {
  const { place, weight, assignment, decision } = handout;
  const { reason: _, forced: __, ...kept } = assignment;
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
        `version = version + :one${place.decided ? '' : ', decision = :decision'} REMOVE waitingSince`,
      ].join(', '),
      ConditionExpression: '#state = :waiting',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':open': 'open',
        ':waiting': 'waiting',
        ':list': chatsInState(projectId, 'open'),
        ':agent': assignment.agentId,
        ':weight': weight,
        ':at': assignment.at,
        ':none': [],
        ':assignment': [kept],
        ':one': 1,
        ...(!place.decided && { ':decision': packDecision(decision) }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  return place.decided ? [open, leaveLine, recordDecision(table, projectId, decision)] : [open, leaveLine];
}

/** The first decision about a chat stands in the chat's row; each later one is a row of its own. */
function recordDecision(table: Table, projectId: ProjectId, decision: Decision): Write {
  return {
    Put: {
      TableName: table.name,
      Item: {
        ...decisionKey(projectId, decision.chatId, decision.id),
        decision: packDecision(decision),
      },
    },
  };
}

function areOurs(refusals: readonly Refusal[], handouts: readonly Handout[]): boolean {
  const ids = new Set(handouts.map(handout => handout.decision.id));
  const chats = refusals.flatMap(({ row }) => (row?.sk === 'CHAT' ? [parseChatRow(row).chat] : []));
  return (
    chats.length === handouts.length &&
    chats.every(chat => chat.assignments.some(({ decisionId }) => decisionId !== null && ids.has(decisionId)))
  );
}
