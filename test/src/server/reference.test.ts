import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS, mountRestCompat } from '../../../rest-compat/index.ts';
import { createFrontDoor, type FrontDoor } from '../../../src/server/http.ts';
import { createLogger } from '../../../src/server/logger.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import { apiReference } from '../../../src/server/reference.ts';
import { openBrowser } from '../../support/browser.ts';
import { engineOptions } from '../../support/rest.ts';
import { World } from '../../support/world.ts';

const SOURCES = new URL('../../../web/reference/', import.meta.url);

describe('the API reference', () => {
  let world: World;
  let door: FrontDoor;
  let url: string;
  beforeAll(async () => {
    world = await World.open();
    await world.tenant({ name: 'master' });
    door = createFrontDoor({
      logger: createLogger('silent'),
      metrics: createMetrics(),
      publicUrl: 'http://localhost',
      isReady: async () => true,
    });
    const { callers: _default, ...options } = await engineOptions(world, undefined as never, []);
    door.open([apiReference(DIALECTS, SOURCES), mountRestCompat(options)]);
    await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(door.server.address() as { port: number }).port}`;
  });
  afterAll(async () => {
    door.server.closeAllConnections();
    await door.drain.begin();
    await world.close();
  });

  it('has a page for each API and one that lists them', async () => {
    for (const path of ['/docs', '/docs/blitz', '/docs/oidc']) {
      const page = await fetch(url + path);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const text = await page.text();
      for (const { name } of DIALECTS) expect(text).toContain(`href="/docs/${name}"`);
    }
    const head = await fetch(`${url}/docs/blitz`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('names nothing outside this server, and says so in its policy', async () => {
    const page = await fetch(`${url}/docs/blitz`);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe|http|data:/);
    const loaded = ['reference.js', 'reference.css'].map((name) => fetch(`${url}/assets/reference/${name}`));
    const texts = await Promise.all([page, ...(await Promise.all(loaded))].map((answer) => answer.text()));
    for (const text of texts) {
      expect(text).not.toBe('');
      expect(text).not.toMatch(/(https?:)?\/\/[a-z0-9.-]+\.[a-z]/i);
    }
  });

  it('serves its own files and no others', async () => {
    const types = { 'reference.js': 'javascript', 'reference.css': 'css' };
    for (const [name, type] of Object.entries(types)) {
      const file = await fetch(`${url}/assets/reference/${name}`);
      expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(file.headers.get('content-type')).toContain(type);
    }
    for (const path of [
      '/docs/nothing',
      '/docs/',
      '/docs/blitz/more',
      '/assets/reference/index.html',
      '/assets/reference/..%2f..%2fpackage.json',
      '/assets/reference/',
    ])
      expect((await fetch(url + path)).status).toBe(404);
    expect((await fetch(`${url}/docs`, { method: 'POST' })).status).toBe(404);
  });

  it('is not there where it was not built', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'idgraph-nothing-'));
    for (const folder of [pathToFileURL(`${empty}/`), pathToFileURL(`${empty}/none/`)]) {
      const page = apiReference(DIALECTS, folder);
      let passed = 0;
      await page({ path: '/docs', method: 'GET' } as never, async () => void passed++);
      expect(passed).toBe(1);
    }
    rmSync(empty, { recursive: true });
  });

  describe('in a browser', { timeout: 120_000 }, () => {
    let browser: Browser;
    let page: Page;
    const outside: string[] = [];
    const faults: string[] = [];
    beforeAll(async () => {
      browser = await openBrowser();
      page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      page.on('request', (request) => {
        if (!request.url().startsWith(url)) outside.push(request.url());
      });
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
    }, 120_000);
    afterAll(async () => {
      await browser.close();
      expect([outside, faults]).toEqual([[], []]);
    });

    it('shows every operation of the description, and the GraphQL operation behind it', async () => {
      await page.goto(`${url}/docs/blitz`);
      await page.waitForSelector('article');
      const { paths } = (await (await fetch(`${url}/openapi/blitz.json`)).json()) as {
        paths: Record<string, Record<string, { operationId: string; 'x-graphql': { operation: string } }>>;
      };
      const described = Object.values(paths).flatMap((item) => Object.values(item));
      const shown = await page.$$eval('article', (articles) =>
        articles.map((article) => [article.id, article.querySelector('details summary')?.textContent]),
      );
      expect(shown.toSorted()).toEqual(
        described.map((operation) => [operation.operationId, operation['x-graphql'].operation]).toSorted(),
      );
    });

    it('shows method, path, scopes, parameters, body and answers of a row', async () => {
      const article = page.locator('#post_blitz_api_v3_users_subjectId_auth');
      const text = await article.innerText();
      for (const part of [
        'POST /blitz/api/v3/users/{subjectId}/auth',
        'blitz_api_usec_chg',
        'blitz_api_sys_usec_chg',
        'x-forwarded-for',
        'in path',
        'methodsLocked',
        '"password"[]',
        '400',
        'Manual, 2.6 (10)',
      ])
        expect(text).toContain(part);
      await article.locator('summary').click();
      expect(await article.locator('pre').innerText()).toContain('mutation UpdateAuthModes');
      const folder = process.env['SCREENSHOTS'];
      if (folder !== undefined) await page.screenshot({ path: join(folder, 'reference.png') });
    });

    it('narrows the list to what is looked for, also by scope', async () => {
      const visible = () => page.locator('article:visible').count();
      const all = await visible();
      await page.getByRole('searchbox').fill('blitz_api_uaud');
      expect(await visible()).toBe(1);
      expect(await page.locator('aside li:visible').innerText()).toContain('Security events');
      await page.getByRole('searchbox').fill('no such thing');
      expect(await visible()).toBe(0);
      await page.getByRole('searchbox').fill('');
      expect(await visible()).toBe(all);
    });

    it('goes to the operation that the address names', async () => {
      await page.goto(`${url}/docs/oidc`);
      await page.goto(`${url}/docs/blitz#get_blitz_api_v3_users_subjectId_audit`);
      const article = page.locator('#get_blitz_api_v3_users_subjectId_audit');
      await article.waitFor();
      const { y } = (await article.boundingBox())!;
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThan(900);
    });

    it('lists the APIs at /docs', async () => {
      await page.goto(`${url}/docs`);
      await page.getByRole('main').getByRole('link', { name: 'Blitz Identity Provider' }).click();
      await page.waitForSelector('h1:has-text("Blitz Identity Provider")');
      expect(page.url()).toBe(`${url}/docs/blitz`);
    });
  });
});
