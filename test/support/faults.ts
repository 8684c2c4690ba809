import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../functions/store/client.ts';

/** What a call sends; enough of it to tell calls apart. */
export type Call = { readonly name: string; readonly input: Readonly<Record<string, unknown>> };

/** What happens to a call instead of simply being carried out. */
export type Fault = (carryOut: () => Promise<unknown>, call: Call) => Promise<unknown>;
export type Matches = (call: Call) => boolean;

/**
 * The door between the code under test and what it calls. Everything passes it, is kept in `calls`, and can be made
 * to fail there; the engine behind it stays the real one.
 */
export type Door = {
  readonly calls: Call[];
  /** The same table, reached through the door. */
  readonly through: (table: Table) => Table;
  readonly pass: <T>(call: Call, carryOut: () => Promise<T>) => Promise<T>;
  /** The next calls that match meet these faults, one each; those after them pass. */
  readonly next: (matches: Matches, ...faults: readonly Fault[]) => void;
  /** Every fault that was to be met was met. */
  readonly isThrough: () => boolean;
  /** Every call that matches meets this fault. */
  readonly always: (matches: Matches, fault: Fault) => void;
  /** The process ends when its call of this number has been carried out, 0 = before the first: no answer comes back, nothing follows. */
  readonly dieAfter: (calls: number) => void;
  readonly hasDied: () => boolean;
  /** A new process: nothing fails any more. Resolves when all that was on its way has arrived. */
  readonly mend: () => Promise<void>;
};

class Died extends Error {}

export function openDoor(): Door {
  const calls: Call[] = [];
  const underway = new Set<Promise<unknown>>();
  let plans: { readonly matches: Matches; readonly faults: Fault[]; readonly forever: boolean }[] = [];
  let process = { callsLeft: Number.POSITIVE_INFINITY, dead: false };

  async function pass<T>(call: Call, carryOut: () => Promise<T>): Promise<T> {
    // Whoever called belongs to the process it began in, also when a new one has been started meanwhile.
    const own = process;
    if (own.callsLeft <= 0) own.dead = true;
    if (own.dead) throw new Died();
    calls.push(call);
    own.callsLeft -= 1;
    const isLast = own.callsLeft === 0;
    const arriving = meet(call, carryOut);
    underway.add(arriving);
    try {
      return (await arriving) as T;
    } finally {
      underway.delete(arriving);
      if (isLast) own.dead = true;
      // biome-ignore lint/correctness/noUnsafeFinally: the dead get no answer, whatever it is
      if (own.dead) throw new Died();
    }
  }

  function meet(call: Call, carryOut: () => Promise<unknown>): Promise<unknown> {
    const plan = plans.find(({ matches, faults }) => faults.length > 0 && matches(call));
    const fault = plan?.forever ? plan.faults[0] : plan?.faults.shift();
    return fault === undefined ? carryOut() : fault(carryOut, call);
  }

  return {
    calls,
    pass,
    through(table) {
      const send = (command: { constructor: { name: string }; input: Record<string, unknown> }) =>
        pass({ name: command.constructor.name.replace('Command', ''), input: command.input }, () =>
          table.client.send(command as never),
        );
      return { ...table, client: { send } as never };
    },
    isThrough: () => plans.every(({ faults, forever }) => forever || faults.length === 0),
    next: (matches, ...faults) => plans.push({ matches, faults: [...faults], forever: false }),
    always: (matches, fault) => plans.push({ matches, faults: [fault], forever: true }),
    dieAfter(callsLeft) {
      process = { callsLeft, dead: false };
    },
    hasDied: () => process.dead,
    async mend() {
      await Promise.allSettled(underway);
      plans = [];
      process = { callsLeft: Number.POSITIVE_INFINITY, dead: false };
    },
  };
}

// What a call is.

export const isTransaction: Matches = ({ name }) => name === 'TransactWrite';
/** A transaction that charges an agent automatically: only that updates a row of the roster. */
export const isClaim: Matches = call =>
  isTransaction(call) && items(call).some(item => String(item.Update?.Key?.pk).endsWith('#ROSTER'));
/** A transaction that puts a chat into the waiting line. */
export const joinsTheLine: Matches = call => puts(/#LINE\|/)(call);
/** A transaction that writes this kind of row, by the end of its partition or its sort key. */
export const puts =
  (kind: RegExp): Matches =>
  call =>
    isTransaction(call) && items(call).some(({ Put }) => kind.test(`${Put?.Item?.pk}|${Put?.Item?.sk}`));
/** A write of one row of the roster by itself: a status, an edge. */
export const savesAnAgent: Matches = ({ name, input }) =>
  name === 'Put' && String((input.Item as { pk?: unknown }).pk).endsWith('#ROSTER');
/** A transaction that puts a row of the roster: a card, a member of a group that changed, an accept, a close. */
export const putsAnAgent = puts(/#ROSTER\|/);
/** A write of those an offer goes to, before the offer itself. */
export const writesOfferees: Matches = ({ name }) => name === 'BatchWrite';
/** A transaction that makes an offer. */
export const makesAnOffer = puts(/#OFFERS\|/);
/** A reading of a partition. */
export const queries =
  (partition: RegExp): Matches =>
  ({ name, input }) =>
    name === 'Query' &&
    partition.test(String((input.ExpressionAttributeValues as Record<string, unknown>)[':pk']));
export const readsTheLine = queries(/#LINE$/);
export const readsTheQueue = queries(/#QUEUE$/);
export const isSend: Matches = ({ name }) => name === 'SendMessages';
/** A single write of the row of a command under its Idempotency-Key. */
export const isOfACommand: Matches = ({ input }) => {
  const row = (input.Item ?? input.Key) as { pk?: unknown } | undefined;
  return String(row?.pk).startsWith('IDEMPOTENCY#');
};
export const both =
  (...all: readonly Matches[]): Matches =>
  call =>
    all.every(matches => matches(call));

type Item = {
  readonly Put?: { readonly Item?: { readonly pk?: unknown; readonly sk?: unknown } };
  readonly Update?: { readonly Key?: { readonly pk?: unknown } };
};
const items = ({ input }: Call) => (input.TransactItems ?? []) as readonly Item[];

// What goes wrong.

export const cancelledBy =
  (code: 'TransactionConflict' | 'ThrottlingError' | 'ProvisionedThroughputExceeded'): Fault =>
  async (_, call) => {
    const CancellationReasons = items(call).map((_item, index) => ({ Code: index === 0 ? code : 'None' }));
    throw new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons });
  };
export const conflict = cancelledBy('TransactionConflict');

export const failsAs =
  (name: string): Fault =>
  async () => {
    throw Object.assign(new Error(name), { name });
  };
export const throttled = failsAs('ThrottlingException');
export const inProgress = failsAs('TransactionInProgressException');

/** The request is lost on its way there. */
export const timedOutBefore = failsAs('TimeoutError');
/** The request is carried out and its answer is lost. */
export const timedOutAfter: Fault = async (carryOut, call) => {
  await carryOut();
  return timedOutBefore(carryOut, call);
};
/** The answer is lost, and the SDK by itself sends the request again, as it does for single writes. */
export const sentTwice: Fault = async carryOut => {
  await carryOut();
  return carryOut();
};
/** Others get something done just before the call arrives. */
export const afterOthers =
  (work: () => Promise<unknown>): Fault =>
  async carryOut => {
    await work();
    return carryOut();
  };
