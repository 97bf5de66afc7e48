#!/usr/bin/env node
/** `idgraph`: builds what is not built yet, and runs the import. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { requireNode } from './check-node.mjs';

requireNode();
// Standard output belongs to the import, so a build writes to standard error.
const build = spawnSync(process.execPath, [fileURLToPath(new URL('./build.mjs', import.meta.url))], {
  stdio: ['ignore', 2, 'inherit'],
});
if (build.status !== 0) process.exit(build.status ?? 1);
await import(new URL('../dist/src/server/import/main.js', import.meta.url).href);
