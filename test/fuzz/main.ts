import { parseArgs } from 'node:util';
import { openEngine } from '../support/engine.ts';
import { HEAP_GROWTH_MAX_MB } from './checks.ts';
import { fuzz, type Outcome } from './fuzz.ts';

/** `npm run fuzz -- --requests 100000 --seed 7`; `--only 4711` repeats one request after those of its world before it. */
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
  },
});
const [requests, seed] = [Number(values.requests), Number(values.seed)];
const only = values.only === undefined ? undefined : Number(values.only);
if (![requests, seed, only ?? 0].every(Number.isSafeInteger)) {
  console.error('The numbers are not whole ones. Type: npm run fuzz -- --requests 100000 --seed 7');
  process.exit(1);
}

const engine = await openEngine();
try {
  const progress = (done: number, found: number) => console.error(`${done} requests, ${found} findings`);
  const outcome = await fuzz(engine, { requests, seed, only, progress });
  print(outcome);
  const grew = outcome.heapGrowthMb > HEAP_GROWTH_MAX_MB;
  if (grew) console.log('FOUND the heap grows');
  process.exitCode = outcome.findings.length > 0 || grew ? 1 : 0;
} finally {
  await engine.close();
}

function print({ findings, counts, codes, heapGrowthMb, heapSamples, digests, seconds, last }: Outcome) {
  const all = [...counts.values()].flatMap(own => [...own]);
  const sent = all.reduce((sum, [, times]) => sum + times, 0);
  for (const [route, own] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${route.padEnd(22)} ${line([...own])}`);
  console.log(`\n${'all'.padEnd(22)} ${line(all)}`);
  console.log(`problem codes met: ${[...codes].sort().join(', ')}`);
  console.log(`whole tables compared around ${digests} requests`);
  console.log(
    `heap: ${heapGrowthMb.toFixed(1)} MB larger in the last quarter than in the first (at most ${HEAP_GROWTH_MAX_MB}; ${heapSamples} samples)`,
  );
  for (const { number, what, request, answer } of findings) {
    console.log(
      `\nFOUND ${what}\n  ${request}\n  ${answer}\n  again: npm run fuzz -- --seed ${seed} --only ${number}`,
    );
  }
  if (last !== '') console.log(`\n${last}`);
  console.log(
    `\n${sent} requests in ${seconds.toFixed(0)} s (${(sent / seconds).toFixed(0)} a second), seed ${seed}: ${findings.length} findings`,
  );
}

function line(counts: readonly (readonly [number, number])[]): string {
  const sums = new Map<number, number>();
  for (const [status, times] of counts) sums.set(status, (sums.get(status) ?? 0) + times);
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([status, times]) => `${status}: ${times}`)
    .join('  ');
}
