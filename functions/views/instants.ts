import type { Instant } from '../../domain/brands.ts';

/** Times leave as ISO 8601 UTC with milliseconds. */
export const iso = (at: Instant): string => new Date(at).toISOString();
export const isoOrNull = (at: Instant | null): string | null => at && iso(at);
