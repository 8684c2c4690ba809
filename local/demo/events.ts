import { eventsAnswer } from './answers.ts';
import type { Connection } from './connection.ts';

export type Assigned = { readonly chatId: string; readonly agentId: string; readonly at: number };

const PAGE_EVENTS = 50;

/** Reads on in the laptop's event bus: who has got which chat since the last time it was asked. */
export function assignments(connection: Connection): () => Promise<readonly Assigned[]> {
  let after: string | number | null = null;
  return async () => {
    const found: Assigned[] = [];
    for (;;) {
      const path = after === null ? '/local/events' : `/local/events?after=${encodeURIComponent(after)}`;
      const { body } = await connection.call({ method: 'GET', path, as: null }, eventsAnswer);
      for (const { 'detail-type': type, detail } of body.items) {
        const { chatId, agentId, at } = detail;
        if (type === 'ChatAssigned' && chatId && agentId) found.push({ chatId, agentId, at });
      }
      after = body.items.at(-1)?.id ?? after;
      if (body.items.length < PAGE_EVENTS) return found;
    }
  };
}
