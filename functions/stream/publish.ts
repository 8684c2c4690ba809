import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { ProjectId } from '../../domain/brands.ts';
import { parseAgentRow } from '../store/agent-row.ts';
import { parseChatRow } from '../store/chat-row.ts';
import type { Row } from '../store/client.ts';
import { once, wirePublisher } from '../wiring.ts';
import { EVENTS_PER_CALL_MAX } from './event-bus.ts';
import { agentEvents, chatEvents, type DomainEvent } from './events.ts';

type Publishing = ReturnType<typeof wirePublisher>;

/**
 * Publishes what the table's stream says changed. In order; on a failure it reports the record it got to, and the
 * platform delivers again from there: every event at least once, doubles carry the same id.
 */
export function publishLambda({ eventBus, log }: Publishing) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    for (const record of Records) {
      try {
        const events = eventsOf(record);
        for (let from = 0; from < events.length; from += EVENTS_PER_CALL_MAX) {
          await eventBus.publish(events.slice(from, from + EVENTS_PER_CALL_MAX));
        }
      } catch (error) {
        log.error('a change was not published', error as Error);
        return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
      }
    }
    return { batchItemFailures: [] };
  };
}

const ROSTER_PARTITION = /^P#(.+)#ROSTER$/;

function eventsOf({ dynamodb }: DynamoDBRecord): readonly DomainEvent[] {
  const after = image(dynamodb?.NewImage);
  if (after === null) return [];
  const before = image(dynamodb?.OldImage);
  if (after.sk === 'CHAT') return chatEvents(before && parseChatRow(before).chat, parseChatRow(after).chat);
  const projectId = ROSTER_PARTITION.exec(String(after.pk))?.[1];
  if (projectId === undefined) return [];
  return agentEvents(projectId as ProjectId, before && parseAgentRow(before), parseAgentRow(after));
}

function image(attributes: NonNullable<DynamoDBRecord['dynamodb']>['NewImage']): Row | null {
  return attributes === undefined ? null : unmarshall(attributes as Record<string, AttributeValue>);
}

const lambda = once(() => publishLambda(wirePublisher(process.env)));
export const handler = (event: DynamoDBStreamEvent) => lambda()(event);
