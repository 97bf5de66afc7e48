import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { endStarted } from '../support/frontend.ts';
import {
  ApplicationServer,
  IdentityProvider,
  type NewUser,
  PASSWORD,
  REALM_SCOPES,
} from '../support/relying-parties.ts';
import { build, ROOT } from '../support/started.ts';

const require = createRequire(import.meta.url);

/** For people to look at. */
const PICTURES = join(ROOT, 'test-results/keycloak-js');
/** The module as it is published. */
const KEYCLOAK_JS = readFileSync(require.resolve('keycloak-js'), 'utf8');

/** Where users of the application return to after they have signed out. */
const SIGNED_OUT = '/?onLoad=check-sso';

/** The page of an application: `?onLoad=check-sso` and so on are what `init` is called with. */
const page = (server: string, clientId: string) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Travel desk</title></head>
<body>
<h1>Travel desk</h1>
<p>starting</p>
<script type="module">
const { default: Keycloak } = await import('./keycloak.js');
const { server, ...asked } = Object.fromEntries(new URLSearchParams(location.search));
const keycloak = new Keycloak({ url: ${JSON.stringify(server)} + (server ?? ''), realm: 'acme', clientId: ${JSON.stringify(clientId)} });
const show = (text) => { document.querySelector('p').textContent = text; };
keycloak.onAuthLogout = () => show('signed out meanwhile');
window.keycloak = keycloak;
const silent = asked.silent === undefined ? {} : { silentCheckSsoRedirectUri: location.origin + '/silent.html' };
keycloak.init({ onLoad: asked.onLoad, checkLoginIframeInterval: 1, ...silent }).then(
  (isSignedIn) => show(isSignedIn ? 'signed in as ' + keycloak.tokenParsed.preferred_username : 'signed out'),
  (error) => show('failed: ' + JSON.stringify(error ?? null)),
);
</script>
</body>
</html>`;

const SILENT =
  '<!doctype html><title>Silent</title><script>parent.postMessage(location.href, location.origin)</script>';

let browser: Browser;
let provider: IdentityProvider;
let application: ApplicationServer;
let context: BrowserContext;
let user: NewUser;
let clientId: string;
const logged: string[] = [];

/** Where the application has its pages: on another site than the service, and on the same one. */
const SITES = { foreign: '127.0.0.1', same: 'localhost' } as const;
const originOf = (site: keyof typeof SITES) => application.url.replace('127.0.0.1', SITES[site]);

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  build('sign-in');
  [browser, provider, application] = await Promise.all([
    openBrowser(),
    IdentityProvider.start({ template: 'REALM', settings: { registration: true } }),
    ApplicationServer.listen(),
  ]);
  const addresses = [originOf('foreign'), originOf('same')].map((origin) => ({
    uri: `${origin}/*`,
    match: 'WILDCARD',
  }));
  ({ clientId } = await provider.newClient('', '', {
    type: 'PUBLIC',
    consent: 'TRUSTED',
    hasFullRoleScope: true,
    scopes: REALM_SCOPES,
    redirects: addresses,
    postLogoutRedirects: [originOf('foreign'), originOf('same')].map((origin) => ({ uri: `${origin}${SIGNED_OUT}` })),
  }));
  user = await provider.newUser();
  await provider.grantRole(user.userId, { clientId: 'account', name: 'view-profile' });
  const server = new URL(provider.issuer).origin;
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/': ['text/html', page(server, clientId)],
    '/keycloak.js': ['text/javascript', KEYCLOAK_JS],
    '/silent.html': ['text/html', SILENT],
  };
  application.answer = (request, response) => {
    const [type, text] = files[new URL(request.url!, application.url).pathname] ?? ['text/plain', ''];
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text);
  };
});
afterAll(async () => {
  await browser?.close();
  application?.close();
  await endStarted();
});
beforeEach(async () => {
  context = await browser.newContext();
  logged.length = 0;
  context.on('weberror', (error) => logged.push(error.error().message));
});
afterEach(async () => {
  await context.close();
  expect(logged).toEqual([]);
});

async function open(site: keyof typeof SITES, asked: Readonly<Record<string, string>>): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(`${originOf(site)}/?${new URLSearchParams(asked)}`);
  return tab;
}

const says = (tab: Page, text: string) => tab.getByText(text, { exact: true }).waitFor();
const signedIn = (tab: Page) => says(tab, `signed in as ${user.username}`);

async function typePassword(tab: Page): Promise<void> {
  await tab.getByLabel('User name or e-mail', { exact: true }).fill(user.username);
  await tab.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signIn(site: keyof typeof SITES, server = ''): Promise<Page> {
  const tab = await open(site, { onLoad: 'login-required', server });
  await typePassword(tab);
  await signedIn(tab);
  return tab;
}

const signOut = (tab: Page) => run(tab, `void keycloak.logout({ redirectUri: location.origin + '${SIGNED_OUT}' })`);

/** Runs an expression in the page of the application. */
const run = <T>(tab: Page, expression: string): Promise<T> => tab.evaluate(expression);

describe.each(['', '/auth'])('keycloak-js on another site, the service below %j', (server) => {
  it('signs a user in, reads profile and claims, refreshes silently and signs out', async () => {
    const tab = await signIn('foreign', server);
    await tab.screenshot({ path: join(PICTURES, `signed-in${server.replace('/', '-')}.png`) });
    const issuer = provider.issuer.replace('/t/', `${server}/realms/`);
    expect(await run(tab, 'keycloak.tokenParsed')).toMatchObject({
      iss: issuer,
      sub: user.userId,
      azp: clientId,
      resource_access: { account: { roles: ['view-profile'] } },
    });
    expect(await run(tab, 'keycloak.hasResourceRole("view-profile", "account")')).toBe(true);
    expect(await run(tab, 'keycloak.loadUserProfile()')).toMatchObject({
      id: user.userId,
      username: user.username,
      firstName: 'Anna',
      lastName: 'Archer',
      email: user.email,
      emailVerified: false,
    });
    expect(await run(tab, 'keycloak.loadUserInfo()')).toMatchObject({ sub: user.userId, name: 'Anna Archer' });
    const before = await run<string>(tab, 'keycloak.token');
    expect(await run(tab, 'keycloak.updateToken(-1)')).toBe(true);
    expect(await run(tab, 'keycloak.token')).not.toBe(before);
    expect(await run(tab, 'keycloak.sessionId === keycloak.tokenParsed.sid')).toBe(true);
    const again = await open('foreign', { onLoad: 'check-sso', server });
    await signedIn(again);
    await signOut(tab);
    await says(tab, 'signed out');
    await again.reload();
    await says(again, 'signed out');
  });
});

describe('keycloak-js with people who have no account', () => {
  it('lets them make one, and signs them in', async () => {
    const tab = await open('foreign', { onLoad: 'check-sso' });
    await says(tab, 'signed out');
    await run(tab, 'void keycloak.register()');
    await tab.getByLabel('E-mail', { exact: true }).fill('bea@example.com');
    await tab.getByLabel('User name', { exact: true }).fill('bea');
    await tab.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await tab.screenshot({ path: join(PICTURES, 'register.png') });
    await tab.getByRole('button', { name: 'Create the account', exact: true }).click();
    await says(tab, 'signed in as bea');
    expect(await run(tab, 'keycloak.tokenParsed.email')).toBe('bea@example.com');
  });
});

describe('keycloak-js and the account of its user', () => {
  it('opens the page on which users change their accounts', async () => {
    const tab = await signIn('foreign');
    await run(tab, 'void keycloak.accountManagement()');
    await tab.getByRole('button', { name: 'Change your profile', exact: true }).click();
    await tab.getByLabel('First name (optional)', { exact: true }).fill('Annabel');
    await tab.getByRole('button', { name: 'Save', exact: true }).click();
    await tab.getByText('Annabel Archer').waitFor();
    await tab.screenshot({ path: join(PICTURES, 'account.png'), fullPage: true });
  });
});

describe('keycloak-js on the site of the service', () => {
  it('finds out in hidden frames whether somebody is signed in', async () => {
    const before = await open('same', { onLoad: 'check-sso', silent: '1' });
    await says(before, 'signed out');
    await signIn('same');
    const asked: string[] = [];
    const tab = await context.newPage();
    tab.on('framenavigated', (frame) => frame === tab.mainFrame() && asked.push(frame.url()));
    const address = `${originOf('same')}/?onLoad=check-sso&silent=1`;
    await tab.goto(address);
    await signedIn(tab);
    expect(asked).toEqual([address]);
    expect(tab.frames().map((frame) => new URL(frame.url()).pathname)).toContain(
      '/realms/acme/protocol/openid-connect/login-status-iframe.html',
    );
  });

  it('learns in one tab that another tab has signed out', async () => {
    const first = await signIn('same');
    const second = await open('same', { onLoad: 'check-sso' });
    await signedIn(second);
    await signOut(first);
    await says(second, 'signed out meanwhile');
    expect(await run(second, 'keycloak.authenticated')).toBe(false);
    await says(first, 'signed out');
  });

  it('hears from no page of another client or origin', async () => {
    const tab = await signIn('same');
    const answerTo = (message: string) =>
      run(
        tab,
        `new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.src = keycloak.endpoints?.checkSessionIframe?.() ?? keycloak.authServerUrl + '/realms/acme/protocol/openid-connect/login-status-iframe.html';
          frame.onload = () => frame.contentWindow.postMessage(${message}, '*');
          addEventListener('message', ({ data, source }) => source === frame.contentWindow && resolve(data));
          document.body.append(frame);
        })`,
      );
    expect(await answerTo(`'${clientId} ' + keycloak.sessionId`)).toBe('unchanged');
    expect(await answerTo(`'${clientId} other'`)).toBe('changed');
    expect(await answerTo(`'nobody ' + keycloak.sessionId`)).toBe('error');
    expect(await answerTo(`'malformed'`)).toBe('error');
  });
});
