import type { ProjectId } from '../../domain/brands.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { packDecision } from './decision-row.ts';
import { decisionKey } from './keys.ts';

/** The first decision about a chat stands in the chat's row; each later one is a row of its own. */
export function recordDecision(table: Table, projectId: ProjectId, decision: Decision): Write {
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
