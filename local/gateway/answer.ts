import type { ServerResponse } from 'node:http';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type FieldError, Problem, type ProblemCode } from '../../functions/edge/problems.ts';
import { respondProblem } from '../../functions/edge/respond.ts';

/** An answer of the gateway itself or of a local route, in the form of a function's. */
export type Answer = APIGatewayProxyStructuredResultV2;

export function jsonAnswer(status: number, body: unknown): Answer {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

export function problemAnswer(
  code: ProblemCode,
  detail: string,
  requestId: string,
  errors?: readonly FieldError[],
): Answer {
  return respondProblem(new Problem(code, detail, errors && { errors }), requestId);
}

/** Writes an answer as API Gateway does: CORS headers are the gateway's, those of a function are dropped. */
export function writeAnswer(
  response: ServerResponse,
  { statusCode = 200, headers = {}, cookies = [], body = '', isBase64Encoded = false }: Answer,
  gatewayHeaders: Readonly<Record<string, string>> = {},
): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!name.toLowerCase().startsWith('access-control-')) response.setHeader(name, String(value));
  }
  for (const [name, value] of Object.entries(gatewayHeaders)) response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.statusCode = statusCode;
  response.end(isBase64Encoded ? Buffer.from(body, 'base64') : body);
}
