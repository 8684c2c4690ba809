import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { ProjectId } from '../../domain/brands.ts';
import { parseAgentRow } from '../store/agent-row.ts';
import { parseChatRow } from '../store/chat-row.ts';
import type { Row } from '../store/client.ts';
import { MESSAGES_BEGIN } from '../store/keys.ts';
import { parseMessageRow } from '../store/messages.ts';
import { once, wirePublisher } from '../wiring.ts';
import { EVENTS_PER_CALL_MAX } from './event-bus.ts';
import { agentEvents, chatEvents, type DomainEvent, messageEvents } from './events.ts';

type Publishing = ReturnType<typeof wirePublisher>;

/**
 * Publishes what the table's stream says changed. In order; on a failure it reports the record it got to, and the
 * platform delivers again from there: every event at least once, doubles carry the same id.
 */
export function publishLambda({ eventBus, log }: Publishing) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const { entries, unreadable } = readChanges(Records);
    for (let from = 0; from < entries.length; from += EVENTS_PER_CALL_MAX) {
      const batch = entries.slice(from, from + EVENTS_PER_CALL_MAX);
      try {
        await eventBus.publish(batch.map(entry => entry.event));
      } catch (error) {
        log.error('changes were not published', error as Error);
        return goOnFrom(batch[0]?.record);
      }
    }
    if (unreadable === null) return { batchItemFailures: [] };
    log.error('a change could not be read', unreadable.error);
    return goOnFrom(unreadable.record);
  };
}

type Entry = { readonly record: DynamoDBRecord; readonly event: DomainEvent };

/** The events of a batch, up to the first record that is not ours to read. */
function readChanges(records: readonly DynamoDBRecord[]) {
  const entries: Entry[] = [];
  for (const record of records) {
    try {
      for (const event of eventsOf(record)) entries.push({ record, event });
    } catch (error) {
      return { entries, unreadable: { record, error: error as Error } };
    }
  }
  return { entries, unreadable: null };
}

function goOnFrom(record: DynamoDBRecord | undefined): DynamoDBBatchResponse {
  return { batchItemFailures: [{ itemIdentifier: record?.dynamodb?.SequenceNumber ?? '' }] };
}

const ROSTER_PARTITION = /^P#([^#]+)#ROSTER$/;
const CHAT_PARTITION = /^P#([^#]+)#CHAT#/;

function eventsOf({ dynamodb }: DynamoDBRecord): readonly DomainEvent[] {
  const after = image(dynamodb?.NewImage);
  if (after === null) return [];
  const before = image(dynamodb?.OldImage);
  if (after.sk === 'CHAT') return chatEvents(before && parseChatRow(before).chat, parseChatRow(after).chat);
  if (String(after.sk).startsWith(MESSAGES_BEGIN)) {
    const ofProject = CHAT_PARTITION.exec(String(after.pk))?.[1];
    return ofProject === undefined || before !== null
      ? []
      : messageEvents(ofProject as ProjectId, parseMessageRow(after));
  }
  const projectId = ROSTER_PARTITION.exec(String(after.pk))?.[1];
  if (projectId === undefined) return [];
  return agentEvents(projectId as ProjectId, before && parseAgentRow(before), parseAgentRow(after));
}

/** In a Lambda's event binary attributes come as base64. */
function image(attributes: NonNullable<DynamoDBRecord['dynamodb']>['NewImage']): Row | null {
  if (attributes === undefined) return null;
  const binary = ({ B }: { B?: string }) => B !== undefined && { B: Buffer.from(B, 'base64') };
  const read = Object.entries(attributes).map(([name, value]) => [name, binary(value) || value] as const);
  return unmarshall(Object.fromEntries(read) as Record<string, AttributeValue>);
}

const lambda = once(() => publishLambda(wirePublisher(process.env)));
export const handler = (event: DynamoDBStreamEvent) => lambda()(event);
