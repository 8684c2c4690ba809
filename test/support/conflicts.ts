import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../functions/store/client.ts';

/**
 * The table as on AWS, where writes of the same row at the same moment conflict: a transaction is cancelled, and a
 * single write is refused while a transaction is at work on its row. No embedded engine does that by itself. A pause
 * lasts until something that was on its way has arrived.
 */
export function withConflicts(table: Table): Table {
  const inTransactions = new Set<string>();
  const inSingleWrites = new Set<string>();
  const underWay = new Set<Promise<unknown>>();

  async function carryOut(command: Command, keys: readonly string[], held: Set<string>): Promise<unknown> {
    for (const key of keys) held.add(key);
    const arriving = table.client.send(command as never);
    underWay.add(arriving);
    try {
      return await arriving;
    } finally {
      underWay.delete(arriving);
      for (const key of keys) held.delete(key);
    }
  }

  async function send(command: Command): Promise<unknown> {
    const name = command.constructor.name.replace('Command', '');
    const { Item, Key, TransactItems } = command.input as Row & { TransactItems?: readonly Write[] };
    if (name === 'TransactWrite') {
      const keys = (TransactItems ?? []).map(keyOfWrite);
      const clashes = keys.map(key => inTransactions.has(key) || inSingleWrites.has(key));
      if (clashes.some(Boolean)) throw cancelled(clashes);
      return carryOut(command, keys, inTransactions);
    }
    if (name === 'Put' || name === 'Update' || name === 'Delete') {
      const key = keyOf({ Item, Key });
      if (inTransactions.has(key)) {
        throw new TransactionConflictException({ message: 'a transaction is at work', $metadata: {} });
      }
      return carryOut(command, [key], inSingleWrites);
    }
    return table.client.send(command as never);
  }

  const pause = async () => {
    if (underWay.size === 0) return;
    await Promise.race([...underWay].map(arriving => arriving.catch(() => {})));
  };
  return { ...table, client: { send } as never, pause };
}

type Command = { readonly constructor: { readonly name: string }; readonly input: object };
type Keyed = { readonly pk?: unknown; readonly sk?: unknown };
type Row = { readonly Item?: Keyed | undefined; readonly Key?: Keyed | undefined };
type Write = Readonly<Record<string, Row>>;

const keyOf = ({ Item, Key }: Row) => `${(Item ?? Key)?.pk}|${(Item ?? Key)?.sk}`;
const keyOfWrite = (write: Write) => Object.values(write).map(keyOf).join();

function cancelled(clashes: readonly boolean[]): TransactionCanceledException {
  const CancellationReasons = clashes.map(clash => ({ Code: clash ? 'TransactionConflict' : 'None' }));
  return new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons });
}
