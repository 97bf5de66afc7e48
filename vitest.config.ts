import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import minimums from './test/coverage-minimums.json' with { type: 'json' };
import { checkFieldErrors } from './test/support/field-errors/field-errors.reporter.ts';

export default defineConfig({
  // Vite would load graphql as an ES module while other packages load it as CommonJS; graphql refuses to work with two copies.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  plugins: [checkFieldErrors()],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/field-errors/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // An embedded database takes 200-500 MB, so the number of parallel files is bounded by the cores.
    maxWorkers: 2,
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
