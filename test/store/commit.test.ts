import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BOUNDS } from '../../functions/bounds.ts';
import type { Table } from '../../functions/store/client.ts';
import { type Commit, commit, type Write } from '../../functions/store/commit.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  cancelledBy,
  conflict,
  type Door,
  type Fault,
  failsAs,
  inProgress,
  isTransaction,
  openDoor,
  throttled,
  timedOutAfter,
  timedOutBefore,
} from '../support/faults.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

let bare: Table;
let door: Door;
let pauses: number[];

beforeEach(async () => {
  bare = await engine.openTable();
  door = openDoor();
  pauses = [];
});

const MINE = { pk: 'it', sk: 'X', by: 'us' };

/** Creates one row; a second one that is there already is ours if it says so. */
function create(table = door.through(bare)): Promise<Commit> {
  const write: Write = {
    Put: {
      TableName: table.name,
      Item: MINE,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const pausing = { ...table, pause: async (ms: number) => void pauses.push(ms) };
  return commit(pausing, [write], refusals => refusals[0]?.row?.by === 'us');
}

const rows = () => engine.allRows(bare);
const put = (Item: typeof MINE) => new PutCommand({ TableName: bare.name, Item });
const REASONS = ['ThrottlingError', 'ProvisionedThroughputExceeded'] as const;

/** What may pass: tried again, it succeeds. */
const PASSING: readonly (readonly [string, Fault])[] = [
  ['a conflict', conflict],
  ['a transaction in progress', inProgress],
  ['a throttle', throttled],
  ['a request limit', failsAs('RequestLimitExceeded')],
  ...REASONS.map(code => [`a throttle as the reason ${code}`, cancelledBy(code)] as const),
  ['a request that was lost', timedOutBefore],
  ['an answer that was lost', timedOutAfter],
  ['a failure of the platform', failsAs('InternalServerError')],
  ['a broken connection', async () => Promise.reject(Object.assign(new Error(), { code: 'ECONNRESET' }))],
];

describe('a transaction', () => {
  test.each(PASSING)('survives %s, and is carried out once', async (_, fault) => {
    door.next(isTransaction, fault);
    expect(await create()).toEqual({ outcome: 'committed' });
    expect(door.calls).toHaveLength(2);
    expect(await engine.history(bare)).toEqual([{ before: null, after: MINE }]);
  });

  test.each(PASSING)('survives %s five times in a row', async (_, fault) => {
    door.next(isTransaction, ...(Array(BOUNDS.storeAttemptsMax - 1).fill(fault) as Fault[]));
    expect(await create()).toEqual({ outcome: 'committed' });
    expect(await engine.history(bare)).toHaveLength(1);
  });

  test.each<[string, Fault, Commit['outcome']]>([
    ['conflicts', conflict, 'conflict'],
    ['transactions in progress', inProgress, 'conflict'],
    ['throttles', throttled, 'throttled'],
    ['throttles as reasons', cancelledBy('ThrottlingError'), 'throttled'],
  ])('gives up after %s without end, says so, and has written nothing', async (_, fault, outcome) => {
    door.always(isTransaction, fault);
    expect(await create()).toEqual({ outcome });
    expect(door.calls).toHaveLength(BOUNDS.storeAttemptsMax);
    expect(await rows()).toEqual([]);
  });

  test('that never gets an answer throws: nobody knows whether it was carried out', async () => {
    door.always(isTransaction, timedOutBefore);
    await expect(create()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(door.calls).toHaveLength(BOUNDS.storeAttemptsMax);
  });

  test.each([
    ['conflicts', conflict],
    ['throttles', throttled],
  ])(
    'whose answer was lost never says that nothing was written, when %s follow without end',
    async (_, fault) => {
      door.next(isTransaction, timedOutAfter);
      door.always(isTransaction, fault);
      const result = await create().catch(() => ({ outcome: 'thrown' }));
      expect(await rows()).toHaveLength(1);
      expect(['committed', 'thrown']).toContain(result.outcome);
    },
  );

  test('that somebody else was faster at is refused with the row it met', async () => {
    const theirs = { ...MINE, by: 'them' };
    await bare.client.send(put(theirs));
    expect(await create()).toEqual({ outcome: 'refused', refusals: [{ index: 0, row: theirs }] });
    expect(door.calls).toHaveLength(1);
  });

  test('whose request was lost, while somebody else was faster, is refused', async () => {
    const theirs = { ...MINE, by: 'them' };
    door.next(isTransaction, async (_, call) => {
      await bare.client.send(put(theirs));
      return timedOutBefore(async () => {}, call);
    });
    expect(await create()).toEqual({ outcome: 'refused', refusals: [{ index: 0, row: theirs }] });
  });

  test('meets its own row without having lost an answer: that is another who writes the same, and it is refused', async () => {
    await bare.client.send(put(MINE));
    expect((await create()).outcome).toBe('refused');
  });

  test('that is malformed throws at once', async () => {
    door.always(isTransaction, failsAs('ValidationException'));
    await expect(create()).rejects.toMatchObject({ name: 'ValidationException' });
    expect(door.calls).toHaveLength(1);
  });

  test('stops at the deadline, however few its tries were', async () => {
    let elapsed = 0;
    const slow = { ...door.through(bare), elapsedMs: () => (elapsed += BOUNDS.storeDeadlineMs / 2.5) };
    door.always(isTransaction, conflict);
    expect(await create(slow)).toEqual({ outcome: 'conflict' });
    expect(door.calls).toHaveLength(3);
  });

  test('pauses between tries, longer each time and by chance', async () => {
    door.always(isTransaction, conflict);
    await create({ ...door.through(bare), random: () => 0.5 });
    expect(pauses).toEqual([5, 10, 20, 40, 80]);
    pauses = [];
    await create({ ...door.through(bare), random: () => 0 });
    expect(pauses).toEqual([0, 0, 0, 0, 0]);
  });
});
