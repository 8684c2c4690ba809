import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE, BUNDLE_FILE } from '../../cdk/bundle.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../../cdk/functions.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Bundle = {
  readonly name: FunctionName;
  readonly file: string;
  readonly bytes: number;
  /** The packages that something of is in the bundle: `@middy/core`. */
  readonly packages: ReadonlySet<string>;
  /** The SDK's clients that something of is in the bundle: `dynamodb`. */
  readonly clients: ReadonlySet<string>;
  /** The commands of these clients: `GetItem`. */
  readonly commands: ReadonlySet<string>;
  /** What its queries read, by the functions that can query. */
  readonly queries: ReadonlySet<string>;
};

/** The table's query functions, by what they read. One that nothing calls is shaken out of the bundle. */
const QUERIES = [
  ['table', /\bfunction queryPartition\(/],
  ['rank', /\bfunction queryRank\(/],
  ['members', /\bfunction queryMembers\(/],
  ['lists', /\bfunction queryList\(/],
] as const;

/** Bundles every Lambda as the stack does, into a folder of its own. */
export async function bundleAll(): Promise<ReadonlyMap<FunctionName, Bundle>> {
  const folder = await mkdtemp(join(tmpdir(), 'usher-bundles-'));
  const bundles = await Promise.all(FUNCTION_NAMES.map(name => bundleOne(name, join(folder, name))));
  return new Map(bundles.map(bundle => [bundle.name, bundle]));
}

async function bundleOne(name: FunctionName, folder: string): Promise<Bundle> {
  const file = join(folder, BUNDLE_FILE);
  const options = {
    ...BUNDLE,
    logLevel: 'warning' as const,
    absWorkingDir: ROOT,
    entryPoints: [FUNCTIONS[name].entry],
    outfile: file,
  };
  const { metafile } = await build({ ...options, metafile: true });
  const readable = await build({ ...options, minify: false, write: false });
  const text = readable.outputFiles.map(({ text }) => text).join('');
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error(`esbuild made nothing of ${name}`);
  const inputs = Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  );
  return {
    name,
    file,
    bytes: output.bytes,
    packages: named(inputs, /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//),
    clients: named(inputs, /@aws-sdk\/client-([^/]+)\//),
    commands: named(inputs, /@aws-sdk\/client-[^/]+\/dist-es\/commands\/(\w+)Command\.js$/),
    queries: new Set(QUERIES.flatMap(([read, pattern]) => (pattern.test(text) ? [read] : []))),
  };
}

function named(paths: readonly string[], pattern: RegExp): ReadonlySet<string> {
  return new Set(paths.flatMap(path => pattern.exec(path)?.[1] ?? []));
}
