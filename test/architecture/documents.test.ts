import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENTITIES } from '../../src/modules.ts';
import { CLUSTER_DDL } from '../../src/persistence/cluster-ddl.ts';
import { EVENT_LOG_DDL } from '../../src/persistence/event-log-ddl.ts';
import { UNTENANTED_TABLES } from '../../src/persistence/sql-only.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const FOLDERS = ['src', 'schema', 'rest-compat', 'web', 'bench', 'examples', 'scripts', 'test', 'docs', 'deploy'];
const TEXTS = /\.(?:ts|tsx|mjs|js|css|html|graphql|md|conf)$/;

/** Every text of the repository: code with its comments, tests, documents. */
const files: readonly string[] = [
  ...readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:md|json|jsonc|yml|ts)$|^Dockerfile$/.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => name !== 'package-lock.json'),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => TEXTS.test(file))
      .map((file) => join(folder, file)),
  ),
];
const texts = new Map(files.map((file) => [file, read(file)]));

/** This file is left out, because it contains the patterns. */
const here = join('test/architecture', basename(import.meta.filename));

/** A page that a text names, with or without its path. Pages in URLs belong to other projects. */
const PAGE = /(?<![\w/.-])((?:\.{1,2}\/)*(?:[\w-]+\/)*[\w<>-]+\.md)(#[\w-]+)?/g;

interface Reference {
  readonly file: string;
  readonly page: string;
  readonly anchor: string | null;
}

const references: readonly Reference[] = [...texts].flatMap(([file, text]) =>
  [...text.replace(/https?:\/\/\S+/g, '').matchAll(PAGE)].map(([, page, anchor]) => ({
    file,
    page: page!,
    anchor: anchor?.slice(1) ?? null,
  })),
);

/** Finds a page below the root, or beside the text that names it. A placeholder (`<dialect>`) is not a page. */
function placeOf({ file, page }: Reference): string | null {
  const places = [page, join(dirname(file), page)];
  return places.find((place) => existsSync(join(ROOT, place))) ?? null;
}

const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s/g, '-');

const headingsOf = (page: string): string[] => [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, text]) => text!);

describe('references to documents', () => {
  it('lead to pages of this repository', () => {
    expect(references.length).toBeGreaterThan(60);
    const lost = references.filter((one) => !one.page.includes('<') && placeOf(one) === null);
    expect(lost.map(({ file, page }) => `${file}: ${page}`)).toEqual([]);
  });

  it('lead to headings that the page has', () => {
    const lost = references.filter((one) => {
      const place = placeOf(one);
      return one.anchor !== null && place !== null && !headingsOf(place).map(slugOf).includes(one.anchor);
    });
    expect(lost).toEqual([]);
  });

  it('name the specification of every section', () => {
    const vague = [...texts].filter(([file, text]) => file !== here && /\b[Ss]pec sections?\b|\bthe spec\b/.test(text));
    expect(vague.map(([file]) => file)).toEqual([]);
  });

  it('name sections that the page of the dialect has', () => {
    const numbered = new Set(
      headingsOf('docs/dialects/blitz.md').flatMap((heading) => /^(\d+(?:\.\d+)?)\.? /.exec(heading)?.[1] ?? []),
    );
    expect(numbered.size).toBeGreaterThan(20);
    const cited = [...texts].flatMap(([file, text]) =>
      [...text.matchAll(/docs\/dialects\/blitz\.md,? sections? ([\d., and]*\d)/g)].flatMap(([, list]) =>
        list!.match(/\d+(?:\.\d+)?/g)!.map((section) => ({ file, section })),
      ),
    );
    expect(cited.length).toBeGreaterThan(20);
    expect(cited.filter(({ section }) => !numbered.has(section))).toEqual([]);
  });
});

describe('the services of Blitz', () => {
  it('that rows cite are in the section that they cite', () => {
    const headings = new Map(
      headingsOf('docs/dialects/blitz.md').flatMap((heading) => {
        const [, section, numbers] = /^(\d+(?:\.\d+)?)\.? .+ \((.+)\)$/.exec(heading) ?? [];
        return section === undefined ? [] : [[section, toNumbers(numbers!)] as const];
      }),
    );
    const cited = [...texts]
      .filter(([file]) => file.startsWith('rest-compat/blitz/routes/'))
      .flatMap(([, text]) => [...text.matchAll(/spec: '([\d.]+) \((\d+)\)'/g)]);
    expect(cited.length).toBeGreaterThan(50);
    const lost = cited.filter(([, section, number]) => !headings.get(section!)?.has(Number(number)));
    expect(lost.map(([text]) => text)).toEqual([]);
  });
});

/** The numbers in `30 to 32, 44 to 46`. */
function toNumbers(list: string): ReadonlySet<number> {
  return new Set(
    list.split(', ').flatMap((part) => {
      const [from = 0, to = from] = part.split(' to ').map(Number);
      return Array.from({ length: to - from + 1 }, (_, at) => from + at);
    }),
  );
}

describe('the list of documents', () => {
  it('has every page of docs', () => {
    const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.md') && file !== 'README.md' && !file.startsWith('decisions/'),
    );
    const index = read('docs/README.md');
    expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
  });

  it('has every decision', () => {
    const index = read('docs/decisions/README.md');
    const pages = readdirSync(join(ROOT, 'docs/decisions')).filter((file) => /^\d{4}-/.test(file));
    expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
  });
});

describe('the security checks', () => {
  const page = read('docs/checks.md');
  const listed = [...page.matchAll(/^\| (\d+) \| .+ \| .+ \| .+ \|$/gm)].map(([, number]) => Number(number));
  const citedIn = (isTest: boolean): Set<number> =>
    new Set(
      [...texts]
        .filter(([file]) => /\.ts$/.test(file) && file !== here && file.startsWith('test/') === isTest)
        .flatMap(([, text]) =>
          [...text.matchAll(/\bchecks? (\d+(?:(?:, | and )\d+)*)/g)].flatMap(([, numbers]) =>
            numbers!.match(/\d+/g)!.map(Number),
          ),
        ),
    );

  it('are sixty-six, each listed once', () => {
    expect(listed).toEqual(Array.from({ length: 66 }, (_, at) => at + 1));
  });

  it('that code and tests cite are on the page', () => {
    expect([...citedIn(true), ...citedIn(false)].filter((number) => !listed.includes(number))).toEqual([]);
  });

  it('are each named by a test, except those that the page lists as untested', () => {
    const [, rest = ''] = page.split('## Checks without a test');
    const without = rest
      .split('\n## ')[0]!
      .match(/^\d[\d, \n]*$/m)![0]
      .match(/\d+/g)!
      .map(Number);
    const tested = citedIn(true);
    expect(without).toEqual(listed.filter((number) => !tested.has(number)));
  });
});

describe('the data model', () => {
  const page = read('docs/data-model.md');
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| (.+?) \| .+ \|$/gm)].map(([, table, key]) => ({
    table: table!,
    key: key!,
  }));
  const bySql = [...EVENT_LOG_DDL, ...CLUSTER_DDL].flatMap(
    (statement) => /^create table "(\w+)" \(/.exec(statement)?.[1] ?? [],
  );
  const byEntities = ENTITIES.map(
    (entity) => (entity as { readonly meta: { readonly tableName: string } }).meta.tableName,
  );

  it('lists every table once', () => {
    expect(rows.map(({ table }) => table).sort()).toEqual([...bySql, ...byEntities, 'migrations'].sort());
  });

  it('says of every table whether its keys begin with the tenant', () => {
    const without = rows.filter(({ key }) => !key.startsWith('~')).map(({ table }) => table);
    expect(without.sort()).toEqual([...UNTENANTED_TABLES].sort());
  });
});
