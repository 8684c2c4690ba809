import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type * as z from 'zod';
import { errorCode } from '../error-code.ts';

/** One small document of the data folder. In memory it is just a value. */
export type JsonFile<T> = {
  /** Null when there is none yet. Throws, naming the file, when it is not what this version writes. */
  readonly read: () => T | null;
  readonly write: (value: T) => void;
};

/** `path` null = kept in memory only. Only its owner can read the file: the issuer's key is one of them. */
export function jsonFile<T>(path: string | null, schema: z.ZodType<T>): JsonFile<T> {
  if (path === null) return inMemory();
  return {
    read: () => parseFile(path, schema),
    write(value) {
      // Renaming is atomic: a crash leaves the old document or the new one, never half of one.
      writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
}

function inMemory<T>(): JsonFile<T> {
  let kept: T | null = null;
  return {
    read: () => kept,
    write(value) {
      kept = value;
    },
  };
}

function parseFile<T>(path: string, schema: z.ZodType<T>): T | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} cannot be read as what Usher keeps there. Move it away and start again.`, {
      cause,
    });
  }
}
