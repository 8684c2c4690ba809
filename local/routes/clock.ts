import * as z from 'zod';
import type { Instant } from '../../domain/brands.ts';
import { jsonAnswer } from '../gateway/answer.ts';
import type { LocalRequest } from './local-request.ts';

const ADVANCE_SECONDS_MAX = 10 * 366 * 86_400;

const clockBody = z.strictObject({ advanceSeconds: z.number().min(0).max(ADVANCE_SECONDS_MAX) });

export function readClockRoute(now: () => Instant) {
  return async (request: LocalRequest) => {
    request.query(z.strictObject({}));
    return clockAnswer(now());
  };
}

export function moveClockRoute(advance: (seconds: number) => Promise<Instant>) {
  return async (request: LocalRequest) => clockAnswer(await advance(request.body(clockBody).advanceSeconds));
}

function clockAnswer(now: Instant) {
  return jsonAnswer(200, { now: new Date(now).toISOString() });
}
