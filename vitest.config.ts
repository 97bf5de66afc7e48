import { fileURLToPath } from 'node:url';
import { defineConfig, type TestUserConfig } from 'vitest/config';
import minimums from './test/coverage-minimums.json' with { type: 'json' };
import { checkFieldErrors } from './test/support/field-errors/field-errors.reporter.ts';

/**
 * Files that change what the modules of a process share, so that each needs a process. All others use the modules that their process
 * has loaded: to load them anew for each file took half of the time of the suite.
 */
const APART = [
  // Replace a module, or load modules again.
  'test/src/crypto/passwords/password-hasher.test.ts',
  'test/src/persistence/named-statements.test.ts',
  // Lists the statements of all modules, to which other files add statements.
  'test/src/persistence/named-plans.test.ts',
  // Add classes to the metadata of which type-graphql builds every schema.
  'test/schema/direct-resolvers.test.ts',
  'test/schema/directives/requires-scopes.test.ts',
  // Announce tags of global ids that no module has.
  'test/schema/directives/enforce.test.ts',
  'test/schema/directives/enforce-objects.test.ts',
  'test/schema/directives/field-tenant.test.ts',
  'test/src/server/graphql/client-documents.test.ts',
];

/** Vite would load graphql as an ES module while other packages load it as CommonJS; graphql refuses to work with two copies. */
const resolve = { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] };

/** What both projects have. They do not extend the root, whose plugin and global setup run once. */
const EACH: TestUserConfig = {
  setupFiles: ['test/support/field-errors/setup.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // A page on a busy machine takes longer than the second that is the default.
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  resolve,
  plugins: [checkFieldErrors()],
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // An embedded database takes 200-500 MB, so the number of parallel files is bounded by the cores.
    maxWorkers: 2,
    projects: [
      { resolve, test: { ...EACH, name: 'shared', include: ['test/**/*.test.ts'], exclude: APART, isolate: false } },
      { resolve, test: { ...EACH, name: 'apart', include: APART } },
    ],
    // `npm test` collects it. Files that no test loads count too; servers that tests start as separate processes do not.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'schema/**/*.ts', 'rest-compat/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      // For each module the least part of its lines and branches, in percent, that the whole suite runs; less fails the run.
      thresholds: minimums,
    },
  },
});
