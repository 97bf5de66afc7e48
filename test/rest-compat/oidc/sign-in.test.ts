import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RestClient, serveWorld } from '../../support/rest.ts';
import { openSignIn, type SignInWorld, TestBrowser } from '../../support/sign-in.ts';
import { World } from '../../support/world.ts';

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';

describe('the page on which users sign in', () => {
  let world: World;
  let setting: SignInWorld;
  let rest: RestClient;
  let browser: TestBrowser;
  beforeAll(async () => {
    world = await World.open();
    setting = await openSignIn(world);
    browser = new TestBrowser(world, setting.tenant);
    rest = await serveWorld(world);
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  const page = (handle: string, jar = browser.jar, accept = HTML) =>
    rest.ask('GET', `/t/${setting.tenant.name}/sign-in/${handle}`, { headers: { accept, cookie: jar.header } });
  const stateIn = ({ text }: { text: string }) =>
    JSON.parse(/<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text)![1]!);

  it('shows the present step, and its address is the one that the service gives', async () => {
    const handle = await browser.begin({ loginHint: '</script>' }, { clientId: 'shop' });
    const address = await world.services.interactions.pageUrl(setting.tenant, 'id.example.com', handle);
    expect(address).toBe(`https://id.example.com/t/${setting.tenant.name}/sign-in/${handle}`);
    const answer = await page(handle);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(stateIn(answer)).toMatchObject({
      page: 'sign-in',
      handle,
      tenant: { name: setting.tenant.name },
      interaction: {
        application: { clientId: 'shop', name: 'The Shop' },
        step: { __typename: 'PasswordStep', identifier: '</script>', isIdentifierFixed: false, canRemember: false },
      },
    });
  });

  it('has an address at the host of the tenant, for a request there alone', async () => {
    const { interactions } = world.services;
    await world.services.tenants.bindHost(world.system(setting.tenant), 'login.example.com');
    expect(await interactions.pageUrl(setting.tenant, 'login.example.com', 'h')).toBe(
      `https://login.example.com/t/${setting.tenant.name}/sign-in/h`,
    );
    for (const host of ['evil.example.com', null, undefined])
      expect(await interactions.pageUrl(setting.tenant, host, 'h')).toMatch('https://id.example.com/t/');
  });

  it('keeps the opener of a popup and cannot be framed (checks 22 and 64)', async () => {
    for (const handle of [await browser.begin(), 'unknown']) {
      const { headers } = await page(handle);
      expect(headers['cross-origin-opener-policy']).toBe('unsafe-none');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('is a page of an error in another browser, and for a handle that is none; programs get JSON', async () => {
    const other = new TestBrowser(world, setting.tenant);
    await other.begin();
    const handle = await browser.begin();
    for (const [asked, jar] of [
      [handle, other.jar],
      ['unknown', browser.jar],
    ] as const) {
      const answer = await page(asked, jar);
      expect(answer.status).toBe(404);
      expect(stateIn(answer)).toMatchObject({ page: 'error', code: 'INTERACTION_NOT_FOUND' });
    }
    const { status, json } = await page('unknown', browser.jar, 'application/json');
    expect([status, json.error]).toEqual([404, 'invalid_request']);
  });

  it('is a page of an error while the tenant is disabled, and so is the way back from it', async () => {
    const handle = await browser.begin();
    const enable = (enabled: boolean) => world.services.tenants.update(world.system(setting.tenant), { enabled });
    await enable(false);
    const back = await rest.ask('GET', `/t/${setting.tenant.name}/oauth/authorize/${handle}`, {
      headers: { accept: HTML, cookie: browser.jar.header },
    });
    const answers = [await page(handle), back];
    await enable(true);
    for (const answer of answers) {
      expect(answer.status).toBe(403);
      expect(stateIn(answer)).toMatchObject({ page: 'error', code: 'TENANT_DISABLED' });
    }
    expect((await page(handle)).status).toBe(200);
  });
});
