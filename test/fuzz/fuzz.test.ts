import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import type { AnyHandler } from '../../functions/edge/exchange.ts';
import { Problem, type ProblemCode } from '../../functions/edge/problems.ts';
import { ROUTE_NAMES } from '../../functions/routes.ts';
import type { Table } from '../../functions/store/client.ts';
import { idempotencyKey, openOfferKey } from '../../functions/store/keys.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { HEAP_GROWTH_MAX_MB } from './checks.ts';
import { fuzz, type Outcome } from './fuzz.ts';
import type { Planted } from './world.ts';

/** Any bytes at all, to any route, from anybody: a declared answer, no failure of ours, and a refusal leaves nothing behind. */

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const REQUESTS = 1_000;

test.each([
  ['a seed that stays', 7],
  ['a seed of its own', Math.floor(Math.random() * 1_000_000)],
])('requests from %s are answered as declared, and refused ones change nothing', async (_, seed) => {
  const { findings, counts, heapGrowthMb } = await fuzz(engine, { requests: REQUESTS, seed });
  expect({ seed, findings }).toEqual({ seed, findings: [] });
  expect(heapGrowthMb).toBeLessThan(HEAP_GROWTH_MAX_MB);
  expect(ROUTE_NAMES.filter(name => !counts.has(name))).toEqual([]);
});

test('a request can be sent again alone', async () => {
  const { last } = await fuzz(engine, { requests: REQUESTS, seed: 7, only: 3 });
  expect(last).toMatch(/\n\d{3} /);
});

describe('what is wrong is found', () => {
  const refuse = (code: ProblemCode = 'not-found', detail = 'It is not there.') => {
    throw new Problem(code, detail);
  };
  /** `raw` is the table past the eye on it. */
  type Fault = (table: Table, raw: Table, context: Parameters<AnyHandler>[1]) => unknown;
  const row = () => ({ pk: 'P#acme', sk: `PLANTED#${Math.random()}` });
  const putIn = ({ client, name }: Table, Item: Record<string, unknown>) =>
    client.send(new PutCommand({ TableName: name, Item }));

  const FAULTS: Readonly<Record<string, readonly [fault: Fault, found: RegExp]>> = {
    'a handler that throws': [
      () => {
        throw new TypeError('x is not a function');
      },
      /it failed with 500/,
    ],
    'one that writes and then refuses': [
      async table => {
        await putIn(table, row());
        refuse();
      },
      /refused, it wrote \(Put\) P#acme PLANTED/,
    ],
    'one that writes where nobody watches, and then refuses': [
      async (_, raw) => {
        await putIn(raw, row());
        refuse();
      },
      /refused, it changed the table/,
    ],
    'one that leaves the row of a key': [
      async table => {
        await putIn(table, idempotencyKey(String(Math.random())));
        refuse();
      },
      /left the row of its Idempotency-Key/,
    ],
    'one that sends a message and then refuses': [
      async (_table, _raw, { searchQueue, now }) => {
        await searchQueue.send(
          [{ kind: 'search', projectId: 'acme' as ProjectId, dueAt: 0 as Instant }],
          now(),
        );
        refuse();
      },
      /refused, it called SendMessages/,
    ],
    'one that tells its stack': [() => refuse('not-found', new Error('x').stack), /it tells of the inside/],
    'one that tells a key of the table': [
      () => refuse('not-found', 'There is no P#acme.'),
      /it tells of the inside: P#/,
    ],
    'one that says too much': [() => refuse('not-found', 'x'.repeat(70_000)), /a refusal of \d+ bytes/],
    'a status that is not declared': [() => ({ status: 299, body: null }), /a status it does not declare/],
    'a body that is not declared': [() => ({ status: 200, body: { secret: 1 } }), /not what it declares/],
    'a code that is not declared': [() => refuse('in-progress'), /a code the route does not declare/],
    'one that breaks what must always hold': [
      async table => {
        await putIn(table, { ...openOfferKey('acme' as ProjectId, 'chat_x' as ChatId), offerId: 'dec_x' });
        return { status: 204, body: null };
      },
      /offersAreOpen: open offers/,
    ],
  };

  /** Requests that meet the same fault on every route. */
  async function fuzzed(fault: Fault, requests: number): Promise<Outcome> {
    const tables: Table[] = [];
    const opening = async (options?: { readonly withStream: boolean }) => {
      const table = await engine.openTable(options);
      tables.push(table);
      return table;
    };
    const planted: Planted = (real, table) => {
      const raw = tables.at(-1) ?? table;
      const faulty: AnyHandler = async (_, context) => (await fault(table, raw, context)) as never;
      return Object.fromEntries(Object.keys(real).map(name => [name, faulty]));
    };
    return fuzz({ ...engine, openTable: opening }, { requests, seed: 7, planted });
  }

  test.each(Object.entries(FAULTS))('%s', async (_, [fault, found]) => {
    const { findings } = await fuzzed(fault, 120);
    expect(findings.map(({ what }) => what).join('\n')).toMatch(found);
  });

  test('one that keeps something of every request', async () => {
    const kept: unknown[] = [];
    const { heapGrowthMb } = await fuzzed(() => {
      kept.push(Array.from({ length: 10_000 }, () => Math.random()));
      refuse();
    }, REQUESTS);
    expect(kept.length).toBeGreaterThan(0);
    expect(heapGrowthMb).toBeGreaterThan(HEAP_GROWTH_MAX_MB);
  });
});
