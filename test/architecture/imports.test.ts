import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCycles } from '../support/cycles.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const [, PAGE = ''] = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8').split('## Import directions');

const namesIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

/** The modules by step: a module imports from earlier steps only, never from one of the same step. */
const STEPS = readSteps([...PAGE.matchAll(/^\| \d+ \| (.+) \|$/gm)].map(([, modules]) => modules!));
const STEP = new Map(STEPS.flatMap((modules, step) => modules.map((module) => [module, step] as const)));

/** The modules of each line; one line may say `the other modules of src`. */
function readSteps(lines: readonly string[]): string[][] {
  const rest = 'the other modules of `src`';
  const named = new Set(lines.filter((line) => line !== rest).flatMap(namesIn));
  const others = foldersIn('src')
    .map((name) => `src/${name}`)
    .filter((module) => !named.has(module));
  return lines.map((line) => (line === rest ? others : namesIn(line)));
}

function foldersIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).filter((name) => statSync(join(ROOT, folder, name)).isDirectory());
}

/** The folders of the modules of the graph, in the order of their list. */
function readGraphModules(): string[] {
  const text = readFileSync(join(ROOT, 'schema/modules.ts'), 'utf8');
  const folders = new Map(
    [...text.matchAll(/^import \{ (\w+) \} from '\.\/([^/]+)\/module\.ts'/gm)].map((m) => [m[1]!, m[2]!]),
  );
  const [, list = ''] = /MODULES_BY_NAME = \{([^}]+)\}/.exec(text) ?? [];
  return [...list.matchAll(/\w+/g)].map(([name]) => folders.get(name) ?? name);
}

/** The steps of a line: each is a list of folders and files. */
function readOrder(module: string, line: string): string[][] {
  const steps = line.split(' < ').map((part) => part.replaceAll('`', '').split(', '));
  const named = new Set(steps.flat());
  return steps.flatMap((names) => {
    if (names[0] === 'modules') return readGraphModules().flatMap((name) => (named.has(name) ? [] : [[name]]));
    if (names[0] === 'dialects') return [foldersIn(module).filter((name) => !named.has(name))];
    return [names];
  });
}

/** For each module with folders: the step of each folder or file that its line names, and of `files`. */
const ORDERS = new Map(
  [...PAGE.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, module, line]) => [
    module!,
    new Map(readOrder(module!, line!).flatMap((names, step) => names.map((name) => [name, step] as const))),
  ]),
);

/** The words that the translation layer shares with `src/`: errors, ids, callers. Everything else it asks in GraphQL. */
const SHARED_WITH_TRANSLATION = new Set(['src/kernel', 'src/access']);

/** The list of the modules reads what each announces in its `module.ts`, and nothing else of them. */
const LIST = 'src/modules.ts';
const isAnnouncement = (path: string): boolean => /^src\/.+\/module\.ts$/.test(path);

function* sources(folder: string): IterableIterator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

const moduleOf = (path: string): string => {
  const parts = path.split('/');
  return parts[0] === 'src' ? `src/${parts[1]}` : parts[0]!;
};

/** The folder or the file of a module that an order names, else `files`; null for its `index.ts` and `module.ts`. */
const partOf = (path: string, order: ReadonlyMap<string, number>): string | null => {
  const [name = '', ...rest] = path.slice(moduleOf(path).length + 1).split('/');
  if (rest.length > 0 || order.has(name)) return name;
  return name === 'index.ts' || name === 'module.ts' ? null : 'files';
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports: Import[] = ['src', 'schema', 'rest-compat'].flatMap((layer) =>
  [...sources(join(ROOT, layer))].flatMap((file) => {
    const from = relative(ROOT, file);
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target]) => ({
      from,
      to: relative(ROOT, resolve(dirname(file), target!)),
    }));
  }),
);

describe('the steps of docs/architecture.md', () => {
  it('name each module once', () => {
    expect(STEPS.length).toBeGreaterThan(10);
    expect(STEPS.flat().length).toBe(STEP.size);
    const unknown = [...new Set(imports.map(({ from }) => moduleOf(from)))].filter((module) => !STEP.has(module));
    expect(unknown).toEqual([]);
    expect(STEPS.flat()).toContain('src/consents');
  });

  it('go one way: a module imports from earlier steps only', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [a, b] = [moduleOf(from), moduleOf(to)];
      return a !== b && STEP.has(b) && STEP.get(b)! >= STEP.get(a)!;
    });
    expect(wrong).toEqual([]);
  });

  it('lead into another module through its index.ts', () => {
    const around = imports.filter(({ from, to }) => {
      const [a, b] = [moduleOf(from), moduleOf(to)];
      return a !== b && b.startsWith('src/') && b !== LIST && from !== LIST && to !== `${b}/index.ts`;
    });
    expect(around).toEqual([]);
  });

  it('lead to what a module announces from the list of the modules only', () => {
    const announced = imports.filter(({ to }) => isAnnouncement(to));
    expect(announced.filter(({ from }) => from !== LIST)).toEqual([]);
    const files = [...sources(join(ROOT, 'src'))].map((file) => relative(ROOT, file)).filter(isAnnouncement);
    expect(announced.map(({ to }) => to).sort()).toEqual(files.sort());
  });

  it('lead to the list from the schema, which reads error codes and services, and from the server only', () => {
    const wrong = imports.filter(
      ({ from, to }) => to === LIST && !/^(schema\/(errors\/codes|services)|src\/server\/.+)\.ts$/.test(from),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the order inside a module', () => {
  const inside = imports.filter(({ from, to }) => moduleOf(from) === moduleOf(to));

  it('names every folder of a module', () => {
    const unknown = imports.flatMap(({ from }) => {
      const order = ORDERS.get(moduleOf(from)) ?? new Map([['files', 0]]);
      const part = partOf(from, order);
      return part === null || order.has(part) ? [] : [`${moduleOf(from)}/${part}`];
    });
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('goes one way', () => {
    const wrong = inside.filter(({ from, to }) => {
      const order = ORDERS.get(moduleOf(from));
      if (order === undefined) return false;
      const [a, b] = [partOf(from, order), partOf(to, order)];
      if (a === b || a === null) return false;
      return b === null || order.get(b)! >= order.get(a)!;
    });
    expect(wrong).toEqual([]);
  });
});

describe('the files of all layers', () => {
  it('import each other in no cycle, types included', () => {
    const graph = new Map(
      Map.groupBy(imports, ({ from }) => from)
        .entries()
        .map(([file, all]) => [file, all.map(({ to }) => to)] as const),
    );
    expect(findCycles(graph).map((cycle) => cycle.join(' > '))).toEqual([]);
  });
});

describe('the search for cycles', () => {
  const cyclesOf = (graph: Readonly<Record<string, string[]>>) => findCycles(new Map(Object.entries(graph)));

  it('finds none where all ways lead down', () => {
    expect(cyclesOf({ a: ['b', 'c'], b: ['c'], c: ['outside'] })).toEqual([]);
  });

  it('names the shortest cycle of each knot', () => {
    const knots = { start: ['a'], a: ['b', 'c'], b: ['c'], c: ['a'], d: ['e'], e: ['d', 'a'], own: ['own'] };
    expect(cyclesOf(knots)).toEqual([
      ['a', 'c', 'a'],
      ['d', 'e', 'd'],
      ['own', 'own'],
    ]);
  });
});

describe('the modules of the graph', () => {
  it('are the folders of schema/ that have a module.ts, each listed once', () => {
    const announced = foldersIn('schema').filter((name) =>
      readdirSync(join(ROOT, 'schema', name)).includes('module.ts'),
    );
    expect(readGraphModules().sort()).toEqual(announced.sort());
  });

  it('are imported together by their list only, which the composition of the schema reads', () => {
    const readers = (target: RegExp) => imports.filter(({ to }) => target.test(to)).map(({ from }) => from);
    expect([...new Set(readers(/^schema\/[^/]+\/module\.ts$/))]).toEqual(['schema/modules.ts']);
    expect(readers(/^schema\/modules\.ts$/)).toEqual(['schema/build.ts']);
  });
});

describe('the translation layer', () => {
  it('imports from src/ errors, ids and callers only: it asks everything else in GraphQL', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        from.startsWith('rest-compat/') && to.startsWith('src/') && !SHARED_WITH_TRANSLATION.has(moduleOf(to)),
    );
    expect(wrong).toEqual([]);
  });

  it('gets no services: it imports directives, errors and types of the schema, and its host is an interface', () => {
    const ofSchema = imports.filter(({ from, to }) => from.startsWith('rest-compat/') && to.startsWith('schema/'));
    expect(ofSchema.length).toBeGreaterThan(0);
    expect(ofSchema.filter(({ to }) => !/^schema\/((directives|errors)\/|[\w-]+\/[\w-]+\.type\.ts$)/.test(to))).toEqual(
      [],
    );
    const naming = [...sources(join(ROOT, 'rest-compat'))]
      .filter((file) => /\b(Services|createContext|GraphContext)\b/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(ROOT, file));
    expect(naming).toEqual([]);
  });

  it('keeps the words of the dialects inside their folders', () => {
    const outside = ['src', 'schema']
      .flatMap((layer) => [...sources(join(ROOT, layer))])
      .filter((file) => !file.includes('/src/server/') && !file.endsWith('/tenants/reserved-names.ts'))
      .filter((file) => /blitz|kobil|keycloak|secrets-vault/i.test(readFileSync(file, 'utf8')))
      .map((file) => relative(ROOT, file));
    expect(outside).toEqual([]);
  });
});
