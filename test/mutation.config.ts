import { defineConfig } from 'vitest/config';
import base from '../vitest.config.ts';

/** The tests that `npm run mutation` runs for an area (scripts/mutation.mjs). */
const folders = (process.env.MUTATION_TESTS ?? '').split(',');

export default defineConfig({
  ...base,
  test: { ...base.test, include: folders.map((folder) => `${folder}/**/*.test.ts`) },
});
