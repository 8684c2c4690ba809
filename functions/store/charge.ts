import type { Candidate } from '../../domain/agent.ts';
import type { ChatId, ProjectId } from '../../domain/brands.ts';
import { charged } from '../../domain/load.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { agentKey } from './keys.ts';
import { rankKey } from './rank-key.ts';

export type Charge = { readonly chatId: ChatId; readonly weight: number };

/**
 * Charges an agent for chats it gets automatically. The races it wins: the agent goes offline, is disabled, or gets
 * another chat between our reading and this write. Each clause stands on its own, so that no reading error of ours
 * can take an agent above its limit.
 */
export function chargeAutomatically(
  table: Table,
  projectId: ProjectId,
  agent: Candidate,
  charges: readonly Charge[],
): Write {
  const after = charges.reduce((before, { weight }) => charged(before, weight), agent);
  // One write is one change of the row, however many chats it brings.
  const rank = rankKey(after);
  const weight = charges.reduce((sum, charge) => sum + charge.weight, 0);
  const unlimited = agent.vacancy === null;
  const set = [
    'openChats = openChats + :count',
    '#load = #load + :weight',
    'version = :next',
    ...(unlimited ? [] : ['vacancy = vacancy - :weight']),
    ...(rank === null ? [] : ['#rank = :rank']),
  ];
  const condition = [
    'version = :seen',
    'active = :true',
    '#status = :online',
    unlimited ? 'attribute_not_exists(vacancy)' : 'vacancy >= :weight',
  ];
  return {
    Update: {
      TableName: table.name,
      Key: agentKey(projectId, agent.id),
      UpdateExpression: [
        `SET ${set.join(', ')}`,
        'ADD chatIds :chats',
        ...(rank === null ? ['REMOVE #rank'] : []),
      ].join(' '),
      ConditionExpression: condition.join(' AND '),
      ExpressionAttributeNames: { '#load': 'load', '#status': 'status', '#rank': 'rank' },
      ExpressionAttributeValues: {
        ':count': charges.length,
        ':weight': weight,
        ':next': agent.version + 1,
        ':seen': agent.version,
        ':true': true,
        ':online': 'online',
        ':chats': new Set(charges.map(charge => charge.chatId)),
        ...(rank !== null && { ':rank': rank }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
