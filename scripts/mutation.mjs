/**
 * `npm run mutation [-- <area>...]`: changes the code of an area in small ways, one after the other, and lists the changes
 * that no test of the area notices. Without a name, all areas in turn. docs/mutation.md says what survived last, and why.
 */
import { Stryker } from '@stryker-mutator/core';

/**
 * For each area the files that are changed, and the tests that have to notice. Tests of the layers above would notice more,
 * minutes later, and hide that a rule has no test beside it.
 */
const AREAS = {
  access: { mutate: ['src/access/**/*.ts'], tests: ['test/src/access'] },
  directives: { mutate: ['schema/directives/**/*.ts'], tests: ['test/schema/directives'] },
  lockout: { mutate: ['src/auth-modes/lockout/**/*.ts'], tests: ['test/src/auth-modes/lockout'] },
  oauth: { mutate: ['src/oauth/**/*.ts'], tests: ['test/src/oauth'] },
};

/** Lists of names and columns: changing one is noticed by the compiler or the database. */
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
    // Texts are for people; other tests compare what programs read of them.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorePatterns: ['/data', '/dist', '/coverage', '/bench', '/docs', '/web'],
    coverageAnalysis: 'perTest',
    concurrency: 2,
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
