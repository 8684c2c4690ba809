import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Instant, VisitorId } from '../../domain/brands.ts';
import { BOUNDS } from '../bounds.ts';
import type { StoredToken } from '../store/chat-row.ts';

const PREFIX = 'vt_';
const SECRET_BYTES = 32;
const TOKEN = /^vt_([0-9a-hjkmnp-tv-z]{26})_([A-Za-z0-9_-]{43})$/;

/** A new token for a visitor. It is the visitor's identity and shown once; only its hash is stored. */
export function newVisitorToken(visitor: VisitorId): string {
  return `${PREFIX}${visitor.slice('vis_'.length)}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

export function isVisitorToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** The visitor a token claims to be; null when it is malformed. The claim holds only if the hash matches. */
export function visitorOf(token: string): VisitorId | null {
  const id = TOKEN.exec(token)?.[1];
  return id === undefined ? null : (`vis_${id}` as VisitorId);
}

/** What is kept of a token that was made or renewed now. */
export function keptOf(token: string, now: Instant): StoredToken {
  return { hash: hashToken(token), endsAt: endOfToken(now) };
}

/** A token is good so long, unless it is renewed or revoked before. */
function endOfToken(now: Instant): Instant {
  return (now + BOUNDS.visitorTokenDays * DAY_MS) as Instant;
}

const DAY_MS = 86_400_000;

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Compares in a time that says nothing about where they differ. */
export function matchesHash(token: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(token)), Buffer.from(hash));
}

/** `other`: it is not this one, or was revoked. */
export function stateOf(token: string, kept: StoredToken | null, now: Instant): 'good' | 'ended' | 'other' {
  if (kept === null || !matchesHash(token, kept.hash)) return 'other';
  return kept.endsAt > now ? 'good' : 'ended';
}
