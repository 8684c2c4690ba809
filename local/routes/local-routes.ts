import type { Instant } from '../../domain/brands.ts';
import type { EventLog } from '../engines/event-log.ts';
import { jsonAnswer } from '../gateway/answer.ts';
import type { Issuer, Subject } from '../issuer.ts';
import { moveClockRoute, readClockRoute } from './clock.ts';
import { eventsRoute } from './events.ts';
import { resetRoute } from './reset.ts';
import type { LocalRoutes } from './serve-local.ts';
import { tokenRoute } from './token.ts';

/** What the local routes reach into. */
export type LocalServices = {
  readonly jwks: Issuer['jwks'];
  readonly sign: (subject: Subject) => Promise<string>;
  readonly now: () => Instant;
  readonly advance: (seconds: number) => Promise<Instant>;
  readonly events: EventLog | null;
  readonly drain: () => Promise<unknown>;
  readonly reset: () => Promise<void>;
};

export const ISSUER_PATH = '/local/issuer';

export function localRoutes({ jwks, sign, now, advance, events, drain, reset }: LocalServices): LocalRoutes {
  return {
    'POST /local/token': tokenRoute(sign),
    'GET /local/clock': readClockRoute(now),
    'POST /local/clock': moveClockRoute(advance),
    'GET /local/events': eventsRoute(events, drain),
    'POST /local/reset': resetRoute(reset),
    [`GET ${ISSUER_PATH}/.well-known/jwks.json`]: async () => jsonAnswer(200, jwks),
  };
}
