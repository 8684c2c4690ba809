import type { Crowd } from '../functions/allocate/crowd.ts';

/** As if each request had a process of its own, which is how Lambda runs them. */
export function openSolitude(): Crowd {
  return { alone: (_, work) => work(() => false) };
}
