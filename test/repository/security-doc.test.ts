import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** What docs/security.md names has to be there. */

const ROOT = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/security.md', ROOT), 'utf8');
const isThere = (path: string) => existsSync(new URL(path, ROOT));

test('every test it names exists', () => {
  const named = [...text.matchAll(/\[([a-z/, -]+)\]/g)].flatMap(([, names = '']) => names.split(', '));
  const places = (name: string) =>
    ['', 'cdk/', 'edge/', 'repository/', 'fuzz/'].map(folder => `test/${folder}${name}.test.ts`);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(name => !places(name).some(isThere))).toEqual([]);
});

test('every file it names exists', () => {
  const named = [...text.matchAll(/`((?:functions|cdk|test)\/[\w/.{},-]+\.ts)`/g)].map(
    ([, path = '']) => path,
  );
  const each = named.flatMap(path => {
    const [, before = '', names = '', after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
    return names === '' ? [path] : names.split(',').map(name => `${before}${name}${after}`);
  });
  expect(each.length).toBeGreaterThan(10);
  expect(each.filter(path => !isThere(path))).toEqual([]);
});
