/** `idgraph import`: imports files into the database of this configuration, and ends. */
import { buildGraph } from '../../../schema/build.ts';
import { loadConfig } from '../environment/config.ts';
import { createLogger } from '../environment/logger.ts';
import { StartRefused } from '../environment/start-refused.ts';
import type { Bootstrapped } from '../start/bootstrap.ts';
import { startNode } from '../start/node.ts';
import { importFiles, TenantRefused } from './import-files.ts';
import { type ImportOptions, readImportOptions, USAGE } from './import-options.ts';
import { FileUnreadable } from './json-parts.ts';
import { barProgress, jsonProgress } from './progress.ts';

const NOT_READ = 1;

/** What the first start on a database generated, which nothing shows again. */
function showGenerated(bootstrapped: Bootstrapped | null): void {
  if (bootstrapped === null) return;
  const { adminPassword, adminUsername, clientId, clientSecret } = bootstrapped;
  if (adminPassword !== null) process.stderr.write(`Password of ${adminUsername}, shown only once: ${adminPassword}\n`);
  if (clientSecret !== null) process.stderr.write(`Secret of ${clientId}, shown only once: ${clientSecret}\n`);
}

async function run(options: ImportOptions): Promise<number> {
  const config = loadConfig();
  // Any free port of this machine: the import serves nobody.
  const node = await startNode({ ...config, host: '127.0.0.1', port: 0, demo: false }, createLogger('error'));
  showGenerated(node.bootstrapped);
  const write = (text: string): void => void process.stdout.write(text);
  try {
    const progress = options.isJson ? jsonProgress(write) : barProgress(write);
    return await importFiles({ services: node.services, schema: await buildGraph(), progress }, options);
  } finally {
    await node.stop(true);
  }
}

/** The sentence about an error that the operator can correct; null: it is another one. */
const sentenceOf = (error: unknown): string | null =>
  error instanceof FileUnreadable || error instanceof StartRefused || error instanceof TenantRefused
    ? error.message
    : null;

const options = readImportOptions(process.argv.slice(2), process.stdout.isTTY === true);
if (options === null) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = NOT_READ;
} else {
  const status = await run(options).catch((error: unknown) => {
    const sentence = sentenceOf(error);
    if (sentence === null) createLogger('fatal').fatal({ err: error }, 'The import failed');
    else process.stderr.write(`${sentence}\n`);
    return NOT_READ;
  });
  process.exit(status);
}
