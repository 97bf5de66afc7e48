import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WORKER_POLICY } from '../../../../src/server/http/page-policies.ts';
import { listWebBuilds, serveWebBuilds } from '../../../../src/server/http/web-builds.ts';
import { RESERVED_TENANT_NAMES } from '../../../../src/tenants/index.ts';
import { type Ask, RestClient } from '../../../support/rest.ts';

const FILES = {
  'secret.json': '{}',
  'graphiql/index.js': 'graphiql',
  'docs/docs.js': 'docs',
  'sign-in/index.html': '<html></html>',
  'sign-in/trusted-documents.json': '{}',
  'sign-in/main-B3xk_9Qz.js': 'const a = "ä";',
  'sign-in/secret.worker-B3xk_9Qz.js': 'worker',
  'sign-in/page-settings.css': 'p {}',
  'sign-in/icons/mark-Q1w2E3r4.svg': '<svg/>',
  'sign-in/fonts/text.woff2': 'font',
  'console/app-AbCdEf12.js': 'console',
};

describe('the builds of web/', () => {
  let folder: string;
  let builds: URL;
  let rest: RestClient;
  const passedOn = vi.fn();
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'idgraph-builds-'));
    builds = pathToFileURL(`${folder}/web/`);
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(join(folder, 'web', name, '..'), { recursive: true });
      writeFileSync(join(folder, 'web', name), text);
    }
    writeFileSync(join(folder, 'outside.js'), 'outside');
    const serve = serveWebBuilds(builds);
    rest = await RestClient.serve((ctx, next) =>
      serve(ctx, async () => {
        passedOn(ctx.path);
        await next();
      }),
    );
  });
  afterEach(() => passedOn.mockClear());
  afterAll(async () => {
    await rest.close();
    rmSync(folder, { recursive: true });
  });
  const get = (path: string, request: Ask = {}) => rest.ask('GET', path, request);

  it('are the folders there, but for those that are served elsewhere', () => {
    expect([...listWebBuilds(builds)].sort()).toEqual(['console', 'sign-in']);
    expect(listWebBuilds(new URL('nowhere/', builds))).toEqual([]);
  });

  it.each([
    ['/ui/sign-in/main-B3xk_9Qz.js', 'const a = "ä";', 'text/javascript; charset=utf-8'],
    ['/ui/sign-in/icons/mark-Q1w2E3r4.svg', '<svg/>', 'image/svg+xml'],
    ['/ui/console/app-AbCdEf12.js', 'console', 'text/javascript; charset=utf-8'],
  ])('give %s, whose name has a hash, to be kept for a year', async (path, text, type) => {
    const answer = await get(path);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, text, type]);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    ['/ui/sign-in/page-settings.css', 'p {}', 'text/css; charset=utf-8'],
    ['/ui/sign-in/fonts/text.woff2', 'font', 'font/woff2'],
  ])('give %s, whose name has none, to be revalidated', async (path, text, type) => {
    const answer = await get(path);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, text, type]);
    expect(answer.headers['cache-control']).toBe('no-cache');
    const { etag } = answer.headers;
    const known = await get(path, { headers: { 'if-none-match': etag! } });
    expect([known.status, known.text, known.headers.etag]).toEqual([304, '', etag]);
    expect((await get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('give a worker with the policy that it needs, which no other file has', async () => {
    const policyOf = async (path: string) => (await get(path)).headers['content-security-policy'];
    expect(await policyOf('/ui/sign-in/secret.worker-B3xk_9Qz.js')).toBe(WORKER_POLICY);
    for (const path of ['/ui/sign-in/main-B3xk_9Qz.js', '/ui/sign-in/page-settings.css'])
      expect(await policyOf(path)).toBeUndefined();
  });

  it('answer HEAD as GET without a body, and other methods with 405', async () => {
    const path = '/ui/sign-in/main-B3xk_9Qz.js';
    const [one, head] = [await get(path), await rest.ask('HEAD', path)];
    expect([head.status, head.text]).toEqual([200, '']);
    expect({ ...head.headers, date: '' }).toEqual({ ...one.headers, date: '' });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await rest.ask(method, path);
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  it.each([
    '/ui/',
    '/ui/sign-in',
    '/ui/sign-in/',
    '/ui/sign-in/index.html',
    '/ui/sign-in/trusted-documents.json',
    '/ui/sign-in/icons',
    '/ui/sign-in/MAIN-B3xk_9Qz.js',
    '/ui/secret.json',
    '/ui/graphiql/index.js',
    '/ui/docs/docs.js',
    '/ui/sign-in/../secret.json',
    '/ui/sign-in/../../outside.js',
    '/ui/../outside.js',
    '/ui/sign-in/%2e%2e/%2e%2e/outside.js',
    '/ui/sign-in/..%2f..%2foutside.js',
    '/ui/sign-in/..\\..\\outside.js',
    '/ui/sign-in/main-B3xk_9Qz.js%00',
    '/ui/sign-in//main-B3xk_9Qz.js',
    '/ui/constructor',
    '/ui/__proto__',
  ])('answer %s with 404, and pass nothing on', async (path) => {
    expect((await get(path)).status).toBe(404);
    expect((await rest.ask('POST', path)).status).toBe(404);
    expect(passedOn).not.toHaveBeenCalled();
  });

  it('own no path outside /ui/, which no tenant can have as its name', async () => {
    expect(RESERVED_TENANT_NAMES.has('ui')).toBe(true);
    for (const path of ['/ui', '/uix/a', '/UI/sign-in/main-B3xk_9Qz.js', '/t/ui/sign-in']) await get(path);
    expect(passedOn).toHaveBeenCalledTimes(4);
  });

  it('own /ui/ without any build', async () => {
    const bare = await RestClient.serve(serveWebBuilds(new URL('nowhere/', builds)));
    expect((await bare.ask('GET', '/ui/sign-in/main-B3xk_9Qz.js')).status).toBe(404);
    await bare.close();
  });
});
