import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, ERROR_TABLES } from '../../schema/errors/codes.ts';

const ROOT = resolve(import.meta.dirname, '../..');

function* sources(folder: string): IterableIterator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

const textsIn = (folder: string): string[] =>
  [...sources(join(ROOT, folder))].map((file) => readFileSync(file, 'utf8'));

const code = [...textsIn('src'), ...textsIn('schema')];

describe('error codes', () => {
  it('are all in the SDL enum: every table is listed', () => {
    const declared = code.join('\n').matchAll(/export const (\w+) = defineErrors\(/g);
    expect([...declared].length).toBe(ERROR_TABLES.length);
  });

  it('belong to one table each', () => {
    const all = ERROR_TABLES.flatMap(({ rows }) => Object.keys(rows));
    expect(all.filter((name, at) => all.indexOf(name) !== at)).toEqual([]);
  });

  it('are thrown somewhere, each of them', () => {
    const text = [...code, ...textsIn('rest-compat/engine')].join('\n');
    const rows = ERROR_TABLES.flatMap(({ rows }) => Object.keys(rows));
    const idle = rows.filter((name) => (text.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length < 2);
    expect(idle).toEqual([]);
  });

  it('say what they mean', () => {
    expect(Object.entries(ERROR_CODES).filter(([, text]) => text.length < 10)).toEqual([]);
  });
});
