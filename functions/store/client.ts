import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

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
  return error instanceof Error && THROTTLES.has(error.name);
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
  if (!(error instanceof Error)) return false;
  if (error.name === 'TimeoutError' || error.name === 'InternalServerError') return true;
  if ('code' in error && CONNECTION_FAILURES.has(String(error.code))) return true;
  const metadata = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number }) : undefined;
  return metadata?.httpStatusCode !== undefined && metadata.httpStatusCode >= 500;
}
