/** `npm start`: checks Node, builds what is not built yet, and becomes the server, so that signals reach it directly. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { requireNode } from './check-node.mjs';

requireNode();
// A separate process, because the modules that a build loads would otherwise stay in the memory of the server.
const build = spawnSync(process.execPath, [fileURLToPath(new URL('./build.mjs', import.meta.url))], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (build.status !== 0) process.exit(build.status ?? 1);
await import(new URL('../dist/src/server/start/main.js', import.meta.url).href);
