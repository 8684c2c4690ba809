import fc from 'fast-check';
import { ROUTES, type Route, type RouteName } from '../../functions/routes.ts';
import type { HttpInvoke } from '../../local/functions.ts';
import { type AnyRequest, anyRequest, named, shapeOf } from '../http/any-request.ts';
import { PRESENT } from './callers.ts';
import { HOSTILE_BODIES, HOSTILE_TARGETS, HOSTILE_VALUES } from './hostile.ts';
import type { Sent } from './send.ts';
import type { FuzzWorld } from './world.ts';

/** Requests that are right, nearly right, wrong, and hostile. */

/** What is hostile about a request: in one of its fields, its whole body, its target, and how the gateway hands it over. */
type Hostile = {
  readonly value: { readonly is: string; readonly field: number } | null;
  readonly body: string | null;
  readonly target: string | null;
  readonly packed: 'as the gateway does' | 'in base64' | 'as base64 that is none';
};
export type Fuzzed = AnyRequest & Hostile & { readonly afterMs: number };

/** Once in so many times. */
const rarely = <T>(times: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
export const fuzzed: fc.Arbitrary<Fuzzed> = fc
  .tuple(
    anyRequest(PRESENT),
    fc.record<Hostile & { afterMs: number }>({
      value: rarely(
        12,
        fc.record({ is: fc.constantFrom(...Object.keys(HOSTILE_VALUES)), field: fc.nat(20) }),
      ),
      body: rarely(20, fc.constantFrom(...Object.keys(HOSTILE_BODIES))),
      target: rarely(20, fc.constantFrom(...Object.keys(HOSTILE_TARGETS))),
      packed: fc.oneof(
        { weight: 20, arbitrary: fc.constant('as the gateway does' as const) },
        { weight: 2, arbitrary: fc.constant('in base64' as const) },
        { weight: 1, arbitrary: fc.constant('as base64 that is none' as const) },
      ),
      afterMs: fc.nat(3_000),
    }),
  )
  .map(([request, hostile]) => ({ ...request, ...hostile }));

/** The request as it is sent in a world: with the ids and the tokens of what is there. */
export function sentFor(
  world: FuzzWorld,
  { route, as, ids, query, headers, text, value, body, target }: Fuzzed,
): Sent {
  const known = world.chatIds();
  const { path, method } = ROUTES[route];
  const filled = path.replace(/\{(\w+)\}/g, (_, id: string) =>
    encodeURIComponent(named(ids[id] ?? '', known)),
  );
  const search = new URLSearchParams(
    Object.fromEntries(Object.entries(query).map(([name, one]) => [name, named(one, known)])),
  );
  const whole = search.size > 0 ? `${filled}?${search}` : filled;
  const [asMethod, asTarget] =
    target === null ? [method, whole] : (HOSTILE_TARGETS[target]?.(method, whole) ?? [method, whole]);
  const right = text === null ? null : named(text, known);
  const bent = value === null || right === null ? right : withValue(route, right, value);
  const bytes = body === null ? Buffer.from(bent ?? '') : HOSTILE_BODIES[body]?.(bent ?? '{}');
  const chat = ids.chatId?.replace('chat:', '') ?? 'open';
  return {
    method: asMethod,
    target: asTarget,
    headers: {
      host: 'usher.example',
      'content-type': 'application/json',
      ...world.credentials(as, chat),
      ...headers,
    },
    body: bytes ?? Buffer.alloc(0),
  };
}

/** A body with something hostile in one of the fields that its route takes. */
function withValue(name: RouteName, text: string, { is, field }: NonNullable<Hostile['value']>): string {
  const route: Route = ROUTES[name];
  const given = objectIn(text);
  const fields = [...new Set([...Object.keys(given), ...fieldsOf(route)])];
  const chosen = fields[field % Math.max(1, fields.length)] ?? 'name';
  const kept = Object.entries(given).filter(([key]) => key !== chosen);
  const parts = kept.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`);
  return `{${[...parts, `${JSON.stringify(chosen)}:${HOSTILE_VALUES[is]}`].join()}}`;
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function fieldsOf({ body }: Route): readonly string[] {
  if (body === null) return [];
  const { properties = {} } = shapeOf(body);
  return Object.keys(properties);
}

/** How the gateway may hand over a body. */
export const PACKINGS: Readonly<
  Record<Hostile['packed'], (event: Parameters<HttpInvoke>[0]) => Parameters<HttpInvoke>[0]>
> = {
  'as the gateway does': event => event,
  'in base64': event =>
    event.body === undefined || event.isBase64Encoded
      ? event
      : { ...event, body: Buffer.from(event.body).toString('base64'), isBase64Encoded: true },
  'as base64 that is none': event => ({ ...event, isBase64Encoded: event.body !== undefined }),
};

/** A request in one line; a long body only begins. */
export function tell(
  { as, packed, value, body, target: bent }: Fuzzed,
  { method, target, headers, body: bytes }: Sent,
): string {
  const { authorization: _, ...others } = headers;
  const kind = [value?.is, body, bent].filter(one => one != null).join(', ');
  const shown = bytes.toString('utf8', 0, 300);
  return `${method} ${target.slice(0, 300)} as ${as}, ${packed}${kind && `, with ${kind}`} ${JSON.stringify(others)} ${shown} (${bytes.length} bytes)`;
}
