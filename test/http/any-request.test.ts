import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { ROUTE_NAMES, ROUTES, type Route } from '../../functions/routes.ts';
import { named, type Present, valuesFor } from './any-request.ts';

/** The bodies that the tests send reach every field of every route. */

const PRESENT: Present = {
  callers: { widget: [], visitor: [], agent: [], bot: [], operator: [], owner: [] },
  others: [],
  chats: ['open'],
};
const IDS = { open: `chat_${'0'.repeat(26)}` };

const withBody = ROUTE_NAMES.flatMap(name => {
  const { body }: Route = ROUTES[name];
  return body === null ? [] : [[name, body] as const];
});

function samples(schema: z.ZodType, wrong: 0 | 1): readonly unknown[] {
  const texts = valuesFor(schema, PRESENT, wrong).map(value => JSON.stringify(value) ?? '');
  return fc
    .sample(texts, { seed: 1, numRuns: 200 })
    .map(text => (text === '' ? text : JSON.parse(named(text, IDS))));
}

describe.each(withBody)('%s', (_, schema) => {
  test('is sent bodies that it takes, every field of it among them, and bodies that it does not take', () => {
    const taken = samples(schema, 0).filter(body => schema.safeParse(body).success);
    expect(taken.length).toBeGreaterThan(0);
    const sent = JSON.stringify(taken);
    for (const field of fieldsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))) {
      expect(sent).toContain(`"${field}":`);
    }
    expect(samples(schema, 1).some(body => !schema.safeParse(body).success)).toBe(true);
  });
});

function fieldsOf(shape: unknown): readonly string[] {
  if (typeof shape !== 'object' || shape === null) return [];
  const { properties = {} } = shape as { properties?: object };
  return [
    ...new Set([
      ...Object.keys(properties),
      ...Object.values(shape).flatMap(fieldsOf),
      ...Object.values(properties).flatMap(fieldsOf),
    ]),
  ];
}

test('a field nobody has thought of is not passed over', () => {
  const schema = z.strictObject({ name: z.string(), colour: z.string() });
  expect(() => valuesFor(schema, PRESENT, 0)).toThrow('nothing to say in the field colour');
});
