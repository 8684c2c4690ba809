import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DomainEvent } from './events.ts';

/** Thrown when the bus took some of a batch and not all: a 200 can carry failed entries. */
export class EventsRefused extends Error {}

export type EventBus = {
  /** Publishes up to ten events, in order. Throws `EventsRefused` unless the bus took every one. */
  readonly publish: (events: readonly DomainEvent[]) => Promise<void>;
};

export const EVENTS_PER_CALL_MAX = 10;

export function eventBus(client: EventBridgeClient, name: string): EventBus {
  return {
    async publish(events) {
      const { FailedEntryCount = 0 } = await client.send(
        new PutEventsCommand({
          Entries: events.map(event => ({
            EventBusName: name,
            Source: 'usher',
            DetailType: event.type,
            Time: new Date(event.detail.at),
            Detail: JSON.stringify(event.detail),
          })),
        }),
      );
      if (FailedEntryCount > 0) throw new EventsRefused(`the bus refused ${FailedEntryCount} events`);
    },
  };
}
