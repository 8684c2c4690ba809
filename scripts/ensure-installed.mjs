// Plain JavaScript on built-ins only: on a fresh clone it runs before anything is installed, on any Node from 20.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const lock = 'package-lock.json';
const installed = 'node_modules/.package-lock.json';

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error('usher: installing what is missing (npm ci), about a minute …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    console.error(
      'usher: npm ci failed. Its output above says why; when that is mended, run the same command again.',
    );
    process.exit(status ?? 1);
  }
}
