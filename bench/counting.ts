import { setImmediate } from 'node:timers/promises';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../functions/store/client.ts';

type Call = {
  readonly name: string;
  readonly startedMs: number;
  endedMs: number;
  readUnits: number;
  writeUnits: number;
  readonly isClaim: boolean;
};

/** What the engine itself says that calls cost, counted at the SDK's door. */
export type Counter = {
  readonly table: Table;
  readonly calls: readonly Call[];
  readonly reset: () => void;
};

type Capacity = { ReadCapacityUnits?: number; WriteCapacityUnits?: number; CapacityUnits?: number };

/** The same table, with every call's consumed capacity and time kept. Only a claim charges an agent's row by update. */
export function counting(table: Table): Counter {
  const calls: Call[] = [];
  const { client } = table;
  const send = async (command: { input: Record<string, unknown>; constructor: { name: string } }) => {
    command.input.ReturnConsumedCapacity = 'INDEXES';
    const call: Call = {
      name: command.constructor.name.replace('Command', ''),
      startedMs: performance.now(),
      endedMs: 0,
      readUnits: 0,
      writeUnits: 0,
      isClaim: command instanceof TransactWriteCommand && chargesAnAgent(command),
    };
    calls.push(call);
    try {
      const answer = (await client.send(command as never)) as { ConsumedCapacity?: Capacity | Capacity[] };
      const writes = /Put|Update|Delete|Write/.test(call.name);
      for (const used of [answer.ConsumedCapacity ?? []].flat()) {
        call[writes ? 'writeUnits' : 'readUnits'] += used.CapacityUnits ?? 0;
      }
      return answer;
    } finally {
      call.endedMs = performance.now();
    }
  };
  return { table: { ...table, client: { send } as never }, calls, reset: () => calls.splice(0) };
}

function chargesAnAgent({ input }: TransactWriteCommand): boolean {
  return (input.TransactItems ?? []).some(item => String(item.Update?.Key?.pk).endsWith('#ROSTER'));
}

export const readUnits = (calls: readonly Call[]) => calls.reduce((sum, call) => sum + call.readUnits, 0);
export const writeUnits = (calls: readonly Call[]) => calls.reduce((sum, call) => sum + call.writeUnits, 0);
export const claims = (calls: readonly Call[]) => calls.filter(call => call.isClaim).length;

/** How many calls had to wait for another: calls that overlap in time count as one round trip. */
export function dependentRoundTrips(calls: readonly Call[]): number {
  let trips = 0;
  let waveEndsMs = -1;
  for (const call of [...calls].sort((a, b) => a.startedMs - b.startedMs)) {
    if (call.startedMs < waveEndsMs) {
      waveEndsMs = Math.min(waveEndsMs, call.endedMs);
      continue;
    }
    trips += 1;
    waveEndsMs = call.endedMs;
  }
  return trips;
}

/**
 * The same table, but that calls which are under way together are answered together, when the slowest is done: then trips
 * are the same on any machine. Not for measuring times.
 */
export function inWaves(table: Table): Table {
  let wave: { readonly answers: Promise<unknown>[]; readonly delivered: Promise<void> } | null = null;

  async function deliver(answers: readonly Promise<unknown>[]): Promise<void> {
    for (let seen = -1; seen < answers.length; ) {
      seen = answers.length;
      await Promise.allSettled(answers);
      await setImmediate();
    }
    wave = null;
  }

  async function send(command: unknown): Promise<unknown> {
    const answer = table.client.send(command as never);
    if (wave === null) {
      const answers: Promise<unknown>[] = [answer];
      wave = { answers, delivered: deliver(answers) };
    } else {
      wave.answers.push(answer);
    }
    await wave.delivered;
    return answer;
  }

  return { ...table, client: { send } as never };
}
