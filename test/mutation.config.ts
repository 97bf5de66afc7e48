import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base from '../vitest.config.ts';

const opensDatabase = ({ moduleId }: TestSpecification): number =>
  Number(readFileSync(moduleId, 'utf8').includes('World.open'));

/** A run ends at the first test that fails, so the files without a database, which fail within a second, come first. */
class UnitTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => opensDatabase(a) - opensDatabase(b));
  }
}

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    // The folder of tests that `npm run mutation` runs for an area (scripts/mutation.mjs).
    include: [`${process.env.MUTATION_TESTS ?? ''}/**/*.test.ts`],
    // The files of one run share their modules: loading them takes most of the time, and each change is another run.
    isolate: false,
    sequence: { sequencer: UnitTestsFirst },
  },
});
