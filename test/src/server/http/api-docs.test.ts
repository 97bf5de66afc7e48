import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS, mountRestCompat } from '../../../../rest-compat/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { ADDRESSES, startPage } from '../../../../src/server/http/addresses.ts';
import { apiDocs } from '../../../../src/server/http/api-docs.ts';
import { createHttpServer, type HttpServer } from '../../../../src/server/http/http.ts';
import { createMetrics } from '../../../../src/server/http/metrics.ts';
import { TOOL_POLICIES } from '../../../../src/server/http/page-policies.ts';
import { openBrowser } from '../../../support/browser.ts';
import { ENGINE_OPTIONS, worldHost } from '../../../support/rest.ts';
import { build } from '../../../support/started.ts';
import { World } from '../../../support/world.ts';

describe('the API reference', () => {
  let world: World;
  let tenant: TenantRef;
  let http: HttpServer;
  let url: string;
  beforeAll(async () => {
    build('docs');
    world = await World.open();
    tenant = await world.tenant({ name: 'master' });
    http = createHttpServer({
      logger: createLogger('silent'),
      metrics: createMetrics(),
      publicUrl: 'http://localhost',
      isReady: async () => true,
    });
    await new Promise<void>((resolve) => http.server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.server.address() as { port: number }).port}`;
    const { middleware } = mountRestCompat(await worldHost(world, []), { ...ENGINE_OPTIONS, publicUrl: url });
    http.serve([startPage(), apiDocs(DIALECTS), middleware]);
  });
  afterAll(async () => {
    http.server.closeAllConnections();
    await http.drain.begin();
    await world.close();
  });

  it('has a page for each API and one that lists them', async () => {
    for (const path of ['/docs', '/docs/blitz', '/docs/oidc']) {
      const page = await fetch(url + path);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const text = await page.text();
      for (const { name, description } of DIALECTS) {
        expect(text).toContain(`href="/docs/${name}"`);
        expect(text).toContain(description);
      }
    }
    const head = await fetch(`${url}/docs/blitz`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('is linked by the page at the root, which names paths of all dialects', async () => {
    const page = await (await fetch(url)).text();
    expect(page).toContain('<a href="/docs">/docs</a>');
    const prefixes = ADDRESSES.flatMap(({ paths, isPrefix }) => (isPrefix === true ? paths : []));
    expect(prefixes.filter((prefix) => !page.includes(prefix))).toEqual([]);
    const named = DIALECTS.filter(({ mounts }) =>
      mounts.some(({ prefix }) => prefixes.some((shown) => prefix.startsWith(shown))),
    );
    expect(named.map(({ name }) => name)).toEqual(DIALECTS.map(({ name }) => name).filter((name) => name !== 'oidc'));
  });

  it('loads nothing from other servers and runs no inline scripts, and its policy forbids both', async () => {
    const page = await fetch(`${url}/docs/blitz`);
    expect(page.headers.get('content-security-policy')).toBe(TOOL_POLICIES.swaggerUi);
    const text = await page.text();
    for (const [, address] of text.matchAll(/(?:src|href)="([^"]*)"/g)) expect(address).toMatch(/^\/[^/]/);
    expect(text).not.toMatch(/<script>|<style>| style=| on[a-z]+=/);
  });

  it('serves only files of the build', async () => {
    const types = {
      'docs.js': 'javascript',
      'docs.css': 'css',
      'swagger-ui-bundle.js': 'javascript',
      'swagger-ui.css': 'css',
    };
    for (const [name, type] of Object.entries(types)) {
      const file = await fetch(`${url}/assets/docs/${name}`);
      expect([name, file.status, file.headers.get('cache-control')]).toEqual([name, 200, 'no-cache']);
      expect(file.headers.get('content-type')).toContain(type);
      await file.arrayBuffer();
    }
    for (const path of [
      '/docs/nothing',
      '/docs/',
      '/docs/blitz/more',
      '/assets/docs/index.html',
      '/assets/docs/..%2f..%2fpackage.json',
      '/assets/docs/',
    ])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 404]);
    expect((await fetch(`${url}/docs`, { method: 'POST' })).status).toBe(404);
  });

  it('answers 304 to a browser that has the file, by its hash (RFC 9110 section 13.1.2)', async () => {
    const first = await fetch(`${url}/assets/docs/docs.js`);
    const etag = first.headers.get('etag')!;
    await first.arrayBuffer();
    // `fetch` would otherwise bypass the cache.
    const askAgain = (tag: string) =>
      fetch(`${url}/assets/docs/docs.js`, { headers: { 'if-none-match': tag, 'cache-control': 'max-age=0' } });
    const again = await askAgain(etag);
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await askAgain('"other"');
    expect(other.status).toBe(200);
    await other.arrayBuffer();
  });

  it('is not served if it was not built', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'idgraph-nothing-'));
    for (const folder of [pathToFileURL(`${empty}/`), pathToFileURL(`${empty}/none/`)]) {
      const page = apiDocs(DIALECTS, folder);
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
        if (!request.url().startsWith(url) && !request.url().startsWith('data:')) outside.push(request.url());
      });
      page.on('pageerror', (error) => faults.push(error.message));
      // Violations of the content security policy are errors of the console.
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
    }, 120_000);
    afterAll(async () => {
      await browser.close();
      expect([outside, faults]).toEqual([[], []]);
    });

    const operations = () => page.locator('.opblock');
    const operation = (id: string) => page.locator(`.opblock[id$="-${id}"]`);
    const shot = async (name: string) => {
      const folder = process.env['SCREENSHOTS'];
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
    };

    it('shows every operation of the description below its chapter', async () => {
      await page.goto(`${url}/docs/blitz`);
      await operations().first().waitFor();
      const { paths, tags } = (await (await fetch(`${url}/openapi/blitz.json`)).json()) as {
        paths: Record<string, Record<string, { operationId: string; tags: readonly [string] }>>;
        tags: readonly { name: string }[];
      };
      const described = Object.values(paths).flatMap((item) => Object.values(item).map((one) => one.operationId));
      const shown = await operations().evaluateAll((all) => all.map(({ id }) => id.slice(id.lastIndexOf('-') + 1)));
      expect(shown.toSorted()).toEqual(described.toSorted());
      const chapters = await page
        .locator('.opblock-tag')
        .evaluateAll((all) => all.map(({ dataset }) => dataset['tag']));
      expect(chapters).toEqual(tags.map(({ name }) => name));
      await shot('docs-list');
    });

    it('shows parameters, samples, error bodies, authentication and the GraphQL operation of a path', async () => {
      const row = operation('postBlitzApiV3UsersSubjectIdAuth');
      await row.locator('.opblock-summary').first().click();
      await row.locator('.behind').waitFor();
      await row.locator('.behind summary').click();
      const text = await row.innerText();
      for (const part of [
        '/blitz/api/v3/users/{subjectId}/auth',
        'x-forwarded-for',
        'methodsLocked',
        'blitz_api_usec_chg',
        'blitz_api_sys_usec_chg',
        '2.6 (10)',
        'mutation UpdateAuthModes',
        'wrong_values',
        'insufficient_scope',
      ])
        expect(text).toContain(part);
      await row.locator('.behind').scrollIntoViewIfNeeded();
      await shot('docs-operation');
    });

    it('filters the list by path, scope or GraphQL operation', async () => {
      const all = await operations().count();
      const field = page.getByRole('searchbox');
      const counts = async (phrase: string, count: number) => {
        await field.fill(phrase);
        await expect.poll(() => operations().count()).toBe(count);
      };
      await counts('blitz_api_uaud', 1);
      expect(await operations().innerText()).toContain('/audit');
      await counts('beginTotpEnrolment', 1);
      await counts('no such thing', 0);
      await counts('', all);
    });

    it('gets a token and calls an operation with it', async () => {
      const user = await world.newUser(tenant, { familyName: 'Lovelace' });
      const { client, secret } = await world.newClient(tenant, {
        grantTypes: ['client_credentials'],
        permissions: ['user:read'],
        scopes: [{ name: 'blitz_api_sys_users', isDefault: false }],
      });
      await page.goto(`${url}/docs/oidc`);
      await page.goto(`${url}/docs/blitz#/Accounts/getBlitzApiV3UsersSubjectId`);
      const row = operation('getBlitzApiV3UsersSubjectId');
      await row.locator('.behind').waitFor();
      await page.locator('.auth-wrapper > .authorize').first().click();
      const form = page.locator('.auth-container').filter({ hasText: 'applicationToken' });
      await form.getByLabel('client_id:').fill(client.clientId);
      await form.getByLabel('client_secret:').fill(secret!);
      await form.locator('label[for^="blitz_api_sys_users-"]').click();
      await form.locator('button.authorize').click();
      await form.locator('button', { hasText: 'Logout' }).waitFor();
      await shot('docs-authorized');
      await page.locator('.close-modal').click();
      await row.getByRole('button', { name: 'Try it out' }).click();
      await row.getByPlaceholder('subjectId').fill(user.id);
      await row.getByRole('button', { name: 'Execute' }).click();
      const answer = row.locator('.live-responses-table');
      await answer.waitFor();
      const text = await answer.innerText();
      expect(text).toContain('200');
      expect(text).toContain('"Lovelace"');
      await shot('docs-answer');
    });

    it('lists the APIs at /docs', async () => {
      await page.goto(`${url}/docs`);
      await shot('docs-apis');
      await page.getByRole('main').getByRole('link', { name: 'Blitz Identity Provider' }).click();
      await page.locator('header.site + main .info .title:has-text("Blitz Identity Provider")').waitFor();
      expect(page.url()).toBe(`${url}/docs/blitz`);
    });
  });
});
