import { afterAll, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { afterOthers, type Call } from '../support/faults.ts';
import { openWorld, team, type World } from '../support/world.ts';

/** What it costs that many look at the board: counts, not times. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const look = (world: World) => world.call('readBoard');
const tenLook = (world: World) => Promise.all(Array.from({ length: 10 }, () => look(world)));
const countsIn = (calls: readonly Call[]) => calls.filter(isSaveOfBoard).length;
const isSaveOfBoard = ({ name, input }: Call) => name === 'Put' && 'figures' in Object(Object(input).Item);
const beginsCount = ({ name, input }: Call) =>
  name === 'Update' && String(Object(input).UpdateExpression).includes('countedUntil');

async function open() {
  const world = await openWorld(engine);
  await world.put({ agents: team(2) });
  await look(world);
  world.clock.now = (world.clock.now + BOUNDS.boardAgeMs) as Instant;
  world.door.calls.length = 0;
  return world;
}

describe('the board', () => {
  test('that ten look at, twice, is counted once', async () => {
    const world = await open();
    await tenLook(world);
    await tenLook(world);
    expect(countsIn(world.door.calls)).toBe(1);
  });

  test('is not counted again by one who read it before it was counted and comes to it after', async () => {
    const world = await open();
    world.door.next(
      beginsCount,
      afterOthers(async () => {
        await look(world);
      }),
    );
    expect((await look(world)).status).toBe(200);
    expect(world.door.isThrough()).toBe(true);
    expect(countsIn(world.door.calls)).toBe(1);
  });
});
