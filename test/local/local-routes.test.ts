import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, openLaptop, type TestLaptop } from '../support/laptop.ts';

let laptop: TestLaptop;
let api: Api;

beforeAll(async () => {
  laptop = await openLaptop({ demo: true });
  api = laptop.api();
});
afterAll(() => laptop.close());

describe('tokens', () => {
  test.each([
    [{ role: 'owner' } as const, '/v1/projects', 200],
    [{ role: 'operator', projectId: 'demo' } as const, '/v1/projects/demo/admin/agents', 200],
    [{ role: 'operator', projectId: 'demo' } as const, '/v1/projects', 403],
    [{ role: 'agent', projectId: 'demo', agentId: 'ada' } as const, '/v1/projects/demo/agents/ada', 200],
    [{ role: 'agent', projectId: 'demo', agentId: 'ada' } as const, '/v1/projects/demo/admin/agents', 403],
  ])('%j gets %s answered with %i', async (role, path, status) => {
    const signedIn = laptop.api(await laptop.token(role));
    expect((await signedIn('GET', path)).status).toBe(status);
  });

  test('outlive thirty days', async () => {
    const owner = laptop.api(await laptop.token({ role: 'owner' }));
    await laptop.advance(30 * 86_400);
    expect((await owner('GET', '/v1/projects')).status).toBe(200);
  });
});

describe('bad input is named, as on every route', () => {
  test.each([
    ['an unknown role', 'POST', '/local/token', { role: 'king' }, 400, 'invalid-request'],
    ['a role without its project', 'POST', '/local/token', { role: 'bot' }, 400, 'invalid-request'],
    ['an id that is none', 'POST', '/local/token', { role: 'bot', projectId: 'A#B' }, 400, 'invalid-request'],
    ['a field too many', 'POST', '/local/token', { role: 'owner', x: 1 }, 400, 'invalid-request'],
    ['no JSON', 'POST', '/local/token', '{', 400, 'malformed-json'],
    ['more than 64 KB', 'POST', '/local/token', `"${'x'.repeat(65_536)}"`, 413, 'body-too-large'],
    ['a clock that runs backwards', 'POST', '/local/clock', { advanceSeconds: -1 }, 400, 'invalid-request'],
    ['seconds in quotes', 'POST', '/local/clock', { advanceSeconds: '5' }, 400, 'invalid-request'],
    ['no seconds', 'POST', '/local/clock', {}, 400, 'invalid-request'],
    ['more than ten years', 'POST', '/local/clock', { advanceSeconds: 1e12 }, 400, 'invalid-request'],
    ['an event nobody knows', 'GET', '/local/events?after=nope', undefined, 400, 'invalid-cursor'],
    ['a parameter nobody knows', 'GET', '/local/events?before=x', undefined, 400, 'invalid-request'],
    ['a reset of something', 'POST', '/local/reset', { all: true }, 400, 'invalid-request'],
    ['an unknown route', 'GET', '/local/nothing', undefined, 404, 'not-found'],
    ['another method', 'DELETE', '/local/clock', undefined, 404, 'not-found'],
  ])('%s', async (_, method, path, body, status, code) => {
    const answer = await api(method, path, body);
    expect(answer).toMatchObject({ status, body: { code, status } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('a body that does not say it is JSON', async () => {
    const answer = await api('POST', '/local/clock', '{"advanceSeconds":1}', {
      'content-type': 'text/plain',
    });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  });
});

describe('pages of other sites are kept out', () => {
  test('another origin', async () => {
    const { status, headers } = await api('POST', '/local/reset', undefined, {
      origin: 'https://evil.example',
    });
    expect(status).toBe(403);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('this machine under a name of somebody else', async () => {
    const status = await new Promise(resolve => {
      const asked = request(`${laptop.url}/local/clock`, { headers: { host: 'evil.example' } }, response => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.end();
    });
    expect(status).toBe(403);
  });

  test('our own page may', async () => {
    const { status } = await api('GET', '/local/clock', undefined, { origin: laptop.url });
    expect(status).toBe(200);
  });
});

test('a reset empties everything and loads the demo team anew', async () => {
  const owner = laptop.api(await laptop.token({ role: 'owner' }));
  await owner('PUT', '/v1/projects/acme', { name: 'Acme' });
  await owner('PUT', '/v1/projects/demo/agents/ada/status', { status: 'rest' });
  const before = (await api('GET', '/local/clock')).body.now;

  expect((await api('POST', '/local/reset')).status).toBe(204);

  const { items } = (await owner('GET', '/v1/projects')).body;
  expect(items).toMatchObject([{ id: 'demo', widgetKey: 'pk_demo' }]);
  expect((await owner('GET', '/v1/projects/demo/agents/ada')).body.status).toBe('online');
  expect((await api('GET', '/local/clock')).body.now > before).toBe(true);
  const { items: events } = (await api('GET', '/local/events')).body;
  expect(events.map((event: { detail: { projectId: string } }) => event.detail.projectId)).not.toContain(
    'acme',
  );
  expect(events.length).toBeGreaterThan(0);
});
