import { percentile } from '../percentile.ts';
import type { Given } from './held-by.ts';

export type Waits = { readonly p50: number | null; readonly p95: number | null; readonly max: number | null };

const WAITED_FROM_SECONDS = 1;

/** From the start of a chat to its agent, in seconds with one decimal; `whoWaited` leaves out those helped at once. */
export function waitsSeconds(
  given: readonly Given[],
): Waits & { readonly whoWaited: Waits & { chats: number } } {
  const seconds = given.map(chat => (chat.assignedAt - chat.createdAt) / 1_000);
  const waited = seconds.filter(wait => wait >= WAITED_FROM_SECONDS);
  return { ...figures(seconds), whoWaited: { chats: waited.length, ...figures(waited) } };
}

function figures(seconds: readonly number[]): Waits {
  const [p50 = null, p95 = null, max = null] = [50, 95, 100].map(percent => {
    const value = percentile(seconds, percent);
    return value === null ? null : Math.round(value * 10) / 10;
  });
  return { p50, p95, max };
}
