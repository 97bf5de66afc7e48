import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DockerfileRun, type Stage } from '../../support/dockerfile.ts';
import { endStarted, ROOT, Started } from '../../support/started.ts';

const SECRET = 's'.repeat(43);
let root: string;
let image: Stage;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'idgraph-image-'));
  image = new DockerfileRun(ROOT, root).run();
}, 300_000);

afterEach(endStarted);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The command and variables of the image; addresses and folders are those of this machine. */
function startImage(): Started {
  const [, ...args] = image.command;
  return new Started(
    process.execPath,
    args,
    {
      ...image.env,
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: join(image.root, image.env['DATA_DIR']!),
      BOOTSTRAP_CLIENT_SECRET: SECRET,
    },
    image.folder,
  );
}

describe('the image', { timeout: 180_000 }, () => {
  it('contains the installed packages without the dev dependencies, and the build', () => {
    expect(image.command[0]).toBe('node');
    expect(existsSync(join(image.folder, 'node_modules/koa'))).toBe(true);
    expect(existsSync(join(image.folder, 'node_modules/vitest'))).toBe(false);
    expect(existsSync(join(image.folder, 'dist/web/graphiql/index.html'))).toBe(true);
  });

  it('contains the compiled code of its modules, for the flags of its command', async () => {
    const [, ...args] = image.command;
    const uses = /reading cache from .*\/dist\/compile-cache\/.* for ESM .*\/start\/service-process\.js\.\.\..*success/;
    const node = spawnSync(process.execPath, [...args.slice(0, -1), join(image.folder, args.at(-1)!)], {
      cwd: image.folder,
      // A setting that is refused ends the process when the modules are loaded.
      env: { ...image.env, NODE_DEBUG_NATIVE: 'COMPILE_CACHE', PORT: 'none' },
      encoding: 'utf8',
      // Node writes some lines about each module.
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(node.stderr + node.stdout).toMatch(uses);
  });

  it('runs Node with the flags of npm start', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(scripts.start).toBe(`exec ${image.command.slice(0, -1).join(' ')} scripts/start.mjs`);
  });

  it('starts, is healthy by its health check, and issues its client a token', async () => {
    const node = await startImage().ready();
    expect(node.errors).not.toContain('Creating the database');
    const [, ...args] = image.healthCheck;
    const check = spawnSync(process.execPath, args, { env: { PORT: new URL(node.url).port }, encoding: 'utf8' });
    expect(check.status, check.stderr).toBe(0);
    const answer = await fetch(`${node.url}/t/master/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`bootstrap:${SECRET}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
  });
});
