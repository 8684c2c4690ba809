import { Problem } from './problems.ts';
import { etagOf } from './respond.ts';

/** Honours If-Match: 412 unless it names the version there is. `version` null = there is nothing yet. */
export function honourIfMatch(ifMatch: string | null, version: number | null): void {
  if (ifMatch === null) return;
  const tags = ifMatch.split(',').map(tag => tag.trim());
  if (version !== null && (tags.includes('*') || tags.includes(etagOf(version)))) return;
  throw staleVersion();
}

/** As `honourIfMatch`, and 428 when the header is missing. */
export function requireIfMatch(ifMatch: string | null, version: number): void {
  if (ifMatch === null)
    throw new Problem('if-match-required', 'Read the settings first and send their ETag as If-Match.');
  honourIfMatch(ifMatch, version);
}

/** Whether If-None-Match names the version there is: its reader has it already. Weak tags count as well (RFC 9110, 13.1.2). */
export function isSeen(ifNoneMatch: string | null, version: number): boolean {
  const tags = ifNoneMatch?.split(',').map(tag => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(etagOf(version));
}

function staleVersion(): Problem {
  return new Problem(
    'stale-version',
    'It is no longer the version in If-Match. Read it again and repeat the change.',
  );
}
