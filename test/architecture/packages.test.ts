import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
// @ts-expect-error As above.
import { LEAST } from '../../scripts/check-node.mjs';
// @ts-expect-error Plain JavaScript, which runs before anything is built.
import { excludesOldNode, LEAST_FOR_INSTALL } from '../../scripts/lock-engines.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const { dependencies, devDependencies, engines } = readJson('package.json');

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:ts|tsx|mjs)$/.test(file))
    .map((file) => join(folder, file));
}

/** The statements that import: `import ... from`, `export ... from`, `import '...'`, `import('...')`; types included. */
const IMPORTS = [
  /^\s*(?:import|export)\s[^'"();]*?\sfrom\s+'([^'.][^']*)'/gm,
  /^\s*import\s+'([^'.][^']*)'/gm,
  /\bimport\(\s*'([^'.][^']*)'\s*\)/g,
];

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Packages that the code of some folders imports, with a file that does. */
function importedBy(folders: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of folders.flatMap(sources)) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    for (const [, specifier] of IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)])) {
      const isOurs = !specifier!.startsWith('node:') && !builtinModules.includes(specifier!);
      if (isOurs) found.set(packageOf(specifier!), file);
    }
  }
  return found;
}

const SERVED = importedBy(['src', 'schema', 'rest-compat']);

describe('the packages', () => {
  it('that the server imports are dependencies, so that an installation without dev dependencies has them', () => {
    expect(SERVED.size).toBeGreaterThan(30);
    expect([...SERVED].filter(([name]) => !(name in dependencies))).toEqual([]);
  });

  it('that are dependencies are imported by the server', () => {
    expect(Object.keys(dependencies).filter((name) => !SERVED.has(name))).toEqual([]);
  });

  it('that pages, measurements and tests import are declared', () => {
    const declared = { ...dependencies, ...devDependencies };
    expect(
      [...importedBy(['web', 'bench', 'test', 'examples', 'scripts'])].filter(([name]) => !(name in declared)),
    ).toEqual([]);
  });
});

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly engines?: { readonly node?: string };
}
const locked = Object.entries(readJson('package-lock.json').packages as Record<string, Locked>).filter(
  ([path]) => path !== '',
);

/** The versions of Node that a package declares; undefined if it is not installed on this platform. */
function demandOf(path: string): string | undefined {
  try {
    return readJson(join(path, 'package.json')).engines?.node;
  } catch {
    return undefined;
  }
}

describe('the versions of Node', () => {
  it('that packages demand include the one that runs them', () => {
    const unhappy = locked.filter(([path]) => !satisfies(process.version, demandOf(path) ?? '*'));
    expect(unhappy.map(([path]) => path)).toEqual([]);
  });

  it('that the service accepts are accepted by all that it imports', () => {
    const least = [...LEAST, 0].join('.');
    const unhappy = locked.filter(([path, { dev }]) => dev !== true && !satisfies(least, demandOf(path) ?? '*'));
    expect(unhappy.map(([path]) => path)).toEqual([]);
  });

  it('cause no warning when npm runs under Node 20', () => {
    expect(satisfies(LEAST_FOR_INSTALL, engines.node)).toBe(true);
    const loud = locked.filter(([, entry]) => excludesOldNode(entry));
    expect(
      loud.map(([path]) => path),
      'run "npm run lock:engines"',
    ).toEqual([]);
  });
});
