import type { Environment } from './engines/engines.ts';
import { type Flags, readFlags, USAGE, UsageError } from './flags.ts';
import { type Laptop, startLaptop } from './laptop.ts';

/** What `npm start` does: starts the laptop, says what runs where, and stops cleanly when it is told to. */
export async function run(args: readonly string[], env: Environment): Promise<void> {
  const flags = flagsOrExit(args, env);
  if (flags.help) return console.log(USAGE);
  const stopping = onStopSignal();
  const laptop = await startOrExit(flags, env);
  if (laptop === null) return;
  introduce(laptop, flags);
  await stopping;
  console.error('usher: stopping …');
  await laptop.close();
  // A connection to an engine may linger; there is nothing left to do.
  process.exit(0);
}

function flagsOrExit(args: readonly string[], env: Environment): Flags {
  try {
    return readFlags(args, env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`usher: ${error.message}`);
    process.exit(2);
  }
}

async function startOrExit({ port, dataDir, demo }: Flags, env: Environment): Promise<Laptop | null> {
  try {
    return await startLaptop({ port, dataDir, demo, env });
  } catch (error) {
    console.error(`usher: ${error instanceof Error ? error.message : error}`);
    if (error instanceof Error && error.cause !== undefined) console.error(error.cause);
    process.exit(1);
  }
}

function onStopSignal(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        // Asked a second time, it does not wait for anything.
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}

/** The last line is what scripts wait for. */
function introduce({ url, engines, demo }: Laptop, { port, dataDir, demo: wanted }: Flags): void {
  const taken = port !== 0 && !url.endsWith(`:${port}`);
  if (taken) console.error(`usher: port ${port} is taken, so this listens on ${new URL(url).port}.`);
  for (const line of engines) console.log(`  ${line}`);
  console.log(`  data     ${dataDir === 'memory' ? 'in memory, gone when this stops' : dataDir}`);
  if (demo !== null) console.log(`  demo     project "demo", widget key ${demo.widgetKey}`);
  if (demo === null && wanted) {
    console.error(
      'usher: no demo team was loaded: the tokens come from the issuer that USHER_TOKEN_ISSUER names.',
    );
  }
  console.log(`usher ready ${url}`);
}
