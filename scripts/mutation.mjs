/**
 * `npm run mutation [-- <area or file>...]`: makes small changes to the code of an area, one after the other, and lists the
 * changes that no test of the area detects. With the path of a file, only that file of its area; without a name, all areas in
 * turn. With `--unit`, only the tests that open no database must detect the changes. docs/mutation.md lists what survived last,
 * and why.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';

/**
 * For each area the folder whose files are changed. The tests of the same folder under `test/` must detect it: tests of higher
 * layers would detect more, but take minutes, and would hide that a rule has no unit test.
 *
 * `opensDatabases`: the tests of the area open databases, so that a run of them takes seconds. The runs of the area then share
 * a thread with its modules and its database (test/support/kept-thread.ts), which asks for code without variables outside its
 * classes; and code that runs only while modules load or the services start is not changed, because each of its changes would
 * need a new thread and every test of the area.
 */
const AREAS = {
  access: { folder: 'src/access' },
  directives: { folder: 'schema/directives' },
  lockout: { folder: 'src/auth-modes/lockout', opensDatabases: true },
  oauth: { folder: 'src/oauth', opensDatabases: true },
};

/** Lists of names and columns, whose changes the compiler or the database detects. */
const LEFT_ALONE = ['!**/index.ts', '!**/module.ts', '!**/*.entity.ts', '!**/*.errors.ts', '!**/*.events.ts'];

const findArea = (asked) =>
  Object.keys(AREAS).find((name) => asked === name || asked.startsWith(`${AREAS[name].folder}/`)) ?? null;

/** A folder of tests that alone must detect the changes, such as that of the changed file. */
const otherTests = process.env.MUTATION_TESTS;

async function run(name, mutate) {
  const { folder, opensDatabases = false } = AREAS[name];
  process.env.MUTATION_TESTS = otherTests ?? `test/${folder}`;
  process.env.MUTATION_KEEPS_THREAD = String(opensDatabases);
  const stryker = new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation.config.ts' },
    // Stryker would rewrite it with the compiler's JavaScript API, which TypeScript 7 does not have; nothing here reads it.
    tsconfigFile: 'none',
    mutate: [...mutate, ...LEFT_ALONE],
    // Texts are not changed: they are for people, and other tests check the codes that programs read.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorePatterns: ['/data', '/dist', '/coverage', '/bench', '/docs', '/web'],
    coverageAnalysis: 'perTest',
    ignoreStatic: opensDatabases,
    concurrency: 2,
    // On a busy machine a slow run must not pass for an endless one, which counts as detected.
    timeoutMS: 180_000,
    dryRunTimeoutMinutes: 30,
    reporters: ['clear-text', 'json', 'progress-append-only'],
    clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
    jsonReporter: { fileName: `coverage/mutation-${name}.json` },
  });
  await stryker.runMutationTest();
}

const isUnitOnly = process.argv.includes('--unit');
process.env.MUTATION_UNIT_ONLY = String(isUnitOnly);
const names = process.argv.slice(2).filter((name) => name !== '--unit');
const asked = names.length === 0 ? Object.keys(AREAS) : names;
const unknown = asked.filter((name) => findArea(name) === null);
if (unknown.length > 0) {
  console.error(`No area ${unknown.join(', ')}; there are ${Object.keys(AREAS).join(', ')}.`);
  process.exit(1);
}
const scratch = await mkdtemp(join(tmpdir(), 'idgraph-mutation-'));
if (!isUnitOnly) {
  // Loads most of the code, so only when it is needed.
  const { writeTemplate } = await import('../test/support/template.ts');
  process.env.MUTATION_TEMPLATE = join(scratch, 'template.tar');
  await writeTemplate(process.env.MUTATION_TEMPLATE);
}
for (const area of Object.keys(AREAS)) {
  // The files of an area are changed in one run, because a run begins with all its tests.
  const mutate = asked
    .filter((name) => findArea(name) === area)
    .map((name) => (name === area ? `${AREAS[area].folder}/**/*.ts` : name));
  if (mutate.length > 0) await run(area, mutate);
}
await rm(scratch, { recursive: true });
