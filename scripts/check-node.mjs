/**
 * First step of `npm start` and `npm test`. It is JavaScript that old versions of Node can read, so that they print what is
 * wrong instead of a syntax error. The dev dependency `node` normally installs the right version, unless its install script was
 * skipped.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Major and minor number of the oldest Node that runs the service. */
export const LEAST = [22, 17];

/**
 * The fault of a Node version, or null.
 * @param {string} version As in `process.versions.node`.
 * @returns {string | null}
 */
export function nodeFault(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return null;
  return [
    `Idgraph needs Node ${LEAST.join('.')} or newer; this is Node ${version}.`,
    'The npm package "node" in devDependencies brings Node 24, but its install script has not run here.',
    'Run "npm rebuild node" (or "npm ci" without --ignore-scripts and --omit=dev), or install a newer Node.',
  ].join('\n');
}

/** Ends the process with a clear message when this Node is too old. */
export function requireNode() {
  const fault = nodeFault(process.versions.node);
  if (fault === null) return;
  console.error(fault);
  process.exit(1);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) requireNode();
