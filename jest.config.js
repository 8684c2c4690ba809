/** Native ES modules (middy is ESM only); swc strips the types, tsc checks them in `npm run check`. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testTimeout: 60_000,
  // Native ES modules are never unloaded: a worker that has run many files spends its time collecting garbage.
  workerIdleMemoryLimit: '1GB',
};
