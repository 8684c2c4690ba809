import { spawnSync } from 'node:child_process';

/** `npm run check`: everything that is not a test. The same list runs on a laptop and in CI. */
const CHECKS = [
  ['types', 'tsc', '--project', '.'],
  ['lint and format', 'biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
  ['unused code', 'knip', '--no-progress'],
  ['boundaries', 'depcruise', '--config', '.dependency-cruiser.json', '--output-type', 'err', ...folders()],
  ['openapi', 'node', 'scripts/openapi.ts', '--check'],
] as const;

function folders() {
  return ['domain', 'functions', 'cdk', 'local', 'bench', 'scripts'];
}

let failed = 0;
for (const [name, command, ...args] of CHECKS) {
  const startedMs = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status === 0) continue;
  failed += 1;
  console.log(`${stdout}${stderr}`.trim());
}
if (failed > 0) {
  console.error(
    `\n${failed} of ${CHECKS.length} checks failed. "npx biome check --write ." mends format and imports.`,
  );
  process.exit(1);
}
