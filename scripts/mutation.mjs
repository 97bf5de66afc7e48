/**
 * `npm run mutation [-- <area>...]`: makes small changes to the code of an area, one after the other, and lists the changes
 * that no test of the area detects. Without a name, all areas in turn. docs/mutation.md lists what survived last, and why.
 */
import { Stryker } from '@stryker-mutator/core';

/**
 * For each area the files that are changed, and the tests that must detect it. Tests of higher layers would detect more, but
 * take minutes, and would hide that a rule has no unit test.
 */
const AREAS = {
  access: { mutate: ['src/access/**/*.ts'], tests: ['test/src/access'] },
  directives: { mutate: ['schema/directives/**/*.ts'], tests: ['test/schema/directives'] },
  lockout: { mutate: ['src/auth-modes/lockout/**/*.ts'], tests: ['test/src/auth-modes/lockout'] },
  oauth: { mutate: ['src/oauth/**/*.ts'], tests: ['test/src/oauth'] },
};

/** Lists of names and columns, whose changes the compiler or the database detects. */
const LEFT_ALONE = ['!**/index.ts', '!**/module.ts', '!**/*.entity.ts', '!**/*.errors.ts', '!**/*.events.ts'];

async function runArea(name) {
  const { mutate, tests } = AREAS[name];
  process.env.MUTATION_TESTS = tests.join(',');
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
    concurrency: 2,
    // On a busy machine a slow run must not pass for an endless one.
    timeoutMS: 30_000,
    reporters: ['clear-text', 'json'],
    clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
    jsonReporter: { fileName: `coverage/mutation-${name}.json` },
  });
  await stryker.runMutationTest();
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(AREAS, name));
if (unknown.length > 0) {
  console.error(`No area ${unknown.join(', ')}; there are ${Object.keys(AREAS).join(', ')}.`);
  process.exit(1);
}
for (const name of asked.length === 0 ? Object.keys(AREAS) : asked) await runArea(name);
