import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { readJson } from '../../functions/edge/body.ts';
import { Problem } from '../../functions/edge/problems.ts';
import { readBody } from '../gateway/body.ts';
import { gatewayEvent } from '../gateway/event.ts';

/** What a local route gets: its query, and its body when it asks for it. */
export type LocalRequest = {
  readonly query: <T>(schema: z.ZodType<T>) => T;
  readonly body: <T>(schema: z.ZodType<T>) => T;
  /** A body that may be left out altogether. */
  readonly optionalBody: <T>(schema: z.ZodType<T>) => T | null;
};

const BODY_BYTES_MAX = 10 * 1024 * 1024;

/** Reads a request for a local route; what is wrong with it is a `Problem`, in the words of the other routes. */
export async function localRequest(
  request: IncomingMessage,
  routeKey: string,
  requestId: string,
): Promise<LocalRequest> {
  const bytes = await readBody(request, BODY_BYTES_MAX);
  if (bytes === null) throw new Problem('body-too-large', 'No body above 10 MB is read.');
  const event = gatewayEvent(request, { routeKey, params: {} }, bytes, requestId, Date.now());
  return {
    query: schema => check(schema, event.queryStringParameters ?? {}, 'query'),
    body: schema => check(schema, readJson(event), 'body'),
    optionalBody: schema => (bytes.length === 0 ? null : check(schema, readJson(event), 'body')),
  };
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(issue => ({
    path: [where, ...issue.path].join('.'),
    message: issue.message,
  }));
  throw new Problem('invalid-request', `The ${where} is not what this route takes.`, { errors });
}
