/**
 * Lets many through together, or one alone. Requests and background work go through together; moving the clock and
 * resetting go alone: they wait for what is under way and hold back what comes.
 */
export type Gate = {
  readonly together: <T>(work: () => Promise<T>) => Promise<T>;
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
};

export function openGate(): Gate {
  let alone: Promise<unknown> = Promise.resolve();
  let aloneWaiting = 0;
  const inside = new Set<Promise<unknown>>();

  return {
    async together(work) {
      while (aloneWaiting > 0) await alone;
      const running = work();
      const settled = running.catch(() => {});
      inside.add(settled);
      try {
        return await running;
      } finally {
        inside.delete(settled);
      }
    },
    alone(work) {
      aloneWaiting += 1;
      const running = alone.then(async () => {
        await Promise.all(inside);
        return work();
      });
      alone = running
        .catch(() => {})
        .finally(() => {
          aloneWaiting -= 1;
        });
      return running;
    },
  };
}
