import { describe, expect, test } from '@jest/globals';
import { httpLambda } from '../../functions/edge/lambda.ts';
import { EDGE_HEADER } from '../../functions/environment.ts';
import { wire } from '../../functions/wiring.ts';
import { eventOf } from './event.ts';

const SECRET = 'S'.repeat(64);
const TABLE = { USHER_TABLE: 'none', AWS_REGION: 'eu-west-1' };

/** What a function says to a route that it does not have: whoever is told has been admitted. */
async function answer(env: Record<string, string>, headers: Record<string, string>) {
  const lambda = httpLambda({}, wire({ ...TABLE, ...env }));
  const { statusCode, body } = await lambda(eventOf({ headers }), {} as Parameters<typeof lambda>[1]);
  return { status: statusCode, code: JSON.parse(body ?? '').code };
}

const ADMITTED = { status: 404, code: 'not-found' };
const REFUSED = { status: 403, code: 'forbidden' };

describe('with an edge in front', () => {
  const env = { USHER_EDGE_SECRET: SECRET };

  test.each([
    ['who came by it is admitted', { [EDGE_HEADER]: SECRET }, ADMITTED],
    ['who came past it is refused', {}, REFUSED],
    ['who guesses is refused', { [EDGE_HEADER]: 'T'.repeat(64) }, REFUSED],
    ['who knows the beginning is refused', { [EDGE_HEADER]: SECRET.slice(1) }, REFUSED],
    // What the gateway makes of a header that is sent twice.
    ['who adds to it is refused', { [EDGE_HEADER]: `x,${SECRET}` }, REFUSED],
    ['who sends nothing in it is refused', { [EDGE_HEADER]: '' }, REFUSED],
  ])('%s', async (_, headers, expected) => {
    expect(await answer(env, headers)).toEqual(expected);
  });

  test('a function whose secret is empty does not start', () => {
    expect(() => wire({ ...TABLE, USHER_EDGE_SECRET: '' })).toThrow('USHER_EDGE_SECRET');
  });
});

test('without an edge everybody is admitted', async () => {
  expect(await answer({}, {})).toEqual(ADMITTED);
});
