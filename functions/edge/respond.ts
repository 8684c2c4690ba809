import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Answer } from './exchange.ts';
import { PROBLEMS, type Problem } from './problems.ts';

export type HttpResult = APIGatewayProxyStructuredResultV2 & { headers: Record<string, string> };

export function respond({ status, body, version }: Answer): HttpResult {
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (version !== undefined) headers.etag = etagOf(version);
  if (body === null) return { statusCode: status, headers };
  return {
    statusCode: status,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/** RFC 9457. `instance` is the request's id, by which the log is searched. */
export function respondProblem(problem: Problem, requestId: string): HttpResult {
  const { code, message, errors, retryAfterSeconds } = problem;
  const { status, title } = PROBLEMS[code];
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...((status === 429 || status === 503) && { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify({
      type: `urn:usher:problem:${code}`,
      title,
      status,
      detail: message,
      instance: requestId,
      code,
      ...(errors !== undefined && { errors }),
    }),
  };
}

export function etagOf(version: number): string {
  return `"${version}"`;
}
