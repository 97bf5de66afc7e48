import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/*
 * Starts the service once, with an empty database in memory, and ends it when it is ready, so that Node stores the compiled code
 * of its modules beside the build. The image does so, because the account of its service may not write there. Node uses the code
 * only for the same account, flags and paths: run this script with those of the service.
 */

const MOST_MS = 300_000;

const main = fileURLToPath(new URL('../src/server/start/main.js', import.meta.url));
const child = spawn(process.execPath, [...process.execArgv, main], {
  // biome-ignore lint/style/noProcessEnv: the child gets the variables of the image.
  env: { ...process.env, HOST: '127.0.0.1', PORT: '0', DATA_DIR: 'memory://', DRAIN_SECONDS: '0', LOG_LEVEL: 'error' },
  stdio: ['ignore', 'pipe', 'inherit'],
  timeout: MOST_MS,
});
// It prints where it can be reached once it is ready.
child.stdout.once('data', () => child.kill('SIGTERM'));
const [code] = (await once(child, 'exit')) as [number | null];
process.exitCode = code ?? 1;
