/**
 * Writes each error code that a field of the graph throws in this process, once, to a file of the process. The test workers
 * import it; servers that tests start load it with `--import`, whatever version of Node they run.
 */
import { randomUUID } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the files of this run, and the test file that the process works for. */
const FOLDER = 'FIELD_ERRORS_FOLDER';
const SEEN_BY = 'FIELD_ERRORS_SEEN_BY';

/** Of this process; empty until it records. */
let file = '';
/** @type {Set<string>} */
const written = new Set();

/**
 * Begins to record, in this process and in servers that it starts. Called again, errors count for the new test file.
 * @param {string} folder
 * @param {string} by Path of the test file.
 */
export function recordFieldErrors(folder, by) {
  process.env[FOLDER] = folder;
  process.env[SEEN_BY] = by;
  if (file !== '') return;
  file = join(folder, randomUUID());
  subscribe('idgraph:field-error', (error) => {
    const line = `${JSON.stringify({ ...error, by: process.env[SEEN_BY] })}\n`;
    if (written.has(line)) return;
    written.add(line);
    // At once: tests kill servers.
    appendFileSync(file, line);
  });
}

/**
 * Variables with which a started server records too; none when this process does not record.
 * @returns {Record<string, string>}
 */
export function recordingEnvironment() {
  if (process.env[FOLDER] === undefined) return {};
  return { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${import.meta.url}`.trim() };
}

const isPreloaded = process.env['NODE_OPTIONS']?.includes(import.meta.url) === true;
if (isPreloaded && process.env[FOLDER] !== undefined)
  recordFieldErrors(process.env[FOLDER], process.env[SEEN_BY] ?? 'a server');
