import { afterAll, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { startLimits } from '../../functions/edge/start-limits.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { ACME } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const NOW = Date.UTC(2026, 2, 2, 16) as Instant;

test('the starts of all processes count together, but for what each has not noted yet', async () => {
  const table = await engine.openTable();
  const [one, other] = [1, 2].map(() => {
    const { count } = startLimits({ perAddress: 6, perProject: null });
    return () => count({ table, projectId: ACME, address: '192.0.2.7', now: NOW });
  }) as [() => Promise<void>, () => Promise<void>];
  for (let start = 1; start <= 6; start += 1) await one();
  await other();
  await expect(other()).rejects.toMatchObject({ code: 'too-many-starts', retryAfterSeconds: 60 });
});

test('an address that is not known is not held against anybody', async () => {
  const table = await engine.openTable();
  const { count } = startLimits({ perAddress: 1, perProject: null });
  for (let start = 1; start <= 5; start += 1) await count({ table, projectId: ACME, address: '', now: NOW });
});

test('the table does not hold addresses', async () => {
  const table = await engine.openTable();
  const { count } = startLimits({ perAddress: 9, perProject: 9 });
  for (let start = 1; start <= 4; start += 1)
    await count({ table, projectId: ACME, address: '192.0.2.7', now: NOW });
  const rows = await engine.allRows(table);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('192.0.2.7');
});

test.each([
  ['of one IPv6 network', ['2001:db8:1:2::1', '2001:DB8:1:2:ffff::', '2001:0db8:0001:0002:0:0:0:9'], 1],
  ['of several', ['2001:db8:1:2::1', '2001:db8:1:3::1', '2001:db8::1'], 3],
  ['the same, as IPv4 and mapped', ['192.0.2.7', '::ffff:192.0.2.7'], 1],
  ['short ones', ['::1', '0:0:0:0:0:0:0:2', 'fe80::'], 2],
])('addresses that are %s count as one each', async (_, addresses, networks) => {
  const table = await engine.openTable();
  const { count } = startLimits({ perAddress: 100, perProject: null });
  for (const address of [...addresses, ...addresses])
    await count({ table, projectId: ACME, address, now: NOW });
  expect(await engine.allRows(table)).toHaveLength(networks);
});
