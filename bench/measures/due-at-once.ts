import type { ChatId, Instant } from '../../domain/brands.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { inParallel } from '../../functions/in-parallel.ts';
import { openEngine } from '../../test/support/engine.ts';
import { violationsOnceSettled } from '../../test/support/invariants.ts';
import { openWorld, team, type World } from '../../test/support/world.ts';
import type { Measure } from '../measure.ts';
import { timedMs } from '../statistics.ts';

const CHATS = 10_000;
const AGENTS = 500;
/** In so many the visitor waits for an answer: they are moved, the others are closed. */
const UNANSWERED = 5_000;
const MINUTES = 5;
/** What the functions that do it may take, the minute's and the worker's. */
const FUNCTION_SECONDS = 55;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** The time-outs of ten thousand chats come at the same moment. */
export async function dueAtOnce(): Promise<readonly Measure[]> {
  const engine = await openEngine();
  try {
    const world = await openWorld(
      { ...engine, openTable: () => engine.openTable({ withStream: false }) },
      table => ({ ...table, elapsedMs: () => performance.now() }),
    );
    await world.put({
      agents: team(AGENTS, { maxLoad: null }),
      settings: { changeAgentMinutes: MINUTES, closeAfterLastMessageMinutes: MINUTES },
    });
    const ids = await startAll(world);
    world.clock.now = (world.clock.now + MINUTES * MINUTE_MS) as Instant;
    return await linesOf(world, ids, await untilNothingIsDue(world));
  } finally {
    await engine.close();
  }
}

async function startAll(world: World): Promise<ReadonlySet<ChatId>> {
  const numbers = Array.from({ length: CHATS }, (_, index) => index);
  const ids = await inParallel(numbers, BOUNDS.claimsInParallel, async number => {
    const { body } = await world.start({ message: 'Is anybody there?' });
    const params = { chatId: body.chat.id };
    if (number >= UNANSWERED) await world.call('postMessage', { params, body: { text: 'Yes.' } });
    return body.chat.id;
  });
  return new Set(ids);
}

/** How long each call of the two functions took, minute by minute. */
async function untilNothingIsDue(world: World): Promise<readonly number[]> {
  const seconds: number[] = [];
  const call = async (work: () => Promise<unknown>) => {
    seconds.push((await timedMs(work)) / SECOND_MS);
  };
  for (let isDue = true; isDue; ) {
    await call(world.minute);
    // Whether there is more is said by what the minute has sent the worker.
    isDue = world.queue.some(({ kind }) => kind === 'run-timers');
    if (isDue) await call(world.deliver);
    world.clock.now = (world.clock.now + MINUTE_MS) as Instant;
  }
  return seconds;
}

async function linesOf(world: World, ids: ReadonlySet<ChatId>, seconds: readonly number[]) {
  const standing = await world.standing();
  const all = standing.chats.map(({ chat }) => chat).filter(({ id }) => ids.has(id));
  const closed = all.filter(chat => chat.state === 'closed' && chat.closedAs === 'no-answer').length;
  const moved = all.filter(({ assignments }) => assignments.at(-1)?.method === 'changed-agent').length;
  const broken = violationsOnceSettled(standing);
  const longest = Math.max(...seconds);
  return [
    {
      name: `${CHATS} time-outs due at once: not handled, or not as they should be`,
      value: CHATS - closed - moved + broken.length,
      unit: 'chats',
      bar: 0,
      better: 'at-most' as const,
      note: broken.slice(0, 3).join('; ') || `${closed} closed, ${moved} moved, in ${seconds.length} calls`,
    },
    {
      name: 'the same: the longest call, against the time its function has',
      value: longest,
      unit: 's',
      bar: FUNCTION_SECONDS,
      better: 'at-most' as const,
    },
  ];
}
