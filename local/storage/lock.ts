import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { jsonFile } from './json-file.ts';

/** Thrown when another Usher works on the data folder. */
export class FolderInUse extends Error {}

export type Lock = { readonly release: () => void };

const holder = z.object({ pid: z.int() });

/**
 * Takes a data folder for this process. SQLite's lock is the operating system's own: it goes with the process, however
 * that ends, so that a folder is never locked by a process that is no more.
 */
export function lockFolder(folder: string): Lock {
  const database = new DatabaseSync(`${folder}/lock.db`);
  const named = jsonFile(`${folder}/running.json`, holder);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new FolderInUse(inUse(folder, named.read()?.pid));
  }
  named.write({ pid: process.pid });
  return {
    release() {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

function inUse(folder: string, pid: number | undefined): string {
  const who = pid === undefined ? 'Another Usher' : `Another Usher (process ${pid})`;
  return `${who} works on the data folder ${folder}, and two would spoil it.
Stop that one, or give this one a folder of its own: USHER_DATA=.usher-2 npm start`;
}
