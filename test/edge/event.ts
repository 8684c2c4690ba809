import type { HttpEvent } from '../../functions/edge/http-event.ts';

type Given = { readonly headers?: Record<string, string>; readonly sourceIp?: string };

/** A request to a route that no function has, as the gateway hands it over. */
export function eventOf({ headers = {}, sourceIp = '203.0.113.1' }: Given): HttpEvent {
  const routeKey = 'GET /nowhere';
  return {
    version: '2.0',
    routeKey,
    rawPath: '/nowhere',
    rawQueryString: '',
    headers,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'example.com',
      domainPrefix: 'example',
      http: { method: 'GET', path: '/nowhere', protocol: 'HTTP/1.1', sourceIp, userAgent: '' },
      requestId: 'one',
      routeKey,
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 0,
    },
    isBase64Encoded: false,
  };
}
