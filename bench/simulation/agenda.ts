import type { Instant } from '../../domain/brands.ts';

/** What is to come, the earliest first; of two at the same moment the one entered first. */
export type Agenda<Entry> = {
  readonly enter: (at: Instant, entry: Entry) => void;
  readonly next: () => { readonly at: Instant; readonly entry: Entry };
  /** When the next is due; null = nothing is to come. */
  readonly nextAt: () => Instant | null;
};

export function openAgenda<Entry>(): Agenda<Entry> {
  /** The earliest stands last, where it is cheap to take off. */
  const entries: { at: Instant; entry: Entry }[] = [];
  return {
    enter(at, entry) {
      let from = 0;
      for (let to = entries.length; from < to; ) {
        const middle = (from + to) >> 1;
        if ((entries[middle]?.at ?? 0) > at) from = middle + 1;
        else to = middle;
      }
      entries.splice(from, 0, { at, entry });
    },
    next() {
      const first = entries.pop();
      if (first === undefined) throw new Error('nothing is to come');
      return first;
    },
    nextAt: () => entries.at(-1)?.at ?? null,
  };
}
