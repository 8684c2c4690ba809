import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { HttpInvoke } from '../../local/functions.ts';
import { type Api, openLaptop, type TestLaptop } from '../support/laptop.ts';

let laptop: TestLaptop;
let api: Api;
let seen: APIGatewayProxyEventV2[];
let answer: () => Promise<APIGatewayProxyStructuredResultV2>;

beforeAll(async () => {
  const invoke: HttpInvoke = event => {
    seen.push(event);
    return answer();
  };
  const all = { 'start-chat': invoke, chats: invoke, agents: invoke, admin: invoke, projects: invoke };
  laptop = await openLaptop({ functions: real => ({ ...real, http: all }) });
  api = laptop.api();
});
afterAll(() => laptop.close());
beforeEach(() => {
  seen = [];
  answer = async () => ({ statusCode: 200 });
});

describe('the event is the one of an HTTP API', () => {
  test('path, query, headers and body arrive in its form', async () => {
    await api('POST', '/v1/projects/acme/chats/chat%20one/close?a=1&b=%C3%A9&a=2', '{"x":"ü"}', {
      'X-Usher-Key': 'pk_1',
      cookie: 'a=1; b=2',
    });
    const [event] = seen;
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /v1/projects/{projectId}/chats/{chatId}/close',
      rawPath: '/v1/projects/acme/chats/chat%20one/close',
      rawQueryString: 'a=1&b=%C3%A9&a=2',
      queryStringParameters: { a: '1,2', b: 'é' },
      pathParameters: { projectId: 'acme', chatId: 'chat one' },
      cookies: ['a=1', 'b=2'],
      body: '{"x":"ü"}',
      isBase64Encoded: false,
      requestContext: {
        http: {
          method: 'POST',
          protocol: 'HTTP/1.1',
          sourceIp: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
        },
        routeKey: 'POST /v1/projects/{projectId}/chats/{chatId}/close',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      },
    });
    expect(event?.headers).toMatchObject({ 'x-usher-key': 'pk_1', 'content-type': 'application/json' });
    expect(event?.headers.cookie).toBeUndefined();
  });

  test('without query and body it has neither', async () => {
    await api('GET', '/v1/projects');
    expect(Object.keys(seen[0] ?? {})).not.toEqual(expect.arrayContaining(['body']));
    expect(seen[0]?.queryStringParameters).toBeUndefined();
    expect(seen[0]?.pathParameters).toBeUndefined();
  });

  test('a body that is no text comes in base64', async () => {
    await api('PUT', '/v1/projects/acme', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(seen[0]).toMatchObject({ body: 'YT0x', isBase64Encoded: true });
  });

  test('a parameter named like a part of every object is only a parameter', async () => {
    await api('GET', '/v1/projects?__proto__=x&constructor=y');
    expect(Object.keys(seen[0]?.queryStringParameters ?? {})).toEqual(['__proto__', 'constructor']);
  });
});

describe('the answer is what the function gave', () => {
  test('status, headers and body; CORS headers are the gateway’s own', async () => {
    answer = async () => ({
      statusCode: 201,
      headers: { etag: '"7"', 'Access-Control-Allow-Origin': 'https://from.function' },
      body: 'aGk=',
      isBase64Encoded: true,
    });
    const { status, headers, body } = await api('GET', '/v1/projects', undefined, {
      origin: 'https://shop.example',
    });
    expect(status).toBe(201);
    expect(body).toBe('hi');
    expect(headers.get('etag')).toBe('"7"');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-expose-headers')).toBe('etag,idempotent-replayed,retry-after');
  });

  test('no origin, no CORS headers', async () => {
    const { headers } = await api('GET', '/v1/projects');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a function that throws is a 500 that tells nothing', async () => {
    answer = () => Promise.reject(new Error('secret'));
    const { status, body } = await api('GET', '/v1/projects');
    expect(status).toBe(500);
    expect(body.code).toBe('internal-error');
    expect(JSON.stringify(body)).not.toContain('secret');
  });
});

test('a preflight is answered by the gateway', async () => {
  const { status, headers } = await api('OPTIONS', '/v1/projects/acme/chats', undefined, {
    origin: 'https://shop.example',
    'access-control-request-method': 'POST',
  });
  expect(status).toBe(204);
  expect(headers.get('access-control-allow-methods')?.split(',')).toEqual(
    expect.arrayContaining(['GET', 'PUT']),
  );
  expect(headers.get('access-control-allow-headers')?.split(',')).toEqual([
    'authorization',
    'content-type',
    'x-usher-key',
    'idempotency-key',
    'if-match',
    'if-none-match',
  ]);
  expect(seen).toHaveLength(0);
});

describe('what the route table does not know never reaches a function', () => {
  test.each([
    ['an unknown path', 'GET', '/v1/nothing', 404, 'not-found'],
    ['a known path with another method', 'DELETE', '/v1/projects/acme', 404, 'not-found'],
    ['an empty parameter', 'GET', '/v1/projects//chats', 404, 'not-found'],
    ['a trailing slash', 'GET', '/v1/projects/', 404, 'not-found'],
    ['a path that cannot be decoded', 'PUT', '/v1/projects/%zz', 400, 'invalid-request'],
  ])('%s', async (_, method, path, status, code) => {
    const answered = await api(method, path);
    expect(answered).toMatchObject({ status, body: { code, status } });
    expect(answered.headers.get('content-type')).toBe('application/problem+json');
    expect(seen).toHaveLength(0);
  });

  test('a body above 10 MB is cut off', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(`${laptop.url}/v1/projects/acme`, { method: 'PUT' }, response => {
        response.resume();
        resolve(response.statusCode);
      });
      sending.on('error', reject);
      sending.end(Buffer.alloc(10 * 1024 * 1024 + 1));
    });
    expect(status).toBe(413);
    expect(seen).toHaveLength(0);
  });
});
