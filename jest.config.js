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
  // One less than the cores, jest's own choice, would be one on two of them, and all files in one process then. Native
  // modules are never unloaded: a process that has run many files spends its time collecting garbage, so it is replaced.
  maxWorkers: 2,
  workerIdleMemoryLimit: '512MB',
};
