import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Alias } from 'vite';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base from '../vitest.config.ts';
import { keepThread } from './support/kept-thread.ts';

const TESTS = `${process.env.MUTATION_TESTS ?? ''}/**/*.test.ts`;
const isUnitOnly = process.env.MUTATION_UNIT_ONLY === 'true';

/** How long a file takes to fail: the more, the slower the databases that it opens. */
function rankCost(file: string): number {
  const text = readFileSync(file, 'utf8');
  if (text.includes('/postgres.ts')) return 2;
  return text.includes('World.open') || text.includes('openTestDatabase') ? 1 : 0;
}

/** A run ends at the first test that fails, so the files without a database, which fail within a second, come first. */
class UnitTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => rankCost(a.moduleId) - rankCost(b.moduleId));
  }
}

const GIVEN_TEMPLATE = {
  find: './template.ts',
  replacement: fileURLToPath(new URL('support/given-template.ts', import.meta.url)),
};

const { projects: _, ...shared } = base.test ?? {};
const aliases = (base.resolve?.alias ?? []) as Alias[];

export default defineConfig({
  resolve: { alias: [...aliases, GIVEN_TEMPLATE] },
  // Without the check of field errors, which parses the SDL in each run; `npm test` has it.
  plugins: process.env.MUTATION_KEEPS_THREAD === 'true' ? [keepThread()] : [],
  test: {
    ...shared,
    setupFiles: [],
    globalSetup: isUnitOnly ? [] : (shared.globalSetup ?? []),
    // The folder of tests that `npm run mutation` runs for an area (scripts/mutation.mjs).
    include: isUnitOnly ? globSync(TESTS).filter((file) => rankCost(file) === 0) : [TESTS],
    // To make ten thousand tenants takes longer than all other tests of their area.
    exclude: ['**/many-tenants.test.ts'],
    // A run of hours meets moments in which the machine is busy; a test that fails then would count as one that detects.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // The files of one run share their modules: loading them takes most of the time, and each change is another run.
    isolate: false,
    sequence: { sequencer: UnitTestsFirst },
  },
});
