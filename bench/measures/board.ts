import type { Instant } from '../../domain/brands.ts';
import { openEngine } from '../../test/support/engine.ts';
import { openWorld, team, type World, waitingLine } from '../../test/support/world.ts';
import { type Counter, counting, readUnits, writeUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { DOLLARS_PER_MILLION_READS, DOLLARS_PER_MILLION_WRITES } from '../prices.ts';

const AGENTS = 100;
/** An hour of traffic, before anybody looks. */
const CHATS = 2_000;
const HOUR_MS = 3_600_000;
const OPERATORS = 10;
const LOOK_EVERY_MS = 2_000;
const MINUTE_MS = 60_000;
/** As much as a decision over a hundred agents costs, and half as much again. */
const READ_UNITS_BAR = 9;
/** Before the one who looks. */
const WAITING = 300;
/** The chat and the board's row, and the line before it at half the price: ten thousand glances for a cent. */
const GLANCE_READ_UNITS_BAR = 8;

/** Ten operators look at the board every two seconds for a minute of a busy hour, each with the ETag seen last; and what a waiting visitor reads. */
export async function board(): Promise<readonly Measure[]> {
  const engine = await openEngine();
  try {
    let counter: Counter | undefined;
    const world = await openWorld(
      { ...engine, openTable: () => engine.openTable({ withStream: false }) },
      table => {
        counter = counting(table);
        return counter.table;
      },
    );
    if (counter === undefined) throw new Error('nothing counts');
    await world.put({ agents: team(AGENTS, { maxLoad: 5 }) });
    for (let chat = 0; chat < CHATS; chat += 1) await passOne(world);
    // The first count reads the hour; whoever looks on pays for what is new.
    await world.call('readBoard');
    return [...(await lookForAMinute(world, counter)), await glanceFromBehind(world, counter)];
  } finally {
    await engine.close();
  }
}

/** A chat comes and goes. */
async function passOne(world: World): Promise<void> {
  const { body } = await world.start();
  await world.close(body.chat.id);
  world.clock.now = (world.clock.now + HOUR_MS / CHATS) as Instant;
}

async function lookForAMinute(world: World, counter: Counter): Promise<readonly Measure[]> {
  const etags = Array.from({ length: OPERATORS }, () => '');
  let reads = 0;
  let writes = 0;
  let unchanged = 0;
  let looks = 0;
  for (const end = world.clock.now + MINUTE_MS; world.clock.now < end; ) {
    await passOne(world);
    counter.reset();
    for (const [operator, etag] of etags.entries()) {
      const answer = await world.call('readBoard', { headers: { 'if-none-match': etag } });
      etags[operator] = answer.etag ?? '';
      looks += 1;
      if (answer.status === 304) unchanged += 1;
    }
    reads += readUnits(counter.calls);
    writes += writeUnits(counter.calls);
    world.clock.now = (Math.ceil((world.clock.now + 1) / LOOK_EVERY_MS) * LOOK_EVERY_MS) as Instant;
  }
  const dollars = reads * DOLLARS_PER_MILLION_READS + writes * DOLLARS_PER_MILLION_WRITES;
  const dollarsAnHour = (dollars / 1_000_000) * (HOUR_MS / MINUTE_MS);
  return [
    {
      name: `board, ${OPERATORS} operators every ${LOOK_EVERY_MS / 1_000} s, ${CHATS} chats an hour, ${AGENTS} agents: read units a look`,
      value: reads / looks,
      unit: 'RU',
      bar: READ_UNITS_BAR,
      better: 'at-most',
      note: `${looks} looks, ${unchanged} of them answered 304; ${(writes / looks).toFixed(2)} write units a look; $${dollarsAnHour.toFixed(2)} an hour for all`,
    },
  ];
}

/** The last of a long line looks where it is, once the board is counted. */
async function glanceFromBehind(world: World, counter: Counter): Promise<Measure> {
  await world.put({
    agents: team(AGENTS, { status: 'rest' }),
    waiting: waitingLine(world, WAITING),
  });
  const { body } = await world.start();
  const glance = () =>
    world.call('readChat', { params: { chatId: body.chat.id }, as: { visitor: body.visitorToken } });
  await glance();
  counter.reset();
  await glance();
  return {
    name: `waiting visitor's glance, ${WAITING} before it, ${CHATS} chats an hour: read units`,
    value: readUnits(counter.calls),
    unit: 'RU',
    bar: GLANCE_READ_UNITS_BAR,
    better: 'at-most',
    note: counter.calls.map(({ name, readUnits: units }) => `${name} ${units}`).join(', '),
  };
}
