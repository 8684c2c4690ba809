import { expect } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
import type { Engine } from './engine.ts';
import { violationsOnTheWay } from './history.ts';
import { violations, violationsOnceSettled } from './invariants.ts';
import type { Standing } from './standing.ts';
import { openWorld, type World } from './world.ts';

type Scene = {
  readonly set: (world: World) => Promise<void>;
  readonly run: (world: World) => Promise<unknown>;
  /** Whether the caller repeats it, with the same Idempotency-Key where it carries one; else the sweep is on its own. */
  readonly repeat: boolean;
  /** How many minute's sweeps the recovery may take. */
  readonly sweeps?: 1 | 2;
  /** What is to be seen once all has recovered, however far the first run came. */
  readonly expected: (standing: Standing) => void;
};

const CALLS_MAX = 60;

/**
 * The process is stopped after every single call to the table and the queue in turn. What must always hold, must
 * hold there too; then the caller repeats the command, and the sweep and the periodic search come by. Returns how
 * many calls the command takes.
 */
export async function crashEverywhere(
  engine: Engine,
  { set, run, repeat, sweeps = 1, expected }: Scene,
): Promise<number> {
  for (let calls = 0; calls < CALLS_MAX; calls += 1) {
    const world = await openWorld(engine);
    await set(world);
    world.door.dieAfter(calls);
    await run(world).catch(() => {});
    const died = world.door.hasDied();
    await world.door.mend();
    expect({ calls, after: 'the crash', violations: violations(await world.standing()) }).toEqual({
      calls,
      after: 'the crash',
      violations: [],
    });
    await world.recover();
    if (died && repeat) {
      await run(world);
      await world.recover();
    }
    if (sweeps === 2) await world.recover();
    const standing = await world.standing();
    const found = [...violationsOnceSettled(standing), ...violationsOnTheWay(await world.history())];
    expect({ calls, after: 'recovery', violations: found }).toEqual({
      calls,
      after: 'recovery',
      violations: [],
    });
    expected(standing);
    if (!died) return calls;
  }
  throw new Error(`the command was not done after ${CALLS_MAX} calls`);
}

export const inState = (standing: Standing, state: string) =>
  standing.chats.filter(({ chat }) => chat.state === state);

export async function firstChat(world: World): Promise<ChatId> {
  const [stored] = (await world.standing()).chats;
  if (stored === undefined) throw new Error('there is no chat');
  return stored.chat.id;
}
