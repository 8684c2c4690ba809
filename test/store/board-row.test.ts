import { afterAll, expect, test } from '@jest/globals';
import { type Counter, counting, readUnits } from '../../bench/counting.ts';
import { STATUSES } from '../../domain/agent.ts';
import type { ChannelId, GroupId, Instant } from '../../domain/brands.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { readBoard, type StoredBoard, saveBoard } from '../../functions/store/board-row.ts';
import { NOW } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { ACME } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

const LARGE = 9_999_999;
const ofStatus = { agents: LARGE, openChats: LARGE, heldChats: LARGE, load: LARGE };
const of = <T>(value: T) => Object.fromEntries(STATUSES.map(status => [status, value]));
const longest = (index: number) => String(index).padEnd(BOUNDS.idLengthMax, 'x');

const BOARD: StoredBoard = {
  version: NOW,
  at: NOW,
  figures: {
    agents: of(ofStatus) as StoredBoard['figures']['agents'],
    waiting: { count: LARGE, oldestSince: new Date(NOW).toISOString() },
    offered: LARGE,
    queued: LARGE,
    assignments: { lastMinute: LARGE, lastHour: LARGE },
    timeToAssign: { p50Seconds: LARGE, p95Seconds: LARGE },
    estimates: { told: LARGE, errorP50Seconds: LARGE, errorP95Seconds: LARGE },
  },
  paces: Array.from({ length: BOUNDS.boardLinesMax }, (_, index) => ({
    channelId: longest(index) as ChannelId,
    groupId: longest(index) as GroupId,
    turns: BOUNDS.boardWaitsMax,
    meanTurnMs: 3_600_000,
    movedAt: NOW as Instant,
  })),
};

test('the board with all the lines it may have, under the longest names, is half a unit to a glance', async () => {
  const counter: Counter = counting(await engine.openTable());
  await saveBoard(counter.table, ACME, BOARD);
  counter.reset();
  expect(await readBoard(counter.table, ACME, true)).toEqual(BOARD);
  expect(readUnits(counter.calls)).toBe(0.5);
});
