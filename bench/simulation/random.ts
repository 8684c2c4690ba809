/** Numbers in [0, 1) that look random and are the same for the same seed (mulberry32). */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Exponential: the gap until the next of many independent comers. */
export const exponential = (random: Random, mean: number) => -Math.log(1 - random()) * mean;

export const between = (random: Random, least: number, most: number) => least + random() * (most - least);
