import { BatchGetCommand, GetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { inParallel } from '../in-parallel.ts';
import type { Key, Row, Table } from './client.ts';
import { TABLE_SHAPE } from './table.ts';

/** Reads one row strongly; null when there is none. `eventually`: half as dear, and may be a moment old. */
export async function getRow(table: Table, key: Key, eventually = false): Promise<Row | null> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: key, ConsistentRead: !eventually }),
  );
  return Item ?? null;
}

/** Reads rows strongly, in the order of the keys; what is not there is left out. */
export async function getRows(table: Table, keys: readonly Key[]): Promise<readonly Row[]> {
  const wanted = [...new Map(keys.map(key => [`${key.pk}|${key.sk}`, key])).values()];
  const batches = Array.from({ length: Math.ceil(wanted.length / BATCH_GET_MAX) }, (_, index) =>
    wanted.slice(index * BATCH_GET_MAX, (index + 1) * BATCH_GET_MAX),
  );
  const read = await inParallel(batches, BATCHES_IN_PARALLEL, batch => getBatch(table, batch));
  const found = new Map(read.flat().map(row => [`${row.pk}|${row.sk}`, row]));
  return keys.flatMap(key => {
    const row = found.get(`${key.pk}|${key.sk}`);
    return row === undefined ? [] : [row];
  });
}

const BATCH_GET_MAX = 100;
const BATCHES_IN_PARALLEL = 4;

/** The table may answer only a part: the rest is asked for again, unless nothing at all is answered. */
async function getBatch(table: Table, keys: readonly Key[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let pending: readonly Key[] = keys; pending.length > 0; ) {
    const { Responses, UnprocessedKeys } = await table.client.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys: [...pending], ConsistentRead: true } } }),
    );
    rows.push(...(Responses?.[table.name] ?? []));
    const left = (UnprocessedKeys?.[table.name]?.Keys ?? []) as Key[];
    if (left.length === pending.length) throw Object.assign(new Error('no key was read'), THROTTLED);
    pending = left;
  }
  return rows;
}

const THROTTLED = { name: 'ThrottlingException' };

type Range = {
  /** The sort key must begin with this. */
  readonly beginsWith?: string;
  /** The sort key must be above this. */
  readonly after?: string;
  /** The sort key must be below this. */
  readonly before?: string;
  /** The sort key must be this or below. */
  readonly upTo?: string;
  /** The highest sort key first. */
  readonly descending?: boolean;
  /** Half as dear, and may be a moment old. */
  readonly eventually?: boolean;
  /** At most so many rows; without it, one page of the table's own size. */
  readonly limit?: number;
};

export type Page = { readonly rows: readonly Row[]; readonly more: boolean };

/** One page of a partition, read strongly, in the order of the sort key. */
export function queryPartition(table: Table, partition: string, range: Range = {}): Promise<Page> {
  return query(table, partition, range, { pk: TABLE_SHAPE.partitionKey, sk: TABLE_SHAPE.sortKey }, {});
}

/** One page of the rank index, read strongly: available agents, the first in rank first. */
export function queryRank(table: Table, partition: string, range: Range): Promise<Page> {
  const { name, sortKey } = TABLE_SHAPE.rankIndex;
  return query(table, partition, range, { pk: TABLE_SHAPE.partitionKey, sk: sortKey }, { IndexName: name });
}

/** One page of the members index, read strongly, with the whole rows: each costs a read of its own. */
export function queryMembers(table: Table, partition: string, range: Range): Promise<Page> {
  const { name, sortKey } = TABLE_SHAPE.membersIndex;
  return query(
    table,
    partition,
    range,
    { pk: TABLE_SHAPE.partitionKey, sk: sortKey },
    { IndexName: name, Select: 'ALL_ATTRIBUTES' },
  );
}

/** One page of the lists index. It is a little stale: what must be exact is read again from the table. */
export function queryList(table: Table, list: string, range: Range): Promise<Page> {
  const { name, partitionKey, sortKey } = TABLE_SHAPE.listsIndex;
  return query(
    table,
    list,
    range,
    { pk: partitionKey, sk: sortKey },
    { IndexName: name, ConsistentRead: false },
  );
}

async function query(
  table: Table,
  partition: string,
  range: Range,
  names: { readonly pk: string; readonly sk: string },
  index: Pick<QueryCommandInput, 'IndexName' | 'ConsistentRead' | 'Select'>,
): Promise<Page> {
  const { from, to } = edgesOf(range);
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      ConsistentRead: range.eventually !== true,
      ScanIndexForward: range.descending !== true,
      ...index,
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#pk': names.pk, '#sk': names.sk },
      ExpressionAttributeValues: { ':pk': partition, ':from': from, ':to': to },
      ...(range.limit !== undefined && { Limit: range.limit }),
    }),
  );
  const rows = range.before === undefined ? Items : Items.filter(row => String(row[names.sk]) < to);
  return { rows, more: LastEvaluatedKey !== undefined };
}

/** Sort keys are ASCII: a space is below and a tilde above all that can stand in them. */
function edgesOf({ beginsWith = '', after, before, upTo }: Range): {
  readonly from: string;
  readonly to: string;
} {
  const from = after === undefined ? beginsWith || ' ' : `${after} `;
  return { from, to: before ?? upTo ?? `${beginsWith}~~` };
}

/** Every row of what `readPage` pages through; `sortOf` gives the place to go on from. */
export async function readAll(
  readPage: (after: string | undefined) => Promise<Page>,
  sortOf: (row: Row) => unknown,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after: string | undefined; ; ) {
    const page = await readPage(after);
    rows.push(...page.rows);
    const last = page.rows.at(-1);
    if (!page.more || last === undefined) return rows;
    after = String(sortOf(last));
  }
}
