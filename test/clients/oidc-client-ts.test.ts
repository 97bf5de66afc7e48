import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OidcClientSettings, User, UserManager } from 'oidc-client-ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationFiles } from '../support/application.ts';
import { openBrowser } from '../support/browser.ts';
import { PASSWORD, SignInService, type SignInTenant } from '../support/sign-in-service.ts';
import { NOTHING, openWatched, type WatchedPage } from '../web/sign-in/watched-page.ts';

/** What `loadOidc()` leaves in the page. */
declare const manager: UserManager;

const MODULE = dirname(createRequire(import.meta.url).resolve('oidc-client-ts/package.json'));
const PAGE = {
  type: 'text/html; charset=utf-8',
  body: '<!doctype html><html lang="en"><title>Application</title><script src="/oidc.js"></script><h1>Application</h1></html>',
};
const FILES: ApplicationFiles = {
  '/oidc.js': {
    type: 'text/javascript',
    body: readFileSync(join(MODULE, 'dist/browser/oidc-client-ts.min.js')),
  },
  '/app': PAGE,
  '/callback': PAGE,
  '/popup': PAGE,
  '/signed-out': PAGE,
};
const LIFE_SECONDS = 600;

let browser: Browser;
let service: SignInService;
let world: SignInTenant;
let opened: WatchedPage;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  service = await SignInService.start(FILES);
  const { origin } = service.application;
  world = await service.tenant(
    {},
    {
      webOrigins: [origin],
      redirects: ['/callback', '/popup'].map((path) => ({ uri: `${origin}${path}` })),
      accessTokenSeconds: LIFE_SECONDS,
    },
  );
  await service.user(world.tenant);
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});
beforeEach(async () => {
  opened = await openWatched(browser, service.origin, service.application.origin);
  page = opened.page;
});
afterEach(async () => {
  await opened.context.close();
  expect(service.logged).toEqual([]);
});

/** Makes the library's manager in a page of the application. */
async function loadOidc(on: Page, over: Partial<OidcClientSettings> & Record<string, unknown> = {}): Promise<void> {
  const { origin } = service.application;
  const settings = {
    authority: `${service.origin}/t/${world.tenant.name}`,
    client_id: world.client.clientId,
    redirect_uri: `${origin}/callback`,
    popup_redirect_uri: `${origin}/popup`,
    post_logout_redirect_uri: `${origin}/signed-out`,
    scope: 'openid profile offline_access',
    loadUserInfo: true,
    automaticSilentRenew: false,
    ...over,
  };
  await on.evaluate(`void (globalThis.manager = new oidc.UserManager(${JSON.stringify(settings)}))`);
}

async function openApplication(path = '/app'): Promise<void> {
  await page.goto(`${service.application.origin}${path}`);
  await loadOidc(page);
}

async function typePassword(on: Page): Promise<void> {
  await on.getByLabel('User name or e-mail', { exact: true }).fill('alice');
  await on.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await on.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** What the tests look at. */
type SignedIn = Pick<User, 'access_token' | 'refresh_token' | 'id_token' | 'profile'>;

/** Signs in by redirects. The page is at the address of the callback afterwards. */
async function signInByRedirect(): Promise<SignedIn> {
  await openApplication();
  await page.evaluate(() => void manager.signinRedirect());
  await typePassword(page);
  await page.waitForURL('**/callback?*');
  await loadOidc(page);
  return page.evaluate(async () => ({ ...(await manager.signinRedirectCallback()) }) as never);
}

describe('oidc-client-ts on a page of another site', () => {
  it('signs in by redirects, and reads the claims of the user', async () => {
    const { profile } = await signInByRedirect();
    expect(profile).toMatchObject({ preferred_username: 'alice', given_name: 'Alice' });
    expect(opened.watch).toEqual(NOTHING);
  });

  it('signs in in a popup, whose pages keep their opener', async () => {
    await openApplication();
    const opening = opened.context.waitForEvent('page');
    const signingIn = page.evaluate(async () => ({ ...(await manager.signinPopup()) }) as never) as Promise<SignedIn>;
    const popup = await opening;
    await popup.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await popup.evaluate('window.opener !== null')).toBe(true);
    await typePassword(popup);
    await popup.waitForURL('**/popup?*');
    expect(await popup.evaluate('window.opener !== null')).toBe(true);
    await loadOidc(popup);
    await popup.evaluate(() => void manager.signinPopupCallback());
    expect((await signingIn).profile).toMatchObject({ preferred_username: 'alice' });
    expect(popup.isClosed() || (await popup.waitForEvent('close'))).toBeTruthy();
    expect(opened.watch).toEqual(NOTHING);
  });

  it('renews its tokens by the refresh token', async () => {
    const first = await signInByRedirect();
    const second: SignedIn = await page.evaluate(async () => ({ ...(await manager.signinSilent()) }) as never);
    expect(second.access_token).not.toBe(first.access_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.profile.sub).toBe(first.profile.sub);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('renews them by itself before they expire', async () => {
    const first = await signInByRedirect();
    const early = { automaticSilentRenew: true, accessTokenExpiringNotificationTimeInSeconds: LIFE_SECONDS - 1 };
    await loadOidc(page, early);
    const renewed: string = await page.evaluate(async () => {
      const loaded = new Promise<string>((resolve) => {
        manager.events.addUserLoaded(({ access_token }) => resolve(access_token));
      });
      await manager.getUser();
      const token = await loaded;
      manager.stopSilentRenew();
      return token;
    });
    expect(renewed).not.toBe(first.access_token);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('signs out by redirects', async () => {
    await signInByRedirect();
    await page.evaluate(() => void manager.signoutRedirect());
    await page.waitForURL('**/signed-out*');
    await loadOidc(page);
    await page.evaluate(async () => void (await manager.signoutRedirectCallback()));
    expect(await page.evaluate(async () => (await manager.getUser()) === null)).toBe(true);
    await openApplication();
    await page.evaluate(() => void manager.signinRedirect());
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(opened.watch).toEqual(NOTHING);
  });
});

describe('a page of another origin', () => {
  const at = (path: string) => `${service.origin}/t/${world.tenant.name}${path}`;
  /** Whether a script of the page gets the answer. */
  const isReadable = (path: string, init: RequestInit = {}): Promise<boolean> =>
    page.evaluate(
      ([url, options]) =>
        fetch(url!, JSON.parse(options!)).then(
          () => true,
          () => false,
        ),
      [at(path), JSON.stringify(init)],
    );
  const TOKEN = {
    method: 'POST',
    body: 'grant_type=refresh_token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
  const USERINFO = { headers: { authorization: 'Bearer nonsense' } };

  it('reads metadata and keys, and as an origin of a client tokens and claims, but no page of the sign-in', async () => {
    await page.goto(`${service.application.origin}/app`);
    expect(await isReadable('/.well-known/openid-configuration')).toBe(true);
    const { jwks_uri } = (await (await fetch(at('/.well-known/openid-configuration'))).json()) as { jwks_uri: string };
    expect(await isReadable(jwks_uri.slice(at('').length))).toBe(true);
    expect(await isReadable('/oauth/token', TOKEN)).toBe(true);
    expect(await isReadable('/oauth/userinfo', USERINFO)).toBe(true);
    expect(await isReadable('/oauth/authorize')).toBe(false);
    expect(await isReadable('/oauth/logout')).toBe(false);
  });

  it('reads no tokens and no claims when no client has it', async () => {
    await page.goto(`${service.application.origin.replace('127.0.0.1', 'localhost')}/app`);
    expect(await isReadable('/.well-known/openid-configuration')).toBe(true);
    expect(await isReadable('/oauth/token', TOKEN)).toBe(false);
    expect(await isReadable('/oauth/userinfo', USERINFO)).toBe(false);
  });
});
