import * as z from 'zod';
import { Problem } from '../../functions/edge/problems.ts';
import type { EventLog } from '../engines/event-log.ts';
import { jsonAnswer } from '../gateway/answer.ts';
import type { LocalRequest } from './local-request.ts';

const EVENTS_PER_PAGE = 50;

const eventsQuery = z.strictObject({ after: z.string().default('') });

/** What was put on the bus. `drain` first publishes what was written until now: the list is never behind. */
export function eventsRoute(log: EventLog | null, drain: () => Promise<unknown>) {
  return async (request: LocalRequest) => {
    const { after } = request.query(eventsQuery);
    if (log === null) throw new Problem('not-found', 'The events go to the bus that the environment names.');
    await drain();
    const page = log.after(after === '' ? null : after, EVENTS_PER_PAGE);
    if (page === null) {
      throw new Problem(
        'invalid-cursor',
        'No event has this id. A reset empties the list: start without after.',
      );
    }
    return jsonAnswer(200, {
      items: page.events,
      nextCursor: page.more ? (page.events.at(-1)?.id ?? null) : null,
    });
  };
}
