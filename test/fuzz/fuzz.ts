import fc from 'fast-check';
import type { Instant } from '../../domain/brands.ts';
import { inParallel } from '../../functions/in-parallel.ts';
import { ROUTE_NAMES, ROUTES, type Route, type RouteName, routeKey } from '../../functions/routes.ts';
import type { HttpInvoke } from '../../local/functions.ts';
import { routeMatcher } from '../../local/gateway/match.ts';
import { type AnyRequest, anyRequest, named, shapeOf } from '../http/any-request.ts';
import { type Answered, isOutside } from '../http/declared.ts';
import { chanceOf } from '../support/chance.ts';
import { NOW } from '../support/domain.ts';
import type { Engine } from '../support/engine.ts';
import {
  broken,
  digestOf,
  failed,
  growthMb,
  heapMb,
  isOnRecord,
  leaked,
  leftBehind,
  oversized,
  sentOn,
  undeclared,
} from './checks.ts';
import { HOSTILE_BODIES, HOSTILE_TARGETS, HOSTILE_VALUES } from './hostile.ts';
import { type Sent, sendTo } from './send.ts';
import { type FuzzWorld, openCallers, openFuzzWorld, type Planted, PRESENT } from './world.ts';

export type Options = {
  readonly requests: number;
  readonly seed: number;
  /** Only this one, and those before it that made the world it meets. */
  readonly only?: number | undefined;
  readonly planted?: Planted;
  /** Told after every world. */
  readonly progress?: (done: number) => void;
};

type Finding = {
  readonly number: number;
  readonly what: string;
  readonly request: string;
  readonly answer: string;
};

export type Outcome = {
  readonly findings: readonly Finding[];
  /** How many answers of each status, by route; `none` = no route was found. */
  readonly counts: ReadonlyMap<RouteName | 'none', ReadonlyMap<number, number>>;
  readonly codes: ReadonlySet<string>;
  readonly heapGrowthMb: number;
  readonly heapSamples: number;
  readonly digests: number;
  readonly seconds: number;
  /** The last request and its answer, in full. */
  readonly last: string;
};

/** So many requests share a table; after so many a minute passes, and what they have used up is there again. */
const PER_WORLD = 1_000;
const WORLDS_AT_ONCE = 3;
const PER_MINUTE = 500;
const PER_REFRESH = 200;
/** The whole table is compared around one request in so many, and the heap is looked at after so many. */
const PER_DIGEST = 50;
const PER_SAMPLE = 250;
const FINDINGS_MAX = 20;

type Hostile = {
  readonly value: { readonly is: string; readonly field: number } | null;
  readonly body: string | null;
  readonly target: string | null;
  readonly packed: 'as the gateway does' | 'in base64' | 'as base64 that is none';
};
type Fuzzed = AnyRequest & Hostile & { readonly afterMs: number };

/** Once in so many times. */
const rarely = <T>(times: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const fuzzed: fc.Arbitrary<Fuzzed> = fc
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

/**
 * Sends requests of every kind to every route and looks at each answer and at what was written. A few worlds go on side
 * by side; in each of them one request follows the other, so that each can be repeated.
 */
export async function fuzz(
  engine: Engine,
  { requests, seed, only, planted, progress }: Options,
): Promise<Outcome> {
  const startedMs = performance.now();
  const callers = await openCallers(NOW);
  const counts = new Map<RouteName | 'none', Map<number, number>>();
  const codes = new Set<string>();
  const findings: Finding[] = [];
  const heap: number[] = [];
  let digests = 0;
  let done = 0;
  let last = '';

  async function inOneWorld(from: number) {
    if (findings.length >= FINDINGS_MAX) return;
    const worldSeed = seed + from;
    const world = await openFuzzWorld(engine, callers, chanceOf(worldSeed), planted);
    const numRuns = Math.min(PER_WORLD, (only ?? requests - 1) + 1 - from);
    for (const [index, request] of fc.sample(fuzzed, { seed: worldSeed, numRuns }).entries()) {
      if (index % PER_MINUTE === 0) await world.passMinute();
      if (index % PER_REFRESH === 0) await world.refresh();
      const number = from + index;
      const withDigest = index % PER_DIGEST === 0;
      digests += withDigest ? 1 : 0;
      const { route, sent, answer, wrong } = await meet(world, request, withDigest);
      count(counts, route ?? 'none', answer.status);
      const { code } = (answer.body ?? {}) as { code?: string };
      if (code !== undefined) codes.add(code);
      const told = { number, request: tell(request, sent), answer: answer.text.slice(0, 1_000) };
      findings.push(...wrong.map(what => ({ ...told, what })));
      if (number === only) last = `${told.request}\n${answer.status} ${answer.text}`;
      done += 1;
      if (done % PER_SAMPLE === 0) heap.push(heapMb());
    }
    const wrong = only === undefined ? broken(await world.rows()) : [];
    findings.push(
      ...wrong.map(what => ({ number: from, what, request: 'all those of its world', answer: '' })),
    );
    progress?.(done);
  }

  const all = Array.from({ length: Math.ceil(requests / PER_WORLD) }, (_, index) => index * PER_WORLD);
  await inParallel(only === undefined ? all : [only - (only % PER_WORLD)], WORLDS_AT_ONCE, inOneWorld);
  await callers.close();
  const seconds = (performance.now() - startedMs) / 1_000;
  return {
    findings,
    counts,
    codes,
    heapGrowthMb: growthMb(heap),
    heapSamples: heap.length,
    digests,
    seconds,
    last,
  };
}

type Met = {
  readonly route: RouteName | null;
  readonly sent: Sent;
  readonly answer: Answered;
  readonly wrong: readonly string[];
};

async function meet(world: FuzzWorld, request: Fuzzed, withDigest: boolean): Promise<Met> {
  world.clock.now = (world.clock.now + request.afterMs) as Instant;
  const sent = sentFor(world, request);
  world.packing.as = PACKINGS[request.packed];
  const before = withDigest ? digestOf(await world.rows()) : null;
  world.writes.length = 0;
  world.door.calls.length = 0;
  const answer = await sendTo(world.serve, sent);
  const route = routeOf(sent);
  const mayDiffer = answer.status < 400 || world.writes.some(({ rows }) => isOnRecord(answer, rows));
  const after = withDigest && !mayDiffer ? digestOf(await world.rows()) : before;
  const wrong = [
    failed(answer),
    undeclared(route, answer, isOutside(sent.headers)),
    leaked(answer),
    oversized(answer),
    leftBehind(answer, world.writes),
    sentOn(answer, world.door.calls),
    after === before ? null : 'refused, it changed the table',
  ].filter(what => what !== null);
  return { route, sent, answer, wrong };
}

const GATEWAY_BYTES_MAX = 10 * 1_048_576;
const match = routeMatcher();
const NAMES = new Map(ROUTE_NAMES.map(name => [routeKey(ROUTES[name]), name]));

/** Null where the gateway finds none, or takes no body of that length for any. */
function routeOf({ method, target, body }: Sent): RouteName | null {
  if (body.length > GATEWAY_BYTES_MAX) return null;
  try {
    const found = match(method, target.replace(/\?.*/s, ''));
    return (found && NAMES.get(found.routeKey)) ?? null;
  } catch {
    return null;
  }
}

function sentFor(
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

const PACKINGS: Readonly<
  Record<Hostile['packed'], (event: Parameters<HttpInvoke>[0]) => Parameters<HttpInvoke>[0]>
> = {
  'as the gateway does': event => event,
  'in base64': event =>
    event.body === undefined || event.isBase64Encoded
      ? event
      : { ...event, body: Buffer.from(event.body).toString('base64'), isBase64Encoded: true },
  'as base64 that is none': event => ({ ...event, isBase64Encoded: event.body !== undefined }),
};

function count(
  counts: Map<RouteName | 'none', Map<number, number>>,
  route: RouteName | 'none',
  status: number,
) {
  const own = counts.get(route) ?? new Map<number, number>();
  counts.set(route, own.set(status, (own.get(status) ?? 0) + 1));
}

/** A request in one line; a long body only begins. */
function tell(
  { as, packed, value, body, target: bent }: Fuzzed,
  { method, target, headers, body: bytes }: Sent,
): string {
  const { authorization: _, ...others } = headers;
  const kind = [value?.is, body, bent].filter(one => one != null).join(', ');
  const shown = bytes.toString('utf8', 0, 300);
  return `${method} ${target.slice(0, 300)} as ${as}, ${packed}${kind && `, with ${kind}`} ${JSON.stringify(others)} ${shown} (${bytes.length} bytes)`;
}
