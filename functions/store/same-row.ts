import { isDeepStrictEqual } from 'node:util';
import type { Row } from './client.ts';
import type { Refusal } from './commit.ts';

/** Whether the row met is what we meant to write: the write was carried out, only its answer was lost. */
export function isSameRow(met: Row | undefined, meant: Row): boolean {
  return met !== undefined && isDeepStrictEqual(defined(met), defined(meant));
}

/** As `isSameRow`, for the first write of a transaction. */
export function firstIsOurs(meant: Row) {
  return (refusals: readonly Refusal[]) =>
    isSameRow(refusals.find(refusal => refusal.index === 0)?.row, meant);
}

/** The row as the table keeps it, which knows no undefined values. */
function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(defined);
  if (typeof value !== 'object' || value === null || value instanceof Set) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, defined(inner)]));
}
