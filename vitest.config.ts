import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { checkFieldErrors } from './test/support/field-errors/field-errors.reporter.ts';

export default defineConfig({
  // Vite would take graphql's ES module while the packages beside us load its CommonJS form: two copies, which graphql refuses.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  plugins: [checkFieldErrors()],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/field-errors/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // An embedded database takes 200-500 MB, so the number of files run side by side follows the cores, not the files.
    maxWorkers: 2,
    // `npm run coverage`. Files that no test loads count too; servers that tests start as processes of their own do not.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'schema/**/*.ts', 'rest-compat/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
    },
  },
});
