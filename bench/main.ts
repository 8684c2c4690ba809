import { openCrowd } from '../functions/allocate/crowd.ts';
import { type Measure, meets } from './measure.ts';
import { afterBreak } from './measures/after-break.ts';
import { board } from './measures/board.ts';
import { bundleSize } from './measures/bundle-size.ts';
import { burst, burstClaims } from './measures/burst.ts';
import { day } from './measures/day.ts';
import { decisions } from './measures/decisions.ts';
import { distribution } from './measures/distribution.ts';
import { drain } from './measures/drain.ts';
import { dueAtOnce } from './measures/due-at-once.ts';
import { fairness } from './measures/fairness.ts';
import { freedSlot } from './measures/freed-slot.ts';
import { offers } from './measures/offers.ts';
import { oneChat } from './measures/one-chat.ts';
import { punctuality } from './measures/punctuality.ts';
import { teamSize } from './measures/team-size.ts';
import { wholeLife } from './measures/whole-life.ts';
import { workingAChat } from './measures/working-a-chat.ts';
import { openSolitude } from './solitude.ts';
import { openWorld, type World } from './world.ts';

/** Prints where we stand: counted units and round trips, and for times ratios within this one run. */

/** Whether the requests of a measure share a process, as on the laptop, or have one each, as on Lambda. */
const onLaptop = (measure: (world: World) => Promise<readonly Measure[]>) => () => measure(laptop);
const onLambdas = (measure: (world: World) => Promise<readonly Measure[]>) => () => measure(lambdas);

const MEASURES: Readonly<Record<string, () => Promise<readonly Measure[]>>> = {
  'one-chat': onLaptop(oneChat),
  'burst-claims': onLambdas(burstClaims),
  burst: onLaptop(burst),
  drain: onLaptop(drain),
  'freed-slot': onLaptop(freedSlot),
  'team-size': onLaptop(teamSize),
  offers: onLaptop(offers),
  'working-a-chat': onLaptop(workingAChat),
  'whole-life': onLaptop(wholeLife),
  distribution: onLaptop(distribution),
  decisions,
  fairness,
  'after-break': afterBreak,
  board,
  'bundle-size': bundleSize,
  punctuality,
  'due-at-once': dueAtOnce,
  day,
};

const asked = process.argv.slice(2);
const unknown = asked.filter(name => !(name in MEASURES));
if (unknown.length > 0) {
  console.error(`no such measure: ${unknown.join(', ')}. There are: ${Object.keys(MEASURES).join(', ')}`);
  process.exit(1);
}

const laptop = await openWorld(openCrowd);
const lambdas = await openWorld(openSolitude);
console.log(`usher bench, table engine ${laptop.engine}, Node ${process.version}\n`);
const measures: Measure[] = [];
try {
  for (const [name, run] of Object.entries(MEASURES)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const found = await run();
    for (const measure of found) console.log(lineOf(measure));
    measures.push(...found);
  }
} finally {
  await Promise.all([laptop.close(), lambdas.close()]);
}
console.log(
  `\n${JSON.stringify({ engine: laptop.engine, measures: measures.map(one => ({ ...one, met: meets(one) })) })}`,
);

function lineOf(measure: Measure): string {
  const bar = `${measure.better === 'at-most' ? '<=' : '>='} ${show(measure.bar)}`;
  const verdict = meets(measure) ? 'ok    ' : 'MISSED';
  const note = measure.note === undefined ? '' : `  (${measure.note})`;
  return `${verdict} ${`${show(measure.value)} ${measure.unit}`.padEnd(12)} ${bar.padEnd(9)} ${measure.name}${note}`;
}

function show(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
