import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import type { AnyHandler } from '../../functions/edge/exchange.ts';
import { Problem, type ProblemCode } from '../../functions/edge/problems.ts';
import { ROUTE_NAMES, type RouteName } from '../../functions/routes.ts';
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
  const putIn = ({ client, name }: Table, Item: Record<string, unknown>) =>
    client.send(new PutCommand({ TableName: name, Item }));
  const row = () => ({ pk: 'P#acme', sk: `PLANTED#${Math.random()}` });
  const acme = 'acme' as ProjectId;

  /** Each of these routes has a fault of its own. */
  const FAULTS: Partial<Record<RouteName, readonly [what: string, fault: Fault, found: RegExp]>> = {
    listAgents: [
      'a handler that throws',
      () => {
        throw new TypeError('x is not a function');
      },
      /it failed with 500/,
    ],
    listGroups: [
      'one that writes and then refuses',
      async table => {
        await putIn(table, row());
        refuse();
      },
      /refused, it wrote \(Put\) P#acme PLANTED/,
    ],
    listChannels: [
      'one that leaves the row of a key',
      async table => {
        await putIn(table, idempotencyKey(String(Math.random())));
        refuse();
      },
      /left the row of its Idempotency-Key/,
    ],
    listQueue: [
      'one that sends a message and then refuses',
      async (_table, _raw, { searchQueue, now }) => {
        await searchQueue.send([{ kind: 'search', projectId: acme, dueAt: 0 as Instant }], now());
        refuse();
      },
      /refused, it called SendMessages/,
    ],
    readJob: [
      'one that tells its stack',
      () => refuse('not-found', new Error('x').stack),
      /it tells of the inside: at /,
    ],
    readBoard: [
      'one that tells a key of the table',
      () => refuse('not-found', 'There is no P#acme.'),
      /it tells of the inside: P#/,
    ],
    check: [
      'one that says too much',
      () => refuse('not-found', 'x'.repeat(70_000)),
      /a refusal of \d+ bytes/,
    ],
    readSettings: [
      'a status that is not declared',
      () => ({ status: 299, body: null }),
      /a status it does not declare/,
    ],
    readAgent: [
      'a body that is not declared',
      () => ({ status: 200, body: { secret: 1 } }),
      /not what it declares/,
    ],
    readAgentCard: [
      'a code that is not declared',
      () => refuse('in-progress'),
      /a code the route does not declare/,
    ],
    listAgentCards: [
      'one that breaks what must always hold',
      async table => {
        await putIn(table, { ...openOfferKey(acme, 'chat_x' as ChatId), offerId: 'dec_x' });
        return { status: 200, body: { items: [], nextCursor: null } };
      },
      /offersAreOpen: open offers/,
    ],
  };
  /** All other routes have this one: only a comparison of the whole table finds it, and that is made now and then. */
  const UNSEEN: Fault = async (_, raw) => {
    await putIn(raw, row());
    refuse();
  };

  async function fuzzed(faultOf: (name: RouteName) => Fault, requests: number): Promise<Outcome> {
    const tables: Table[] = [];
    const openTable: Engine['openTable'] = async options => {
      const table = await engine.openTable(options);
      tables.push(table);
      return table;
    };
    const planted: Planted = (_, table) => {
      const raw = tables.at(-1) ?? table;
      const handler =
        (fault: Fault): AnyHandler =>
        async (__, context) =>
          (await fault(table, raw, context)) as never;
      return Object.fromEntries(ROUTE_NAMES.map(name => [name, handler(faultOf(name))]));
    };
    return fuzz({ ...engine, openTable }, { requests, seed: 7, planted });
  }

  let found = '';
  beforeAll(async () => {
    const { findings } = await fuzzed(name => FAULTS[name]?.[1] ?? UNSEEN, 400);
    found = findings.map(({ what }) => what).join('\n');
  });

  test.each(Object.values(FAULTS))('%s', (_what, _fault, telling) => {
    expect(found).toMatch(telling);
  });

  test('one that writes where nobody watches, and then refuses', () => {
    expect(found).toContain('refused, it changed the table');
  });

  test('one that keeps something of every request', async () => {
    const kept: unknown[] = [];
    const keep = () => {
      kept.push(Array.from({ length: 40_000 }, () => Math.random()));
      refuse();
    };
    const { heapGrowthMb } = await fuzzed(() => keep, 200);
    expect(kept.length).toBeGreaterThan(0);
    expect(heapGrowthMb).toBeGreaterThan(HEAP_GROWTH_MAX_MB);
  });
});
