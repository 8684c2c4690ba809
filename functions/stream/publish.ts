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
 * Publishes what the table's stream says changed, in order. On a failure it reports the record it got to, and the
 * platform delivers again from there, until it succeeds: every event at least once, doubles carry the same id. A record
 * that cannot be read would never succeed; it is set aside, and those behind it go on.
 */
export function publishLambda({ eventBus, unreadable, log }: Publishing) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    for (const step of stepsOf(Records)) {
      try {
        if (step.kind === 'publish') await eventBus.publish(step.events);
        else {
          await unreadable.setAside(step.record, step.error);
          log.error('a change could not be read and was set aside', step.error);
        }
      } catch (error) {
        log.error('changes were not published', error as Error);
        return goOnFrom(step.record);
      }
    }
    return { batchItemFailures: [] };
  };
}

/** `record` is the one to go on from where the step fails. */
type Step =
  | { readonly kind: 'publish'; readonly record: DynamoDBRecord; readonly events: DomainEvent[] }
  | { readonly kind: 'set-aside'; readonly record: DynamoDBRecord; readonly error: Error };

/** What is to be done about a batch, in the order of its records: events together, as many as the bus takes. */
function stepsOf(records: readonly DynamoDBRecord[]): readonly Step[] {
  const steps: Step[] = [];
  for (const record of records) {
    try {
      for (const event of eventsOf(record)) {
        const last = steps.at(-1);
        if (last?.kind === 'publish' && last.events.length < EVENTS_PER_CALL_MAX) last.events.push(event);
        else steps.push({ kind: 'publish', record, events: [event] });
      }
    } catch (error) {
      steps.push({ kind: 'set-aside', record, error: error as Error });
    }
  }
  return steps;
}

function goOnFrom({ dynamodb }: DynamoDBRecord): DynamoDBBatchResponse {
  return { batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber ?? '' }] };
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
