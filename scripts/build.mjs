/**
 * `npm run build [-- <part>...]`: makes `dist/`. A part whose inputs have not changed since its last build is not built again,
 * so that the second `npm start` begins at once. Types are checked by `npm run types`, not here.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireNode } from './check-node.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const CODE = ['src', 'schema', 'rest-compat', 'bench', 'scripts'];
/** The files that are compiled; every other file beside the code is an asset and is copied. */
const COMPILED = new Set(['.ts', '.mjs']);

const PARTS = {
  server: {
    inputs: [...CODE, 'tsconfig.json', 'tsconfig.build.json'],
    // The compiled code of removed modules would otherwise stay in the cache of Node.
    outputs: [...CODE.map((folder) => join('dist', folder)), 'dist/compile-cache'],
    make: () => {
      run('typescript', 'tsc', ['-p', 'tsconfig.build.json', '--noCheck']);
      for (const file of CODE.flatMap(filesIn)) {
        if (!COMPILED.has(extname(file))) cpSync(join(ROOT, file), join(ROOT, 'dist', file));
      }
      // A start compares only the names of the migrations, so a template of other code must not stay beside this code.
      if (!isBuilt('database')) removeOutputs('database');
    },
  },
  database: {
    inputs: ['src/persistence', 'scripts/write-database-template.ts', 'package-lock.json'],
    outputs: ['dist/database'],
    needs: 'server',
    make: () => runScript(join(ROOT, 'dist/scripts/write-database-template.js'), []),
  },
  graphiql: {
    inputs: ['web/graphiql', 'package-lock.json'],
    outputs: ['dist/web/graphiql'],
    make: () => bundle('web/graphiql'),
  },
  'sign-in': {
    inputs: ['web/sign-in', 'web/zero-knowledge', 'tsconfig.json', 'package-lock.json'],
    outputs: ['dist/web/sign-in'],
    make: () => bundle('web/sign-in'),
  },
  'zero-knowledge': {
    inputs: ['web/zero-knowledge', 'tsconfig.json', 'package-lock.json'],
    outputs: ['dist/zero-knowledge'],
    make: () => {
      bundle('web/zero-knowledge');
      const types = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--noCheck'];
      const folders = ['--rootDir', 'web/zero-knowledge', '--outDir', 'dist/zero-knowledge'];
      run('typescript', 'tsc', ['-p', 'web/zero-knowledge/tsconfig.json', ...types, ...folders]);
    },
  },
  docs: {
    inputs: ['web/docs', 'package-lock.json'],
    outputs: ['dist/web/docs'],
    make: () => {
      const output = join(ROOT, 'dist/web/docs');
      // The page is served unchanged, as are the files of Swagger UI that it needs, with their licences.
      cpSync(join(ROOT, 'web/docs'), output, { recursive: true });
      for (const file of [
        'swagger-ui-bundle.js',
        'swagger-ui-bundle.js.LICENSE.txt',
        'swagger-ui.css',
        'LICENSE',
        'NOTICE',
      ])
        cpSync(join(ROOT, 'node_modules/swagger-ui-dist', file), join(output, file));
    },
  },
};

function filesIn(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

/** Builds a page, or what pages of others load. Tests set `NODE_ENV`, with which Vite would take the development build of React: larger, and with warnings. */
function bundle(folder) {
  run('vite', 'vite', ['build', folder, '--logLevel', 'warn'], { ...process.env, NODE_ENV: 'production' });
}

function run(packageName, command, args, env = process.env) {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'node_modules', packageName, 'package.json'), 'utf8'));
  runScript(join(ROOT, 'node_modules', packageName, typeof bin === 'string' ? bin : bin[command]), args, env);
}

function runScript(script, args, env = process.env) {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`${relative(ROOT, script)} failed`);
}

function digestOf(inputs) {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const file of inputs.flatMap(filesIn)) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

const stampOf = (name) => join(ROOT, 'dist', `.${name}.sha256`);

/** Whether the part is built from its present inputs. An interrupted build leaves no stamp. */
function isBuilt(name) {
  const { inputs, outputs } = PARTS[name];
  const stamp = stampOf(name);
  return (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === digestOf(inputs) &&
    outputs.some((path) => existsSync(join(ROOT, path)))
  );
}

function removeOutputs(name) {
  rmSync(stampOf(name), { force: true });
  for (const path of PARTS[name].outputs) rmSync(join(ROOT, path), { recursive: true, force: true });
}

function buildPart(name) {
  const { inputs, needs, make } = PARTS[name];
  if (isBuilt(name)) return;
  if (needs !== undefined) buildPart(needs);
  const begin = performance.now();
  const digest = digestOf(inputs);
  // Remove the old build, so that it has no modules that were removed from the sources.
  removeOutputs(name);
  make();
  writeFileSync(stampOf(name), digest);
  console.error(`Built ${name} in ${((performance.now() - begin) / 1000).toFixed(1)} s.`);
}

/** Waits for another build of this folder, which may make the requested part. The lock ends with the process. */
async function lockFolder() {
  // Import it here, because an old Node without this module must reach the check of its version.
  const { DatabaseSync } = await import('node:sqlite');
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  const lock = new DatabaseSync(join(ROOT, 'dist', '.build.lock'), { timeout: 180_000 });
  lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  return lock;
}

requireNode();
const lock = await lockFolder();
const asked = process.argv.slice(2);
for (const name of asked.length === 0 ? Object.keys(PARTS) : asked) buildPart(name);
lock.close();
