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
  '/renewed': {
    type: 'text/html; charset=utf-8',
    body: `<!doctype html><html lang="en"><title>Renewed</title><script src="/oidc.js"></script>
      <script>void new oidc.UserManager({}).signinSilentCallback()</script></html>`,
  },
};
const LIFE_SECONDS = 600;

let browser: Browser;
let service: SignInService;
let world: SignInTenant;
let opened: WatchedPage;
let page: Page;
/** Where the application is. */
let origin: string;
/** Another port of the host of the service, which is another origin of the same site. */
let sameSite: string;

beforeAll(async () => {
  browser = await openBrowser();
  service = await SignInService.start(FILES);
  sameSite = service.application.origin.replace('127.0.0.1', 'localhost');
  expect(new URL(service.origin).hostname).toBe('localhost');
  const ofOtherSite = ['/callback', '/popup'].map((path) => ({ uri: `${service.application.origin}${path}` }));
  world = await service.tenant(
    {},
    { webOrigins: [service.application.origin], redirects: ofOtherSite, accessTokenSeconds: LIFE_SECONDS },
  );
  await service.user(world.tenant);
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});
beforeEach(async () => {
  origin = service.application.origin;
  opened = await openWatched(browser, service.origin, origin, sameSite);
  page = opened.page;
});
afterEach(async () => {
  await opened.context.close();
  expect(service.logged).toEqual([]);
});

/** Makes the library's manager in a page of the application. */
async function loadOidc(on: Page, over: Partial<OidcClientSettings> & Record<string, unknown> = {}): Promise<void> {
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

async function openApplication(over = {}): Promise<void> {
  await page.goto(`${origin}/app`);
  await loadOidc(page, over);
}

async function typePassword(on: Page): Promise<void> {
  await on.getByLabel('User name or e-mail', { exact: true }).fill('alice');
  await on.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await on.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** What the tests look at. */
type SignedIn = Pick<User, 'access_token' | 'refresh_token' | 'id_token' | 'profile'>;

/** Signs in by redirects. The page is at the address of the callback afterwards. */
async function signInByRedirect(over = {}): Promise<SignedIn> {
  await openApplication(over);
  await page.evaluate(() => void manager.signinRedirect());
  await typePassword(page);
  await page.waitForURL('**/callback?*');
  await loadOidc(page, over);
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

describe('oidc-client-ts without refresh tokens, whose frames ask again', () => {
  /** What differs where the tokens are renewed in a frame. */
  const framed = () => ({ scope: 'openid profile', silent_redirect_uri: `${origin}/renewed` });
  const renew = (): Promise<SignedIn & { readonly refused?: string }> =>
    page.evaluate(() =>
      manager.signinSilent().then(
        (user) => ({ ...user }) as never,
        ({ error, message }) => ({ refused: error ?? message }) as never,
      ),
    );
  let shared: SignInTenant;
  beforeAll(async () => {
    const origins = [service.application.origin, sameSite];
    const paths = ['/callback', '/renewed'];
    shared = world;
    world = await service.tenant(
      {},
      {
        grantTypes: ['authorization_code'],
        webOrigins: origins,
        redirects: origins.flatMap((from) => paths.map((path) => ({ uri: `${from}${path}` }))),
      },
    );
    await service.user(world.tenant);
  });
  afterAll(() => {
    world = shared;
  });

  it('renews its tokens by the session, on another port of the host of the service', async () => {
    origin = sameSite;
    const first = await signInByRedirect(framed());
    expect(first.refresh_token).toBeUndefined();
    const second = await renew();
    expect(second.refused).toBeUndefined();
    expect(second.access_token).not.toBe(first.access_token);
    expect(second.profile).toMatchObject({ sub: first.profile.sub, sid: first.profile.sid });
    expect(opened.watch).toEqual(NOTHING);
  });

  it('learns in the frame that the session has ended', async () => {
    origin = sameSite;
    const { profile } = await signInByRedirect(framed());
    await service.services.sessions.revoke(service.system(world.tenant), String(profile.sid));
    expect((await renew()).refused).toBe('login_required');
    expect(opened.watch).toEqual(NOTHING);
  });

  it('is not signed in in a frame on another site, which gets no cookie', async () => {
    await signInByRedirect(framed());
    expect((await renew()).refused).toBe('login_required');
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
    await page.goto(`${sameSite}/app`);
    expect(await isReadable('/.well-known/openid-configuration')).toBe(true);
    expect(await isReadable('/oauth/token', TOKEN)).toBe(false);
    expect(await isReadable('/oauth/userinfo', USERINFO)).toBe(false);
  });
});
