/**
 * `npm run mutation [-- <area or file>...]`: makes small changes to the code of an area, one after the other, and lists the
 * changes that no test of the area detects. With the path of a file, only that file of its area; without a name, all areas in
 * turn. docs/mutation.md lists what survived last, and why.
 */
import { Stryker } from '@stryker-mutator/core';

/**
 * For each area the folder whose files are changed. The tests of the same folder under `test/` must detect it: tests of higher
 * layers would detect more, but take minutes, and would hide that a rule has no unit test.
 */
const AREAS = {
  access: 'src/access',
  directives: 'schema/directives',
  lockout: 'src/auth-modes/lockout',
  oauth: 'src/oauth',
};

/** Lists of names and columns, whose changes the compiler or the database detects. */
const LEFT_ALONE = ['!**/index.ts', '!**/module.ts', '!**/*.entity.ts', '!**/*.errors.ts', '!**/*.events.ts'];

const findArea = (asked) =>
  Object.keys(AREAS).find((name) => asked === name || asked.startsWith(`${AREAS[name]}/`)) ?? null;

async function run(asked) {
  const name = findArea(asked);
  const folder = AREAS[name];
  process.env.MUTATION_TESTS = `test/${folder}`;
  const stryker = new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation.config.ts' },
    // Stryker would rewrite it with the compiler's JavaScript API, which TypeScript 7 does not have; nothing here reads it.
    tsconfigFile: 'none',
    mutate: [asked === name ? `${folder}/**/*.ts` : asked, ...LEFT_ALONE],
    // Texts are not changed: they are for people, and other tests check the codes that programs read.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorePatterns: ['/data', '/dist', '/coverage', '/bench', '/docs', '/web'],
    coverageAnalysis: 'perTest',
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

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => findArea(name) === null);
if (unknown.length > 0) {
  console.error(`No area ${unknown.join(', ')}; there are ${Object.keys(AREAS).join(', ')}.`);
  process.exit(1);
}
for (const name of asked.length === 0 ? Object.keys(AREAS) : asked) await run(name);
