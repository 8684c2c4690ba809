import { parseArgs } from 'node:util';
import type { Environment } from './engines/engines.ts';

export const USAGE = `Usage: npm start [-- --no-demo]

  --no-demo      start without the demo team
  --help         this

  PORT=4310      where to listen; taken: the next free one
  USHER_DATA=.usher/   the data folder; "memory" keeps nothing
  USHER_DYNAMODB       dynoxide or dynamodb-local, else whichever runs here`;

export type Flags = {
  readonly demo: boolean;
  readonly help: boolean;
  readonly port: number;
  readonly dataDir: string;
};

/** Thrown for a command line or a setting that is not one of ours. */
export class UsageError extends Error {}

const PORT_DEFAULT = 4310;
const PORT_MAX = 65_535;

export function readFlags(args: readonly string[], env: Environment): Flags {
  const { 'no-demo': noDemo, help } = parse(args);
  return { demo: !noDemo, help, port: portOf(env.PORT), dataDir: env.USHER_DATA || '.usher' };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      'no-demo': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return PORT_DEFAULT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= PORT_MAX) return port;
  throw new UsageError(
    `PORT is "${text}". It takes a number from 0 to ${PORT_MAX}, for example PORT=8000 npm start`,
  );
}
