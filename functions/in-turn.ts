/** Runs work that would get into each other's way one after the other: what has the same key takes turns, the rest does not wait. */
export type Turns = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

export function openTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work);
    last.set(
      key,
      mine.catch(() => {}),
    );
    return mine;
  };
}
