import * as z from 'zod';
import { Problem } from './problems.ts';

const cursorText = z.string().regex(/^[\w:.#-]{1,100}$/);

/** An opaque cursor: where the next page goes on. */
export function cursorAfter(last: string | null): string | null {
  return last === null ? null : Buffer.from(last).toString('base64url');
}

/** Where to go on from; undefined = from the start. Throws 400 on a cursor that is not one of ours. */
export function afterCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const decoded = cursorText.safeParse(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!decoded.success)
    throw new Problem('invalid-cursor', 'Take the cursor from nextCursor of the page before.');
  return decoded.data;
}

/** A page of a list: `more` says whether anything comes after the last item. */
export function page<Item extends { readonly id: string }, View>(
  items: readonly Item[],
  more: boolean,
  view: (item: Item) => View,
) {
  return { items: items.map(view), nextCursor: cursorAfter(more ? (items.at(-1)?.id ?? null) : null) };
}
