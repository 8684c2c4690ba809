import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Lock, lockFolder } from './lock.ts';

/** Where a laptop keeps what it knows: a folder, or nowhere (`path` null: in memory). */
export type DataFolder = {
  readonly path: string | null;
  /** The path of a file or folder in it; null in memory. */
  readonly within: (name: string) => string | null;
  readonly close: () => void;
};

/** Opens the folder for this process alone. Throws `FolderInUse` when another has it. */
export function openDataFolder(dataDir: string): DataFolder {
  if (dataDir === 'memory') return { path: null, within: () => null, close: () => {} };
  const path = resolve(dataDir);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock: Lock = lockFolder(path);
  return { path, within: name => resolve(path, name), close: lock.release };
}
