import type { Answered } from './declared.ts';

export type Event = {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: {
    readonly eventId: string;
    readonly projectId: string;
    readonly [field: string]: unknown;
  };
};

type Send = (method: string, path: string, headers: Readonly<Record<string, string>>) => Promise<Answered>;

/** The events about a project, in the order in which they were put on the bus. */
export async function eventsOf(send: Send, projectId: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (let after = ''; ; ) {
    const { body } = await send('GET', `/local/events${after && `?after=${after}`}`, {});
    const { items, nextCursor } = body as { items: Event[]; nextCursor: string | null };
    events.push(...items);
    if (nextCursor === null) return events.filter(({ detail }) => detail.projectId === projectId);
    after = nextCursor;
  }
}
