import { openCrowd } from '../functions/allocate/crowd.ts';
import { type Measure, meets } from './measure.ts';
import { afterBreak } from './measures/after-break.ts';
import { bundleSize } from './measures/bundle-size.ts';
import { burst, burstClaims } from './measures/burst.ts';
import { decisions } from './measures/decisions.ts';
import { distribution } from './measures/distribution.ts';
import { drain } from './measures/drain.ts';
import { fairness } from './measures/fairness.ts';
import { freedSlot } from './measures/freed-slot.ts';
import { offers } from './measures/offers.ts';
import { oneChat } from './measures/one-chat.ts';
import { punctuality } from './measures/punctuality.ts';
import { teamSize } from './measures/team-size.ts';
import { wholeLife } from './measures/whole-life.ts';
import { workingAChat } from './measures/working-a-chat.ts';
import { openSolitude } from './solitude.ts';
import { openWorld } from './world.ts';

/** Prints where we stand: counted units and round trips, and for times ratios within this one run. */
const measures: Measure[] = [];
const laptop = await openWorld(openCrowd);
const lambdas = await openWorld(openSolitude);
try {
  measures.push(...(await oneChat(laptop)), ...(await burstClaims(lambdas)));
  for (const measure of [burst, drain, freedSlot, teamSize, offers, workingAChat, wholeLife, distribution])
    measures.push(...(await measure(laptop)));
} finally {
  await Promise.all([laptop.close(), lambdas.close()]);
}
for (const measure of [decisions, fairness, afterBreak, bundleSize, punctuality])
  measures.push(...(await measure()));

const show = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(2));
console.log(`usher bench, table engine ${laptop.engine}, Node ${process.version}\n`);
for (const measure of measures) {
  const bar = `${measure.better === 'at-most' ? '<=' : '>='} ${show(measure.bar)}`;
  const verdict = meets(measure) ? 'ok    ' : 'MISSED';
  const note = measure.note === undefined ? '' : `  (${measure.note})`;
  console.log(
    `${verdict} ${`${show(measure.value)} ${measure.unit}`.padEnd(12)} ${bar.padEnd(9)} ${measure.name}${note}`,
  );
}
console.log(
  `\n${JSON.stringify({ engine: laptop.engine, measures: measures.map(one => ({ ...one, met: meets(one) })) })}`,
);
