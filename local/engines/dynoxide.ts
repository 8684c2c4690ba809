import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DataFolder } from '../storage/data-folder.ts';
import { freePort, superviseEngine } from './child.ts';
import type { TableEngine } from './table-engine.ts';

const READY_WITHIN_SECONDS = 20;

/** The native engine's binary for this platform; null when no package of it is installed. */
export function dynoxideBinary(): string | null {
  try {
    const packageJson = createRequire(import.meta.url).resolve(
      `@dynoxide/${process.platform}-${process.arch}/package.json`,
    );
    return join(dirname(packageJson), process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch {
    return null;
  }
}

export async function startDynoxide(binary: string, folder: DataFolder): Promise<TableEngine> {
  const port = await freePort();
  const path = folder.within('dynoxide');
  if (path !== null) mkdirSync(path, { recursive: true });
  const kept = path === null ? [] : ['--db-path', join(path, 'table.db')];
  const child = spawn(binary, ['serve', '--port', String(port), ...kept], {
    // A group of its own: Ctrl-C goes to Usher alone, which ends the engine when it has finished its work.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // It says that it listens: an answer on the port alone could come from another engine.
  const listening = (signal: AbortSignal) => once(child.stderr, 'data', { signal }).then(() => {});
  const engine = await superviseEngine('Dynoxide', child, listening, READY_WITHIN_SECONDS);
  return { name: 'dynoxide', endpoint: `http://127.0.0.1:${port}`, close: engine.stop };
}
