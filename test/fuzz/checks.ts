import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BOUNDS } from '../../functions/bounds.ts';
import type { RouteName } from '../../functions/routes.ts';
import type { Row } from '../../functions/store/client.ts';
import { type Answered, assertDeclared, assertProblem } from '../http/declared.ts';
import type { Call } from '../support/faults.ts';
import { violations } from '../support/invariants.ts';
import { standingOf } from '../support/standing.ts';
import type { Write } from './world.ts';

/** What must hold of the answer to any request: each gives what is wrong, in words; null = nothing. */

/** A failure of ours. */
export function failed({ status }: Answered): string | null {
  return status >= 500 ? `it failed with ${status}` : null;
}

/** Declared for its route and well formed; `route` null: the gateway finds none, and says so. */
export function undeclared(route: RouteName | null, answer: Answered, outside: boolean): string | null {
  try {
    if (route === null) assertProblem(answer, ['not-found', 'invalid-request', 'body-too-large']);
    else assertDeclared(route, answer, outside);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Traces of a stack, files, and what things are called inside; long enough for no text by chance to have them in it. */
const INSIDE = [
  /\bat (async )?[\w.<>]+ \(\S+:\d+\)/,
  /\bat (async )?\S{1,200}:\d+:\d+/,
  /file:\/\/|node:internal|node_modules|\/(functions|domain|store|edge|var|home|tmp|root)\//,
  /[\w-]{2,40}\.[cm]?[jt]s:\d|\w\/[\w-]{2,40}\.[cm]?[jt]s\b/,
  /\b(Type|Range|Reference|Syntax|Zod|Aggregate)Error\b|Exception\b|ECONN|ETIMEDOUT/,
  /DynamoDB|ConditionExpression|ConditionalCheck|TransactWrite|usher-test/,
  /P#(acme|elsewhere)|IDEMPOTENCY#|#(ROSTER|LINE|MEMBERS|CHAT|QUEUE|OFFERS)\b|tokenHash|listKey|leaseUntil/,
];

/** Something of the inside is told. */
export function leaked({ text, headers }: Answered): string | null {
  const told = `${text}\n${JSON.stringify(headers)}`;
  const found = INSIDE.map(pattern => pattern.exec(told)?.[0]).find(match => match !== undefined);
  return found === undefined ? null : `it tells of the inside: ${found}`;
}

/** A refusal that is longer than any request may be. */
export function oversized({ status, text }: Answered): string | null {
  const bytes = Buffer.byteLength(text);
  return status >= 400 && bytes > BOUNDS.bodyBytesMax ? `a refusal of ${bytes} bytes` : null;
}

/**
 * A refused request left something behind. It may begin the row of its own Idempotency-Key, which it has to forget
 * again; a write whose condition did not hold has written nothing.
 */
export function leftBehind(answer: Answered, writes: readonly Write[]): string | null {
  if (answer.status < 400) return null;
  const begun = new Set<unknown>();
  for (const { name, rows } of writes) {
    if (isOnRecord(answer, rows)) continue;
    const other = rows.find(({ pk }) => !String(pk).startsWith('IDEMPOTENCY#'));
    if (other !== undefined || rows.length === 0)
      return `refused, it wrote (${name}) ${rows.map(({ pk, sk }) => `${pk} ${sk}`).join(', ')}`;
    for (const { pk } of rows) {
      if (name === 'Delete') begun.delete(pk);
      else begun.add(pk);
    }
  }
  return begun.size > 0 ? 'refused, it left the row of its Idempotency-Key' : null;
}

/**
 * The one refusal that is a decision about a chat, and as that on record (DESIGN.md, section 3.7; the event
 * `ChatTransferFailed`): nobody of the group can take it. The chat stays where it is, and is queued no longer if it was.
 */
export function isOnRecord({ body }: Answered, rows: readonly Row[]): boolean {
  const { code } = (body ?? {}) as { code?: string };
  const onRecord = /#CHAT#[^#]+\|(CHAT|DECISION#[^#]+)$|#QUEUE\|/;
  return code === 'no-agent-available' && rows.every(({ pk, sk }) => onRecord.test(`${pk}|${sk}`));
}

/** A refused request sent a message or switched a schedule. */
export function sentOn({ status }: Answered, calls: readonly Call[]): string | null {
  const sent = calls.find(({ name }) => /^(SendMessages|EnableRule|DisableRule)$/.test(name));
  return status >= 400 && sent !== undefined ? `refused, it called ${sent.name}` : null;
}

/** What does not hold of a project's rows though it always must (DESIGN.md, section 3). A limit may be lowered below a load. */
export function broken(rows: readonly Row[]): readonly string[] {
  const standing = standingOf(rows.filter(({ pk }) => /^P#acme(#|$)/.test(String(pk))));
  return violations(standing).filter(what => !what.startsWith('limitsHold'));
}

/** One word for all that stands in the table, which keeps no order of the names in a row. */
export function digestOf(rows: readonly Row[]): string {
  const lines = rows.map(row => JSON.stringify(row, inOrder)).sort();
  return createHash('sha256').update(lines.join('\n')).digest('base64url');
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** More than that by which the heap may be larger in the last quarter of a run than in the first one. */
export const HEAP_GROWTH_MAX_MB = 8;
const MB = 1_048_576;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** What is alive on the heap, in megabytes. */
export function heapMb(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed / MB;
}

/** From the median of the first quarter to that of the last one. */
export function growthMb(samplesMb: readonly number[]): number {
  const quarter = Math.max(1, Math.floor(samplesMb.length / 4));
  return median(samplesMb.slice(-quarter)) - median(samplesMb.slice(0, quarter));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
