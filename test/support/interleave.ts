import type { Context } from '../../functions/edge/context.ts';

type Work = (context: Context) => Promise<void>;

/**
 * Carries out two works as two processes whose calls to the table and to the schedule pass one at a time, in this order:
 * 0 = the next call of the first, 1 = of the second. What the order leaves over comes after it.
 */
export async function interleaved(
  context: Context,
  works: readonly [Work, Work],
  order: readonly number[],
): Promise<void> {
  const processes = works.map(work => begin(context, work));
  for (const index of order) await processes[index]?.pass();
  for (const { pass } of processes) while (await pass());
  await Promise.all(processes.map(({ ended }) => ended));
}

/** A process that stands before its first call. `pass` lets one call through; false = it has made its last one. */
function begin(context: Context, work: Work) {
  let open = () => {};
  let isDone = false;
  let changed = Promise.withResolvers<void>();
  const gated = async <T>(call: () => Promise<T>): Promise<T> => {
    await new Promise<void>(resolve => {
      open = resolve;
      changed.resolve();
    });
    return call();
  };
  const { table, jobRule } = context;
  const send = (command: never) => gated(() => table.client.send(command));
  const ended = work({
    ...context,
    table: { ...table, client: { send } as never },
    jobRule: { enable: () => gated(jobRule.enable), disable: () => gated(jobRule.disable) },
  }).finally(() => {
    isDone = true;
    changed.resolve();
  });
  return {
    ended,
    async pass(): Promise<boolean> {
      await changed.promise;
      if (isDone) return false;
      changed = Promise.withResolvers();
      open();
      await changed.promise;
      return !isDone;
    },
  };
}

/** Every order in which so many calls of the first can lie between so many of the second. */
export function orders(first: number, second: number): readonly (readonly number[])[] {
  if (first === 0) return [Array<number>(second).fill(1)];
  if (second === 0) return [Array<number>(first).fill(0)];
  return [
    ...orders(first - 1, second).map(rest => [0, ...rest]),
    ...orders(first, second - 1).map(rest => [1, ...rest]),
  ];
}
