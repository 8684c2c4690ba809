import type { Candidate } from '../../domain/agent.ts';
import type { ChatId, ProjectId } from '../../domain/brands.ts';
import { chargedTogether } from '../../domain/load.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { agentKey } from './keys.ts';
import { rankKey } from './rank-key.ts';

/** A chat the agent gets. `forced`: status and room are waived for it. */
export type Charge = { readonly chatId: ChatId; readonly weight: number; readonly forced: boolean };

/**
 * Charges an agent for chats it gets. The races it wins: the agent goes offline, is disabled, or gets another chat
 * between our reading and this write. Each clause stands on its own, so that no reading error of ours can take an
 * agent above its limit by an automatic claim.
 */
export function chargeAgent(
  table: Table,
  projectId: ProjectId,
  agent: Candidate,
  charges: readonly Charge[],
): Write {
  const after = chargedTogether(
    agent,
    charges.map(({ weight }) => weight),
  );
  const rank = rankKey(after);
  const automatic = charges.filter(({ forced }) => !forced);
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
    unlimited ? 'attribute_not_exists(vacancy)' : 'attribute_exists(vacancy)',
    ...(automatic.length === 0 ? [] : ['#status = :online']),
    ...(automatic.length === 0 || unlimited ? [] : ['vacancy >= :automatic']),
  ];
  return {
    Update: {
      TableName: table.name,
      Key: agentKey(projectId, agent.id),
      UpdateExpression: [
        `SET ${set.join(', ')}`,
        'ADD chatIds :chats',
        ...(rank === null ? ['REMOVE #rank, #member'] : []),
      ].join(' '),
      ConditionExpression: condition.join(' AND '),
      ExpressionAttributeNames: {
        '#load': 'load',
        ...(automatic.length > 0 && { '#status': 'status' }),
        '#rank': 'rank',
        ...(rank === null && { '#member': 'member' }),
      },
      ExpressionAttributeValues: {
        ':count': charges.length,
        ':weight': total(charges),
        ':next': after.version,
        ':seen': agent.version,
        ':true': true,
        ':chats': new Set(charges.map(charge => charge.chatId)),
        ...(automatic.length > 0 && { ':online': 'online' }),
        ...(automatic.length > 0 && !unlimited && { ':automatic': total(automatic) }),
        ...(rank !== null && { ':rank': rank }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function total(charges: readonly Charge[]): number {
  return charges.reduce((sum, charge) => sum + charge.weight, 0);
}
