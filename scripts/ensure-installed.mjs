// Plain JavaScript on built-ins only: on a fresh clone it runs before anything is installed, on any Node from 20.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const lock = 'package-lock.json';
const installed = 'node_modules/.package-lock.json';

// Not `npm ci`: it refuses a lock file that leaves out packages of platforms which a registry does not carry. This
// installs the same versions, and leaves the lock file as it is.
const install = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error('usher: installing what is missing, half a minute or so …');
  const { status } = spawnSync('npm', install, { stdio: ['ignore', process.stderr, process.stderr] });
  if (status !== 0) {
    console.error('usher: npm install failed. Its output above says why; then run the same command again.');
    process.exit(status ?? 1);
  }
}
