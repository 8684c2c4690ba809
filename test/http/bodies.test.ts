import { describe, expect, test } from '@jest/globals';
import { BOUNDS } from '../../functions/bounds.ts';
import { readJson } from '../../functions/edge/body.ts';
import type { HttpEvent } from '../../functions/edge/http-event.ts';
import { parse } from '../../functions/edge/parse.ts';
import { Problem } from '../../functions/edge/problems.ts';
import { respondProblem } from '../../functions/edge/respond.ts';
import { ROUTES } from '../../functions/routes.ts';

/** A body is measured before it is parsed, and what is said about it is not longer than it may be. */

function eventWith(body: string, isBase64Encoded = false): HttpEvent {
  const headers = { 'content-type': 'application/json' };
  return { body, isBase64Encoded, headers, pathParameters: { projectId: 'acme' } } as unknown as HttpEvent;
}

function refusal(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe.each([
  ['as text', (text: string) => eventWith(text)],
  ['in base64', (text: string) => eventWith(Buffer.from(text).toString('base64'), true)],
])('a body %s', (_, event) => {
  // Three lengths in a row: base64 pads each of them otherwise.
  test.each([BOUNDS.bodyBytesMax - 2, BOUNDS.bodyBytesMax - 1, BOUNDS.bodyBytesMax])(
    'may have %d bytes',
    bytes => {
      expect(readJson(event('{}'.padEnd(bytes)))).toEqual({});
    },
  );

  test.each([1, 2, 3])('may not have %d bytes more', more => {
    const broken = '{'.padEnd(BOUNDS.bodyBytesMax + more);
    expect(refusal(() => readJson(event(broken))).code).toBe('body-too-large');
  });

  test('is malformed where nothing can be so deep', () => {
    const depth = 30_000;
    expect(refusal(() => parse(event('['.repeat(depth)), ROUTES.explain)).code).toBe('malformed-json');
    const closed = '['.repeat(depth) + ']'.repeat(depth);
    expect(['malformed-json', 'invalid-request']).toContain(
      refusal(() => parse(event(closed), ROUTES.explain)).code,
    );
  });
});

const keys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

test.each([
  ['30,000 items', ROUTES.editAgents, { agentIds: Array(30_000).fill(1), set: { maxLoad: 1 } }],
  ['6,000 names', ROUTES.editAgents, { agentIds: 'all', set: keys(6_000) }],
  ['6,000 values', ROUTES.startChat, { channelId: 'web', visitor: { attributes: keys(6_000) } }],
  ['one long name', ROUTES.startChat, { channelId: 'web', ['k'.repeat(60_000)]: 1 }],
])('a body that is wrong in %s is refused in few words', (_, route, body) => {
  const problem = refusal(() => parse(eventWith(JSON.stringify(body)), route));
  expect(problem.code).toBe('invalid-request');
  expect(problem.errors?.length).toBeLessThanOrEqual(BOUNDS.fieldErrorsMax);
  expect(respondProblem(problem, 'request').body?.length).toBeLessThan(BOUNDS.bodyBytesMax);
});

test('a refusal that does not name every error says so', () => {
  const body = { channelId: 'web', visitor: { attributes: keys(100) } };
  const { message } = refusal(() => parse(eventWith(JSON.stringify(body)), ROUTES.startChat));
  expect(message).toContain(`${BOUNDS.fieldErrorsMax} of 100 errors are named`);
});
