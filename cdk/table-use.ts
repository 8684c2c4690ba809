import type { TABLE_SHAPE } from '../functions/store/table.ts';
import type { FunctionName } from './functions.ts';

/** One of the table's permissions; `TransactWriteItems` has none of its own, its items need theirs. */
type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'
  | 'BatchWriteItem';
type IndexName = (typeof TABLE_SHAPE)['rankIndex' | 'membersIndex' | 'listsIndex']['name'];

export type TableUse = {
  readonly items: readonly ItemAction[];
  /** What it queries: an index is a resource of its own. */
  readonly queries: readonly ('table' | IndexName)[];
};

const CHANGE = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] as const;
const TRANSACT = [...CHANGE, 'ConditionCheckItem'] as const;
/** What handing out, offering and waiting take: any change that may help the line does that. */
const ALLOCATE = [...TRANSACT, 'BatchGetItem', 'BatchWriteItem'] as const;
const TEAM = ['table', 'rank', 'members'] as const;

/**
 * What each function does with the table: no more than its code takes. The bundle test compares the two, so that
 * a new command or a new index in the code fails there and not in production.
 */
export const TABLE_USE = {
  'start-chat': { items: ALLOCATE, queries: [...TEAM, 'lists'] },
  chats: { items: ALLOCATE, queries: [...TEAM, 'lists'] },
  agents: { items: ALLOCATE, queries: TEAM },
  admin: { items: ALLOCATE, queries: [...TEAM, 'lists'] },
  projects: { items: [...CHANGE, 'BatchGetItem'], queries: ['lists'] },
  search: { items: ALLOCATE, queries: [...TEAM, 'lists'] },
  minute: { items: ALLOCATE, queries: [...TEAM, 'lists'] },
  'job-minute': { items: ['GetItem', 'UpdateItem'], queries: ['lists'] },
} as const satisfies Record<Exclude<FunctionName, 'publish'>, TableUse>;

export const TABLE_USERS = Object.keys(TABLE_USE) as (keyof typeof TABLE_USE)[];
