import fc from 'fast-check';
import type { Instant } from '../../domain/brands.ts';
import { inParallel } from '../../functions/in-parallel.ts';
import { ROUTE_NAMES, ROUTES, type RouteName, routeKey } from '../../functions/routes.ts';
import { routeMatcher } from '../../local/gateway/match.ts';
import { type Answered, isOutside } from '../http/declared.ts';
import { chanceOf } from '../support/chance.ts';
import { NOW } from '../support/domain.ts';
import type { Engine } from '../support/engine.ts';
import { openCallers } from './callers.ts';
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
import { type Fuzzed, fuzzed, PACKINGS, sentFor, tell } from './requests.ts';
import { type Sent, sendTo } from './send.ts';
import { type FuzzWorld, openFuzzWorld, type Planted } from './world.ts';

export type Options = {
  readonly requests: number;
  readonly seed: number;
  /** Only this one, and those before it that made the world it meets. */
  readonly only?: number | undefined;
  readonly planted?: Planted;
  /** Told after every world. */
  readonly progress?: (done: number, found: number) => void;
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
const PER_WORLD = 500;
const WORLDS_AT_ONCE = 3;
const PER_MINUTE = 250;
const PER_REFRESH = 250;
/** The whole table is compared around one request in so many, and the heap is looked at so often. */
const PER_DIGEST = 50;
const SAMPLES_MIN = 4;
const SAMPLES_MAX = 100;
const FINDINGS_MAX = 20;

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
  const perSample = Math.ceil(requests / Math.min(SAMPLES_MAX, Math.max(SAMPLES_MIN, requests / 500)));
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
      if (done % perSample === 0) heap.push(heapMb());
    }
    const number = from + numRuns - 1;
    const wrong = broken(await world.rows());
    findings.push(...wrong.map(what => ({ number, what, request: 'all those of its world', answer: '' })));
    progress?.(done, findings.length);
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

function count(
  counts: Map<RouteName | 'none', Map<number, number>>,
  route: RouteName | 'none',
  status: number,
) {
  const own = counts.get(route) ?? new Map<number, number>();
  counts.set(route, own.set(status, (own.get(status) ?? 0) + 1));
}
