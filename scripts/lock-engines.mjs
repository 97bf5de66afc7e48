/**
 * `npm run lock:engines`, after a change of dependencies. npm compares the `engines` of packages with the Node that
 * runs npm. In this project that Node runs nothing else, because the dev dependency `node` contains the one that runs the
 * service, so an installation under Node 20 would print five lines of EBADENGINE for each package. This script therefore removes
 * the `engines` that exclude Node 20 from `package-lock.json`. `test/architecture/packages.test.ts` compares the `engines` of the
 * installed packages with the Node that runs them, and `check-node.mjs` does so at each start.
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { satisfies } from 'semver';

/** The oldest Node under which npm has to install the project: that of the README. */
export const LEAST_FOR_INSTALL = '20.0.0';
/** A version above all of that line: it fails a range only if the whole line does. */
const NEWEST_OF_LINE = '20.999.0';

/**
 * Whether npm would warn about a locked package under every Node 20.
 * @param {{ engines?: { node?: string } }} entry
 * @returns {boolean}
 */
export function excludesOldNode({ engines }) {
  return engines?.node !== undefined && !satisfies(NEWEST_OF_LINE, engines.node);
}

function main() {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const loud = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && excludesOldNode(entry));
  for (const [, entry] of loud) delete entry.engines;
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${loud.length} demands were taken out of package-lock.json.\n`);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
