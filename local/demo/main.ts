import { parseArgs } from 'node:util';
import { startLaptop } from '../laptop.ts';
import { type Outcome, playDay } from './outcome.ts';
import { showOn, silent } from './show.ts';
import { findingsText, summaryText } from './summary.ts';

const USAGE = `npm run demo            plays one recorded day of a bank's contact centre on the laptop mode, in memory
npm run -s demo -- --json   the numbers as one JSON document on standard output and nothing else`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const outcome = await play(options.json);
  console.log(options.json ? JSON.stringify(outcome, null, 2) : `\n${summaryText(outcome)}`);
  return verdict(outcome);
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
    return values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return null;
  }
}

async function play(asJson: boolean): Promise<Outcome> {
  const show = asJson ? silent : showOn(process.stdout);
  show.line('A recorded day: Thursday 11 February 1999, 7:00 to midnight, at a small bank.');
  show.line('Anonymous Bank call-centre data, Technion, by I. Guedj and A. Mandelbaum.\n');
  const laptop = await startLaptop({ port: 0, dataDir: 'memory', demo: false, quiet: true });
  try {
    return await playDay(laptop.url, show);
  } finally {
    await laptop.close();
  }
}

const SHOWN_OF_EACH = 3;

/** 0 when nothing was found wrong; otherwise says on standard error what was. */
function verdict({ findings }: Outcome): number {
  const wrong = Object.entries(findings).filter(([, found]) => found.length > 0);
  if (wrong.length === 0) return 0;
  console.error(`\nThe recount found what must not be: ${findingsText(findings)}. The first of each:`);
  for (const [what, found] of wrong) {
    for (const one of found.slice(0, SHOWN_OF_EACH)) console.error(`  ${what}: ${JSON.stringify(one)}`);
  }
  return 1;
}
