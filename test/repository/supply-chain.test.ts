import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

type Locked = {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
};
type Packages = Readonly<Record<string, Locked>>;

const { '': root, ...packages }: Packages = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
const { allowScripts, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8'));

const REGISTRY = 'https://registry.npmjs.org/';

/** What npm could take from anywhere else, or could not check: by its place in the tree. */
function unsafeIn(locked: Packages): readonly string[] {
  return Object.entries(locked).flatMap(([path, { resolved, integrity, link, inBundle }]) => {
    // It comes inside of the package it stands in, whose hash covers it.
    if (inBundle) return [];
    const known = integrity?.startsWith('sha512-') && !link;
    return known && (resolved ?? REGISTRY).startsWith(REGISTRY) ? [] : [path];
  });
}

/** Packages that run a script at their installation without somebody having said whether they may. */
function unreviewedIn(locked: Packages): readonly string[] {
  return Object.entries(locked)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/.*node_modules\//, ''))
    .filter(name => !(name in allowScripts));
}

describe('what is installed', () => {
  test('comes from the public registry, with a hash', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(root).toBeDefined();
    expect(unsafeIn(packages)).toEqual([]);
  });

  test('is asked for by version, not by an address', () => {
    const asked = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    expect(Object.entries(asked).filter(([, version]) => !/^[\^~]?\d[\w.-]*$/.test(String(version)))).toEqual(
      [],
    );
  });

  test.each<[string, Locked]>([
    ['another registry', { resolved: 'https://registry.example.com/a/-/a-1.0.0.tgz', integrity: 'sha512-x' }],
    [
      'one that looks like it',
      { resolved: 'https://registry.npmjs.org.example.com/a', integrity: 'sha512-x' },
    ],
    ['a repository', { resolved: 'git+ssh://git@github.com/a/a.git#abc' }],
    ['a folder', { link: true, resolved: 'elsewhere' }],
    ['nowhere one could check', {}],
    ['a hash that can be forged', { integrity: 'sha1-x' }],
  ])('a planted package is found: from %s', (_, planted) => {
    expect(unsafeIn({ ...packages, 'node_modules/planted': planted })).toEqual(['node_modules/planted']);
  });
});

describe('install scripts', () => {
  test('are those of three packages: a Node, a bundler and a compiler, all for development', () => {
    const allowed = Object.keys(allowScripts).filter(name => allowScripts[name]);
    expect(allowed.sort()).toEqual(['@swc/core', 'esbuild', 'node']);
    for (const name of allowed) expect(packages[`node_modules/${name}`]?.dev).toBe(true);
  });

  test('of any other package end the installation before they run', () => {
    expect(unreviewedIn(packages)).toEqual([]);
    expect(readFileSync('.npmrc', 'utf8')).toMatch(/^strict-allow-scripts=true$/m);
    expect(unreviewedIn({ 'node_modules/a/node_modules/planted': { hasInstallScript: true } })).toEqual([
      'planted',
    ]);
  });
});
