import { afterAll, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { startLimiter } from '../../functions/edge/start-limits.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { ACME } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const NOW = Date.UTC(2026, 2, 2, 16) as Instant;

test('the starts of all processes count together, but for what each has not noted yet', async () => {
  const table = await engine.openTable();
  const [one, other] = [1, 2].map(() => {
    const limit = startLimiter({ perAddress: 6, perProject: null });
    return () => limit(table, ACME, '192.0.2.7', NOW);
  }) as [() => Promise<void>, () => Promise<void>];
  for (let start = 1; start <= 6; start += 1) await one();
  await other();
  await expect(other()).rejects.toMatchObject({ code: 'too-many-starts', retryAfterSeconds: 60 });
});

test('an address that is not known is not held against anybody', async () => {
  const table = await engine.openTable();
  const limit = startLimiter({ perAddress: 1, perProject: null });
  for (let start = 1; start <= 5; start += 1) await limit(table, ACME, '', NOW);
});

test('the table does not hold addresses', async () => {
  const table = await engine.openTable();
  const limit = startLimiter({ perAddress: 9, perProject: 9 });
  for (let start = 1; start <= 4; start += 1) await limit(table, ACME, '192.0.2.7', NOW);
  const rows = await engine.allRows(table);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('192.0.2.7');
});
