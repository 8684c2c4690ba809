import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Match } from './match.ts';

/** What API Gateway gives as text; every other body comes in base64. */
const TEXT_TYPE = /^(text\/|application\/(json|javascript|xml)\b|[^;]*\+(json|xml)\b)/i;
const API_ID = 'local';

/** The event that an HTTP API calls a function with (payload format 2.0). */
export function gatewayEvent(
  request: IncomingMessage,
  { routeKey, params }: Pick<Match, 'routeKey' | 'params'>,
  body: Buffer,
  requestId: string,
  now: number,
): APIGatewayProxyEventV2 {
  const { path, query } = splitTarget(request.url ?? '/');
  const headers = lowerCaseHeaders(request);
  const cookies = request.headers.cookie?.split('; ');
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '');
  const domainName = (request.headers.host ?? '').replace(/:\d+$/, '');
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies !== undefined && { cookies }),
    headers,
    ...(query !== '' && { queryStringParameters: queryParameters(query) }),
    requestContext: {
      accountId: '000000000000',
      apiId: API_ID,
      domainName,
      domainPrefix: domainName.split('.')[0] ?? '',
      http: {
        method: request.method ?? 'GET',
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now,
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    ...(Object.keys(params).length > 0 && { pathParameters: { ...params } }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Path and query of a request target, as sent. */
export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** Names in lower case, the values of a repeated header joined by commas; cookies travel apart. */
function lowerCaseHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (name !== 'cookie' && values !== undefined) headers[name] = values.join(',');
  }
  return headers;
}

/** Decoded; the values of a repeated parameter joined by commas. */
function queryParameters(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = Object.hasOwn(parameters, name) ? `${parameters[name]},` : '';
    Object.defineProperty(parameters, name, { value: before + value, enumerable: true, configurable: true });
  }
  return parameters;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As in access logs: 12/Mar/2026:19:03:58 +0000. */
function logTime(now: number): string {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(new Date(now).toISOString()) ?? [];
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
