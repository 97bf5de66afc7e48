/**
 * `npm run coverage:raise`, after `npm test`: raises the coverage that each module must keep (test/coverage-minimums.json) to
 * one point below what the run measured, and gives new modules a minimum. It lowers none.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative, sep } from 'node:path';

const MINIMUMS = 'test/coverage-minimums.json';
const MEASURED = 'coverage/coverage-summary.json';

/** Points below the measured coverage: some lines run only when a test happens to meet a race or a retry. */
const MARGIN = 1;

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** The pattern of a file's module: `src/users/**`, or `src/*.ts` for a file beside the modules. */
function findModule(file) {
  const [layer, module, ...rest] = relative('', file).split(sep);
  return rest.length === 0 ? `${layer}/*.ts` : `${layer}/${module}/**`;
}

/** One point below the part that the files of a module cover together, in whole percent. */
function toMinimum(counts) {
  const [covered, total] = ['covered', 'total'].map((name) => counts.reduce((sum, count) => sum + count[name], 0));
  return total === 0 ? 100 : Math.max(0, Math.floor((100 * covered) / total - MARGIN));
}

/** The minimum that a run allows for each module. */
function readAllowed() {
  const { total: _total, ...files } = readJson(MEASURED);
  const modules = Object.groupBy(Object.entries(files), ([file]) => findModule(file));
  return Object.entries(modules)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([module, rows]) => ({
      module,
      lines: toMinimum(rows.map(([, { lines }]) => lines)),
      branches: toMinimum(rows.map(([, { branches }]) => branches)),
    }));
}

if (!existsSync(MEASURED)) {
  console.error(`There is no ${MEASURED}: run "npm test" first.`);
  process.exit(1);
}
const minimums = readJson(MINIMUMS);
const rows = readAllowed().map((allowed) => {
  const { module } = allowed;
  const old = minimums[module] ?? { lines: 0, branches: 0 };
  const lines = Math.max(old.lines, allowed.lines);
  const branches = Math.max(old.branches, allowed.branches);
  if (lines !== old.lines || branches !== old.branches) {
    console.log(`${module}: lines ${old.lines} -> ${lines}, branches ${old.branches} -> ${branches}`);
  }
  return `  "${module}": { "lines": ${lines}, "branches": ${branches} }`;
});
writeFileSync(MINIMUMS, `{\n${rows.join(',\n')}\n}\n`);
