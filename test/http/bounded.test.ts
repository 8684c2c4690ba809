import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { ROUTE_NAMES, ROUTES, type Route } from '../../functions/routes.ts';
import { type Shape, shapeOf } from './any-request.ts';

/** Whatever a route takes is bounded: in its names, its length, its size and its depth. */

const DEPTH_MAX = 6;

/** What of a schema is not bounded, by path. */
function unbounded(schema: z.ZodType): readonly string[] {
  return within(shapeOf(schema), '', 0);
}

function within(shape: Shape, path: string, depth: number): readonly string[] {
  const wrong = (what: string) => [`${path || '.'}: ${what}`];
  if (depth > DEPTH_MAX || shape.$ref !== undefined) return wrong('depth');
  if (shape.const !== undefined || shape.enum !== undefined) return [];
  if (shape.anyOf !== undefined) return shape.anyOf.flatMap(one => within(one, path, depth));
  if (Array.isArray(shape.type)) {
    return shape.type.flatMap(type => within({ ...shape, type }, path, depth));
  }
  switch (shape.type) {
    case 'null':
    case 'boolean':
      return [];
    case 'string':
      return shape.maxLength !== undefined || isBounding(shape.pattern) ? [] : wrong('length');
    case 'integer':
    case 'number':
      return isWithin(shape.minimum) && isWithin(shape.maximum) ? [] : wrong('size');
    case 'array':
      return [
        ...(shape.maxItems === undefined ? wrong('number of items') : []),
        ...within(shape.items ?? {}, `${path}[]`, depth + 1),
      ];
    case 'object':
      return ofObject(shape, path, depth);
    default:
      return wrong('anything at all');
  }
}

function ofObject(shape: Shape, path: string, depth: number): readonly string[] {
  const { properties = {}, additionalProperties: others, propertyNames = {}, maxProperties } = shape;
  const own = Object.entries(properties).flatMap(([name, one]) => within(one, `${path}.${name}`, depth + 1));
  if (others === false) return own;
  if (typeof others !== 'object') return [...own, `${path || '.'}: unknown names`];
  return [
    ...own,
    ...(maxProperties === undefined ? [`${path || '.'}: number of names`] : []),
    ...within(propertyNames, `${path}{name}`, depth + 1),
    ...within(others, `${path}{}`, depth + 1),
  ];
}

/** A pattern bounds a text that it begins and ends, with nothing in it that goes on and on. */
function isBounding(pattern = ''): boolean {
  return (
    /^\^.*\$$/.test(pattern) && !/[*+]|\{\d+,\}/.test(pattern.replace(/\\./g, '').replace(/\[[^\]]*\]/g, ''))
  );
}

/** The bounds of safe integers are those of no bound at all. */
function isWithin(bound: number | undefined): boolean {
  return bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
}

describe.each(ROUTE_NAMES)('%s', name => {
  const { params, query, body }: Route = ROUTES[name];
  test.each([
    ['path', params],
    ['query', query],
    ['body', body ?? z.strictObject({})],
  ])('takes nothing unbounded in its %s', (_, schema) => {
    expect(unbounded(schema)).toEqual([]);
  });
});

describe('what is not bounded is found', () => {
  const short = z.string().max(1);
  test.each<[string, z.ZodType, string]>([
    ['an object that takes more', z.looseObject({ a: short }), '.: number of names'],
    ['an object that ignores more', z.object({ a: short }), '.: unknown names'],
    ['one deep inside', z.strictObject({ a: z.array(z.looseObject({})).max(1) }), '.a[]: number of names'],
    ['a text', z.strictObject({ a: z.string() }), '.a: length'],
    ['a text of a pattern that goes on', z.string().regex(/^a+$/), '.: length'],
    ['a text of a pattern that stands anywhere', z.string().regex(/a/), '.: length'],
    ['a text behind a transform', z.string().transform(Number), '.: length'],
    ['an optional text', z.strictObject({ a: z.string().nullish() }), '.a: length'],
    ['a number', z.number().min(0), '.: size'],
    ['a whole number', z.int(), '.: size'],
    ['a list', z.array(short), '.: number of items'],
    ['an item of a list', z.array(z.string()).max(2), '[]: length'],
    ['a record', z.strictObject({ a: z.record(short, short) }), '.a: number of names'],
    ['a name in a record', z.record(z.string(), short).meta({ maxProperties: 1 }), '{name}: length'],
    ['one of two', z.union([short, z.string()]), '.: length'],
    ['anything', z.strictObject({ a: z.unknown() }), '.a: anything at all'],
  ])('%s', (_, schema, found) => {
    expect(unbounded(schema)).toContain(found);
  });

  test('depth without end', () => {
    type Tree = { readonly a?: Tree | undefined };
    const tree: z.ZodType<Tree> = z.lazy(() => z.strictObject({ a: tree.optional() }));
    expect(unbounded(tree)).not.toEqual([]);
  });
});
