import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Chat } from '../../domain/chat.ts';
import type { Message } from '../../domain/message.ts';
import { nextLook, type Timeouts } from '../../domain/timeouts.ts';
import type { Table } from './client.ts';
import type { Write } from './commit.ts';
import { writeIf } from './guarded.ts';
import { deadlineKey, messageKey, SWEEP_LIST, sweepTimed } from './keys.ts';

/**
 * Goes with the start of a chat where a time-out is on: from then on the sweep looks at it whether somebody has not
 * answered. Messages do not move the moment it looks at, so they cost nothing more.
 */
export function watchForAnswers(table: Table, timeouts: Timeouts, chat: Chat): readonly Write[] {
  const { projectId, id, createdAt } = chat;
  const at = nextLook(null, timeouts, createdAt);
  return at === null ? [] : [{ Put: { TableName: table.name, Item: rowOf(projectId, id, at) } }];
}

/** For a chat that has begun before a time-out was switched on or made shorter; a moment that comes sooner stays. */
export async function bringForward(
  table: Table,
  projectId: ProjectId,
  id: ChatId,
  at: Instant,
): Promise<void> {
  const Item = rowOf(projectId, id, at);
  await writeIf(table, () =>
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item,
        ConditionExpression: 'attribute_not_exists(pk) OR listSort > :place',
        ExpressionAttributeValues: { ':place': Item.listSort },
      }),
    ),
  );
}

/**
 * The sweep has looked, at the moment it found, and looks again at `at`; null = never. Loses to new settings, which have
 * brought the moment forward meanwhile.
 */
export async function moveDeadline(
  table: Table,
  projectId: ProjectId,
  id: ChatId,
  found: Instant,
  at: Instant | null,
): Promise<void> {
  const asFound = {
    TableName: table.name,
    ConditionExpression: 'listSort = :found',
    ExpressionAttributeValues: { ':found': rowOf(projectId, id, found).listSort },
  };
  await writeIf(table, () =>
    at === null
      ? table.client.send(new DeleteCommand({ ...asFound, Key: deadlineKey(projectId, id) }))
      : table.client.send(new PutCommand({ ...asFound, Item: rowOf(projectId, id, at) })),
  );
}

/** Nobody has written since this message: what follows from the silence is refused when somebody does in this moment. */
export function nothingSaidSince(table: Table, projectId: ProjectId, { chatId, number }: Message): Write {
  return {
    ConditionCheck: {
      TableName: table.name,
      Key: messageKey(projectId, chatId, number + 1),
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

function rowOf(projectId: ProjectId, id: ChatId, at: Instant) {
  return {
    ...deadlineKey(projectId, id),
    listKey: SWEEP_LIST,
    listSort: sweepTimed(at, 'answer', projectId, id),
  };
}
