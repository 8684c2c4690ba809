/** What is due when: takes out what is due first; of what is due in the same second, what was put in first. */
export type Agenda<Item> = {
  readonly add: (second: number, item: Item) => void;
  readonly next: () => { readonly second: number; readonly item: Item } | undefined;
};

type Entry<Item> = { readonly second: number; readonly order: number; readonly item: Item };

/** A list kept in order: the day adds nearly everything at its end or close to the front. */
export function agenda<Item>(): Agenda<Item> {
  const entries: Entry<Item>[] = [];
  let added = 0;
  return {
    add(second, item) {
      const entry = { second, order: added, item };
      added += 1;
      entries.splice(placeOf(entry, entries), 0, entry);
    },
    next: () => entries.pop(),
  };
}

/** The last entry is due first, so that taking it out moves nothing. */
function placeOf<Item>(entry: Entry<Item>, entries: readonly Entry<Item>[]): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = entries[middle];
    if (other !== undefined && isLater(other, entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isLater<Item>(a: Entry<Item>, b: Entry<Item>): boolean {
  return a.second === b.second ? a.order > b.order : a.second > b.second;
}
