import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

const folders = ['domain', 'functions', 'cdk', 'local'];
const planted: string[] = [];
afterAll(() => {
  for (const folder of planted) rmSync(folder, { recursive: true });
});

/** The rules that a tree breaks, by the same configuration as `npm run check`. */
function brokenRules(root: string, roots: readonly string[]): string[] {
  const { stdout } = spawnSync(
    process.execPath,
    [
      resolve('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      resolve('.dependency-cruiser.json'),
      '--output-type',
      'json',
      ...roots,
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const { violations } = JSON.parse(stdout).summary as { violations: { rule: { name: string } }[] };
  return violations.map(violation => violation.rule.name);
}

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'usher-boundaries-'));
  planted.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe('imports point one way', () => {
  test('in this tree', () => {
    expect(brokenRules('.', folders)).toEqual([]);
  });

  test.each([
    [
      'domain-is-pure',
      'domain/chat.ts',
      "import { wire } from '../functions/wiring.ts';",
      'functions/wiring.ts',
    ],
    ['domain-is-pure', 'domain/chat.ts', "import { readFileSync } from 'node:fs';", null],
    // Installed, as packages are: one that cannot be resolved is found in any case.
    ['domain-is-pure', 'domain/chat.ts', "import * as z from 'zod';", 'node_modules/zod/index.js'],
    ['functions-import-domain-only', 'functions/a.ts', "import { b } from '../local/b.ts';", 'local/b.ts'],
    [
      'stack-reads-data-only',
      'cdk/a.ts',
      "import { b } from '../functions/wiring.ts';",
      'functions/wiring.ts',
    ],
    ['laptop-stands-alone', 'local/a.ts', "import { b } from '../cdk/b.ts';", 'cdk/b.ts'],
    ['no-cycles', 'local/a.ts', "import { b } from './b.ts'; export const a = b;", 'local/b.ts'],
  ])('a planted fault is found: %s in %s', (rule, path, text, target) => {
    const back =
      rule === 'no-cycles' ? "import { a } from './a.ts'; export const b = a;" : 'export const b = 1;';
    const root = tree({ [path]: text, ...(target === null ? {} : { [target]: back }) });
    expect(brokenRules(root, [...new Set([path, target ?? path].map(file => dirname(file)))])).toContain(
      rule,
    );
  });
});

const FORBIDDEN_IN_DOMAIN = /Date\.now|new Date\(\)|Math\.random|process\.|performance\./;

describe('the domain has no clock and no chance', () => {
  test('in this tree', () => {
    const files = readdirSync('domain', { recursive: true, encoding: 'utf8' }).filter(file =>
      file.endsWith('.ts'),
    );
    expect(files.length).toBeGreaterThan(10);
    expect(
      files.filter(file => FORBIDDEN_IN_DOMAIN.test(readFileSync(join('domain', file), 'utf8'))),
    ).toEqual([]);
  });

  test('a planted fault is found', () => {
    expect(FORBIDDEN_IN_DOMAIN.test('const now = Date.now();')).toBe(true);
  });
});
