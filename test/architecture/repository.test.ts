import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CONFIG_NAMES, parseConfig } from '../../src/server/environment/config.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  readonly version: string;
  readonly license: string;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
};

describe('the license', () => {
  it('is the one that package.json names', () => {
    expect(manifest.license).toBe('Apache-2.0');
    expect(read('LICENSE')).toMatch(/^\s*Apache License\s+Version 2\.0, January 2004/);
  });
});

describe('.nvmrc', () => {
  it('names the version of Node that the service runs on', () => {
    const [major] = manifest.devDependencies['node']!.replace(/^\D/, '').split('.');
    expect(read('.nvmrc').trim()).toBe(major);
  });
});

describe('.env.example', () => {
  const lines = [...read('.env.example').matchAll(/^# ([A-Z][A-Z_]+)=(.*)$/gm)].map(([, name, value]) => ({
    name: name!,
    value: value!,
  }));

  it('lists every setting once', () => {
    expect(lines.map(({ name }) => name).sort()).toEqual([...CONFIG_NAMES].sort());
  });

  it('sets nothing by itself', () => {
    expect(read('.env.example')).not.toMatch(/^[^#\s]/m);
  });

  it('shows values that the service accepts', () => {
    const env = Object.fromEntries(lines.map(({ name, value }) => [name, value]));
    expect(() => parseConfig({ ...env, MASTER_KEY: 'a'.repeat(64) })).not.toThrow();
  });
});

describe('the workflow on GitHub', () => {
  const { jobs } = parse(read('.github/workflows/ci.yml')) as {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
  };

  it('runs only the checks that a change has to pass', () => {
    const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(commands).toEqual(['.ci/run']);
  });
});

describe('the checks that a change has to pass', () => {
  it('call scripts that exist', () => {
    const called = [...read('.ci/run').matchAll(/^npm run --silent (\S+)/gm)].map(([, name]) => name!);
    expect(called).toContain('unused');
    expect(called.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });
});

describe('the changelog', () => {
  it('begins with the version of package.json', () => {
    expect(/^## (\S+)$/m.exec(read('CHANGELOG.md'))?.[1]).toBe(manifest.version);
  });
});
