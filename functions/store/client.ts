import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';

/** The one table, and what a retry needs from outside: chance and a pause, passed in so that tests decide both. */
export type Table = {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Milliseconds on a clock that only runs forward; measures the deadline, never the time of day. */
  readonly elapsedMs: () => number;
};

export type Key = { readonly pk: string; readonly sk: string };
export type Row = Record<string, unknown>;

const THROTTLES = new Set([
  'ThrottlingException',
  'ThrottlingError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);

/** Told apart by name, never by message text. */
export function isThrottle(error: unknown): boolean {
  return THROTTLES.has(nameOf(error));
}

const CONNECTION_FAILURES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

/** The request may or may not have been carried out: no answer came back, or the platform failed on the way. */
export function isLostAnswer(error: unknown): boolean {
  const name = nameOf(error);
  if (name === 'TimeoutError' || name === 'InternalServerError') return true;
  const { code, $metadata } = failure.parse(error);
  return CONNECTION_FAILURES.has(code ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500;
}

const failure = z
  .object({
    name: z.string().optional().catch(undefined),
    code: z.string().optional().catch(undefined),
    $metadata: z.object({ httpStatusCode: z.number().optional() }).optional().catch(undefined),
  })
  .catch({});

function nameOf(error: unknown): string {
  return failure.parse(error).name ?? '';
}
