import type { IncomingMessage } from 'node:http';
import { ROUTE_NAMES, ROUTES } from '../../functions/routes.ts';

const METHODS = [...new Set(ROUTE_NAMES.map(name => ROUTES[name].method))].join(',');
const REQUEST_HEADERS = 'authorization,content-type,x-usher-key,idempotency-key,if-match,if-none-match';
const EXPOSED_HEADERS = 'etag,idempotent-replayed,retry-after';
const MAX_AGE_SECONDS = '3600';

/** The CORS headers of an HTTP API that allows any origin: on requests that come from a page, and only there. */
export function corsHeaders(request: IncomingMessage): Record<string, string> {
  if (request.headers.origin === undefined) return {};
  return { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED_HEADERS };
}

/** An HTTP API with CORS answers every OPTIONS request itself. */
export function preflightHeaders(request: IncomingMessage): Record<string, string> {
  if (request.headers.origin === undefined) return {};
  return {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': REQUEST_HEADERS,
    'access-control-max-age': MAX_AGE_SECONDS,
  };
}
