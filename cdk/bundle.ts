import type { BuildOptions } from 'esbuild';

/**
 * Where the SDK looks for credentials after the environment, which is where Lambda puts them. It imports these when
 * it gets there and not before, so they can stay out: a fifth of every bundle.
 */
const CREDENTIALS_FROM_ELSEWHERE = [
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/**
 * How every Lambda is bundled, as esbuild's own options: the stack, the size test and the bench read it here.
 *
 * - The SDK is bundled: the runtime's copy changes under a deployed function and cannot be tree-shaken.
 * - `module` before `main` takes a third off the SDK, whose CommonJS build cannot be shaken.
 * - No source maps: they would be unpacked on every cold start. The same commit builds the same bytes, so a
 *   map for a stack trace can be made afterwards.
 * - No `createRequire` banner: nothing that is bundled calls `require` (a test loads each bundle).
 */
export const BUNDLE = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: false,
  external: CREDENTIALS_FROM_ELSEWHERE,
} satisfies BuildOptions;

/** Lambda takes a file for an ES module by this ending, without a package.json in the archive. */
export const BUNDLE_FILE = 'index.mjs';
