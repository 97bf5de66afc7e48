import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** The steps of docs/architecture.md: a module imports from earlier steps only, never from one on its own step. */
function readSteps(): string[][] {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const [, table = ''] = page.split('## Import directions');
  return [...table.matchAll(/^\| \d+ \| (.+) \|$/gm)].map(([, modules]) =>
    [...modules!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
}

const STAIRS = readSteps();
const STEP = new Map(STAIRS.flatMap((rooms, step) => rooms.map((room) => [room, step] as const)));

/** Of `src/` the translation layer knows only the words: errors, ids, callers. Everything else it asks in GraphQL. */
const WORDS = new Set(['src/kernel', 'src/access']);

/** `server/entities.ts` lists the tables and `write-migration.ts` compares them: they look behind the doors by their purpose. */
const MAY_PASS_DOORS = new Set(['src/server/start/entities.ts', 'scripts/write-migration.ts']);

function* sources(folder: string): IterableIterator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

const roomOf = (path: string): string => {
  const parts = path.split('/');
  return parts[0] === 'src' ? `src/${parts[1]}` : parts[0]!;
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports: Import[] = ['src', 'schema', 'rest-compat'].flatMap((floor) =>
  [...sources(join(ROOT, floor))].flatMap((file) => {
    const from = relative(ROOT, file);
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target]) => ({
      from,
      to: relative(ROOT, resolve(dirname(file), target!)),
    }));
  }),
);

describe('the stairs of the house', () => {
  it('are read from the page on the architecture', () => {
    expect(STAIRS.length).toBeGreaterThan(10);
    expect(STAIRS.flat().length).toBe(STEP.size);
  });

  it('knows every room', () => {
    const unknown = [...new Set(imports.map(({ from }) => roomOf(from)))].filter((room) => !STEP.has(room));
    expect(unknown).toEqual([]);
  });

  it('go one way: no import from the right or from a neighbour', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [a, b] = [roomOf(from), roomOf(to)];
      return a !== b && STEP.has(b) && STEP.get(b)! >= STEP.get(a)!;
    });
    expect(wrong).toEqual([]);
  });

  it('enter another room by its index.ts', () => {
    const around = imports.filter(({ from, to }) => {
      const [a, b] = [roomOf(from), roomOf(to)];
      return a !== b && b.startsWith('src/') && !MAY_PASS_DOORS.has(from) && to !== `${b}/index.ts`;
    });
    expect(around).toEqual([]);
  });

  it('end for the translation layer at the words: it speaks to the house in GraphQL', () => {
    const wrong = imports.filter(
      ({ from, to }) => from.startsWith('rest-compat/') && to.startsWith('src/') && !WORDS.has(roomOf(to)),
    );
    expect(wrong).toEqual([]);
  });

  it('keep the words of the dialects inside their folders', () => {
    const loud = ['src', 'schema']
      .flatMap((floor) => [...sources(join(ROOT, floor))])
      .filter((file) => !file.includes('/src/server/') && !file.endsWith('/tenants/reserved-names.ts'))
      .filter((file) => /blitz|kobil|keycloak|secrets-vault/i.test(readFileSync(file, 'utf8')))
      .map((file) => relative(ROOT, file));
    expect(loud).toEqual([]);
  });
});
