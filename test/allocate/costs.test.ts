import { afterAll, expect, test } from '@jest/globals';
import { type Counter, counting, dependentRoundTrips, readUnits, writeUnits } from '../../bench/counting.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { openWorld, team } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

test('a plain new chat costs at most 8 write units, 6 read units at 100 agents, and 3 dependent round trips', async () => {
  let counter: Counter | undefined;
  const world = await openWorld(engine, table => {
    counter = counting(table);
    return counter.table;
  });
  await world.put({ agents: team(100) });
  for (let chat = 0; chat < 5; chat += 1) {
    counter?.reset();
    const { body } = await world.start();
    expect(body.chat.state).toBe('open');
    const calls = counter?.calls ?? [];
    expect(writeUnits(calls)).toBeGreaterThan(0);
    expect(writeUnits(calls)).toBeLessThanOrEqual(8);
    expect(readUnits(calls)).toBeGreaterThan(0);
    expect(readUnits(calls)).toBeLessThanOrEqual(6);
    expect(dependentRoundTrips(calls)).toBeLessThanOrEqual(3);
  }
});
