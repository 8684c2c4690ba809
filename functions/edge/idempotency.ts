import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Instant } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import { type Beginning, beginCommand, forgetCommand, isNoted, keepAnswer } from '../store/idempotency.ts';
import { type Caller, callerName } from './callers.ts';
import type { Context } from './context.ts';
import type { Answer } from './exchange.ts';
import { type HttpEvent, header } from './http-event.ts';
import { Problem } from './problems.ts';

/** A request that carries an Idempotency-Key, begun and not yet answered. */
export type Command = {
  readonly digest: string;
  readonly attempt: string;
  readonly key: string;
  readonly now: Instant;
};

/** Whether the request is a command that may be repeated. */
export function hasKey(event: HttpEvent): boolean {
  return header(event, 'idempotency-key') !== null && event.requestContext.http.method === 'POST';
}

/**
 * Begins a command under its Idempotency-Key: the answer kept from before, or the command to carry out; null without
 * a key. Throws 409 while the first is at work, 422 when the key was used for another request, and what `beforeNew` throws:
 * it is asked before anything is written for a key that is not known.
 */
export async function begin(
  context: Context,
  event: HttpEvent,
  caller: Caller,
  beforeNew: () => Promise<void>,
): Promise<{ readonly replay: Answer } | { readonly command: Command } | null> {
  const key = header(event, 'idempotency-key');
  if (key === null || !hasKey(event)) return null;
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > BOUNDS.idempotencyKeyLengthMax) {
    throw new Problem(
      'invalid-idempotency-key',
      'Send 1 to 255 visible ASCII characters, a UUID for example.',
    );
  }
  const command: Command = {
    digest: sha256(event.routeKey, event.pathParameters?.projectId ?? '', callerName(caller), key),
    attempt: randomBytes(9).toString('base64url'),
    key,
    now: context.now(),
  };
  if (!(await isNoted(context.table, command.digest))) await beforeNew();
  const fingerprint = sha256(event.rawPath, event.body ?? '');
  const beginning = await beginCommand(context.table, { ...command, fingerprint });
  return beginning === 'begun' ? { command } : { replay: replayed(beginning, key) };
}

function replayed(beginning: Exclude<Beginning, 'begun'>, key: string): Answer {
  if (beginning === 'in-progress') {
    throw new Problem(
      'in-progress',
      'The first request with this key is still at work. Ask again in a moment.',
    );
  }
  if (beginning === 'other-request') {
    throw new Problem('idempotency-key-reused', 'This key came with another request before. Use a new one.');
  }
  return unseal(beginning.answer, key);
}

/** The write that keeps the answer of a command, for the transaction that does its work. */
export function keepingWrite({ table }: Context, command: Command, answer: Answer) {
  return keepAnswer.asWrite(table, command, seal(answer, command.key));
}

/** Keeps the answer of a command whose work is done. */
export function keep({ table }: Context, command: Command, answer: Answer): Promise<void> {
  return keepAnswer.now(table, command, seal(answer, command.key));
}

/** The command failed and changed nothing: the same key may try again. */
export function forget({ table }: Context, command: Command): Promise<void> {
  return forgetCommand(table, command);
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** An answer can hold a visitor's token, of which the table may keep only a hash: the caller's own key seals it. */
function seal(answer: Answer, key: string): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, sealingKey(key), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

function unseal(sealed: Uint8Array, key: string): Answer {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv(ALGORITHM, sealingKey(key), bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  return JSON.parse(text.toString('utf8'));
}

function sealingKey(key: string): Buffer {
  return createHash('sha256').update(`usher/idempotency/${key}`).digest();
}

function sha256(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('base64url');
}
