import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_POLICY, WORKER_POLICY } from '../../../src/server/http/page-policies.ts';
import { AUDIENCE, SALT, X, Y } from '../../src/auth-modes/image-proof/vectors.ts';
import { openBrowser } from '../../support/browser.ts';
import { build, ROOT } from '../../support/started.ts';
import { NOTHING, openWatched, type Watch } from '../sign-in/watched-page.ts';
import { PureService } from './pure-service.ts';

const FOLDER = join(ROOT, 'dist/zero-knowledge');
const PICTURE = join(ROOT, 'docs/images/graphiql.png');
const HTML = '<!doctype html><html lang="en"><title>Image</title><input type="file" id="file"></html>';

/** The library in the page, and a transport that hands each message over to the service of the test. */
const SET_UP = `(async () => {
  const entry = '/index.js';
  const library = await import(entry);
  const send = (name) => async (message) => {
    const { value, code } = await sendMessage(name, JSON.stringify(message));
    if (code !== undefined) throw new library.TransportError(code);
    return value;
  };
  const names = ['askChallenge', 'askOwnChallenge', 'register', 'authenticate', 'reset', 'change', 'updateEmail'];
  const transport = Object.fromEntries(names.map((name) => [name, send(name)]));
  const { ImageProofClient, deriveInWorker } = library;
  globalThis.library = library;
  globalThis.client = new ImageProofClient({ transport, tenant: 'acme', audience: '${AUDIENCE}', derive: deriveInWorker });
  globalThis.rules = { pinSize: 6, gridSide: 3 };
  globalThis.pin = (digits) => ({ image: document.getElementById('file').files[0], factor: { kind: 'pin', digits } });
  globalThis.pattern = (...points) => ({ ...pin(''), factor: { kind: 'pattern', side: 3, points } });
})()`;

let server: Server;
let browser: Browser;
let page: Page;
let watch: Watch;
let service: PureService;

function answer(path: string, response: ServerResponse): void {
  if (path === '/') {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': PAGE_POLICY }).end(HTML);
    return;
  }
  const file = join(FOLDER, path);
  if (!path.endsWith('.js') || !existsSync(file)) return void response.writeHead(404).end();
  // As `web-builds.ts` serves them: a worker has the policy of its file.
  response.writeHead(200, { 'Content-Type': 'text/javascript', 'Content-Security-Policy': WORKER_POLICY });
  response.end(readFileSync(file));
}

/** Calls the service, and gives its refusal as data: errors lose their members on the way to the page. */
async function handOver(name: keyof PureService, message: string): Promise<object> {
  const call = service[name] as (message: unknown) => Promise<unknown>;
  try {
    return { value: await call.call(service, JSON.parse(message)) };
  } catch (error) {
    return { code: (error as { readonly code: string }).code };
  }
}

beforeAll(async () => {
  build('zero-knowledge');
  server = createServer((request, response) => answer(request.url!, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  browser = await openBrowser();
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opened = await openWatched(browser, origin);
  ({ page, watch } = opened);
  await opened.context.exposeFunction('sendMessage', handOver);
  await page.goto(origin);
  await page.evaluate(SET_UP);
  service = new PureService();
});
afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

/** Runs an expression in the page; an error is its code. */
const run = (expression: string): Promise<unknown> =>
  page.evaluate(`(async () => ${expression})().catch(({ code, message }) => code ?? message)`);

describe('the library in a browser', () => {
  it('derives the secret of the test vectors in a worker, which ends', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    await page.setInputFiles('#file', { name: 'vector.bin', mimeType: 'image/png', buffer: bytes });
    const secret = await run(`{
      const { deriveInWorker } = library;
      const identity = { tenant: 'acme', username: 'Alice.Test' };
      const { x, commitment } = await deriveInWorker({ ...pin('271828'), salt: new Uint8Array([${[...SALT]}]), identity });
      return [[...x], [...commitment]];
    }`);
    expect(secret).toEqual([[...X], [...Y]]);
    await expect.poll(() => page.workers()).toEqual([]);
  });

  it('registers, signs in, resets, changes and changes the address with an image file', {
    timeout: 120_000,
  }, async () => {
    await page.setInputFiles('#file', PICTURE);
    const signIn = (choice: string) =>
      run(`client.signIn({ username: 'alice', choice: ${choice} }).then(({ nonce }) => nonce)`);
    const email = 'alice@example.com';
    await run(`client.register({ username: 'Alice', email: '${email}', choice: pin('271828'), rules })`);
    expect(await signIn("pin('271828')")).toBe('ticket-1');

    const reset = { username: 'alice', requestId: 'reset-1', code: PureService.RESET_CODE };
    await run(`client.reset({ ...${JSON.stringify(reset)}, choice: pattern(0, 1, 2, 5), rules })`);

    service.session = { username: 'Alice', userId: 'user-alice', sessionId: 'session-1' };
    const own = "username: 'alice', userId: 'user-alice'";
    await run(`client.change({ ${own}, choice: pin('314159'), former: pattern(0, 1, 2, 5), rules })`);
    expect(await signIn("pin('314159')")).toBe('ticket-1');
    await run(`client.updateEmail({ ${own}, email: 'new@example.com', choice: pin('314159') })`);
    expect(service.users.get('alice')?.email).toBe('new@example.com');
  });

  it('sends neither PIN nor a part of the image (negative 53)', () => {
    const sent = service.sent.join('\n');
    const bytes = readFileSync(PICTURE);
    for (const secret of ['271828', '314159', '00-01-02']) expect(sent).not.toContain(secret);
    for (const at of [0, bytes.length >> 1])
      expect(sent).not.toContain(
        bytes
          .subarray(at, at + 24)
          .toString('base64url')
          .slice(0, 30),
      );
  });

  it('says what is wrong with an image, from the worker too', async () => {
    const request = "factor: { kind: 'none' }, salt: new Uint8Array(16), identity: { tenant: 'a', username: 'b' }";
    const derive = (image: string) => run(`library.deriveInWorker({ image: ${image}, ${request} })`);
    expect(await derive('new Blob([])')).toBe('IMAGE_EMPTY');
    expect(await derive('new Blob([new Uint8Array(library.MAX_IMAGE_BYTES + 1)])')).toBe('IMAGE_TOO_LARGE');
    expect(await derive("'text'")).toBe('IMAGE_UNREADABLE');
    expect(await derive('() => 1')).toBe('DERIVATION_FAILED');
    await expect.poll(() => page.workers()).toEqual([]);
  });

  it('keeps to the policy of the page, and asks nobody else for anything', () => {
    expect(watch).toEqual(NOTHING);
  });
});

describe('the published entry', () => {
  it('has types, and needs no package at run time', async () => {
    expect(readFileSync(join(FOLDER, 'index.d.ts'), 'utf8')).toContain('ImageProofClient');
    const alone = mkdtempSync(join(tmpdir(), 'idgraph-zero-knowledge-'));
    copyFileSync(join(FOLDER, 'index.js'), join(alone, 'index.mjs'));
    const { PROOF_VERSION } = await import(pathToFileURL(join(alone, 'index.mjs')).href);
    expect(PROOF_VERSION).toBe('sv-zkp/1');
    rmSync(alone, { recursive: true });
  });

  it('is found by the name of the package', () => {
    expect(createRequire(import.meta.url).resolve('idgraph/zero-knowledge')).toBe(join(FOLDER, 'index.js'));
  });
});
