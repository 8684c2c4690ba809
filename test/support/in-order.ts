import { expect } from '@jest/globals';
import { violationsOnTheWay } from './history.ts';
import { violations, violationsOnceSettled } from './invariants.ts';
import type { World } from './world.ts';

/** All that must hold once every search is done, at the end and after every commit on the way there. `told` is printed with what does not. */
export function expectInOrder(world: World, told: Readonly<Record<string, unknown>> = {}) {
  return expectNothing(world, violationsOnceSettled, told);
}

/** As `expectInOrder`, where searches or changes may still be on their way. */
export function expectConsistent(world: World, told: Readonly<Record<string, unknown>> = {}) {
  return expectNothing(world, violations, told);
}

async function expectNothing(
  world: World,
  wrongIn: typeof violations,
  told: Readonly<Record<string, unknown>>,
) {
  const standing = await world.standing();
  const history = await world.history();
  expect({ ...told, end: wrongIn(standing), way: violationsOnTheWay(history) }).toEqual({
    ...told,
    end: [],
    way: [],
  });
  return { standing, history };
}
