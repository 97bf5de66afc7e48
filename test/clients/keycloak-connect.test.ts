import express from 'express';
import session from 'express-session';
import Keycloak from 'keycloak-connect';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endStarted } from '../support/frontend.ts';
import {
  ApplicationServer,
  IdentityProvider,
  type NewUser,
  PASSWORD,
  REALM_SCOPES,
} from '../support/relying-parties.ts';

let provider: IdentityProvider;
const opened: ApplicationServer[] = [];
beforeAll(async () => {
  provider = await IdentityProvider.start({ template: 'REALM' });
});
afterEach(() => {
  for (const application of opened.splice(0)) application.close();
});
afterAll(() => endStarted());

/** What the middleware adds to a request. */
interface Granted {
  readonly kauth: { readonly grant: { readonly access_token: { readonly content: Record<string, unknown> } } };
}

/** An application of Express as the documentation of keycloak-connect shows it, registered as a client. */
async function openApplication(base: string) {
  const application = await ApplicationServer.listen();
  opened.push(application);
  const { url } = application;
  const { clientId, secret } = await provider.newClient('', '', {
    consent: 'TRUSTED',
    hasFullRoleScope: true,
    scopes: REALM_SCOPES,
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'PASSWORD'],
    redirects: [{ uri: `${url}/*`, match: 'WILDCARD' }],
    postLogoutRedirects: [{ uri: `${url}/` }],
    adminUrl: url,
    isResourceServer: true,
  });
  const store = new session.MemoryStore();
  const keycloak = new Keycloak({ store }, {
    realm: 'acme',
    'auth-server-url': `${new URL(provider.issuer).origin}${base}`,
    'ssl-required': 'none',
    resource: clientId,
    credentials: { secret },
    'confidential-port': 0,
  } as Keycloak.KeycloakConfig);
  const app = express();
  app.use(session({ secret: 'a secret of the test', resave: false, saveUninitialized: true, store }));
  app.use(keycloak.middleware({ logout: '/logout', admin: '/' }));
  app.get('/', (_request, response) => void response.send('everybody'));
  app.get('/account', keycloak.protect(), (request, response) => {
    response.json((request as unknown as Granted).kauth.grant.access_token.content);
  });
  app.get('/managers', keycloak.protect('realm:digitanium_user'), (_request, response) => {
    response.send('managers');
  });
  for (const mode of ['permissions', 'token'] as const)
    app.get(`/desk/${mode}`, keycloak.enforcer('Default Resource', { response_mode: mode }), (request, response) => {
      const { content } = (request as unknown as Granted).kauth.grant.access_token;
      response.send(content['sub']);
    });
  application.answer = app;
  /** A token of the application for a user, by the password. */
  const tokenOf = async ({ username }: NewUser): Promise<string> => {
    const issuer = provider.issuer.replace('/t/', `${base}/realms/`);
    const answer = await fetch(`${issuer}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: clientId,
        client_secret: secret!,
        username,
        password: PASSWORD,
      }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  };
  const ask = (path: string, token: string) =>
    fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` }, redirect: 'manual' });
  return { url, clientId, tokenOf, ask };
}

describe.each(['', '/auth'])('keycloak-connect, the service below %j', (base) => {
  it('protects a page: its user signs in, comes back with tokens and signs out', async () => {
    const { url, clientId } = await openApplication(base);
    const { userId, username, user } = await provider.newUser();
    const visit = await user.visit(`${url}/account`);
    // It takes `code`, `state` and `session_state` from its address, but not `iss` (RFC 9207).
    expect([...visit.url.searchParams.keys()]).toEqual(['iss']);
    expect([visit.url.pathname, visit.status, visit.asked]).toEqual(['/account', 200, ['PasswordStep']]);
    expect(JSON.parse(visit.text)).toMatchObject({
      iss: provider.issuer.replace('/t/', `${base}/realms/`),
      sub: userId,
      preferred_username: username,
      azp: clientId,
      typ: 'Bearer',
    });
    expect((await user.visit(`${url}/account`)).asked).toEqual([]);
    const out = await user.visit(`${url}/logout`);
    expect([out.url.href, out.text]).toEqual([`${url}/`, 'everybody']);
    expect((await user.visit(`${url}/account`)).asked).toEqual(['PasswordStep']);
  });

  it('learns that an administrator has ended the session, and forgets its tokens', async () => {
    const { url } = await openApplication(base);
    const [ended, other] = [await provider.newUser(), await provider.newUser()];
    for (const { user } of [ended, other]) await user.visit(`${url}/account`);
    const statusOf = async ({ user }: NewUser) => (await user.send(new URL(`${url}/account`))).status;
    expect([await statusOf(ended), await statusOf(other)]).toEqual([200, 200]);
    await provider.endSessions(ended.userId);
    await expect.poll(() => statusOf(ended), { timeout: 10_000 }).toBe(302);
    expect(await statusOf(other)).toBe(200);
  });

  it('learns before which moment tokens are refused, and forgets older ones', async () => {
    const { url, clientId } = await openApplication(base);
    const { user } = await provider.newUser();
    await user.visit(`${url}/account`);
    const status = async () => (await user.send(new URL(`${url}/account`))).status;
    expect(await status()).toBe(200);
    // Tokens say in which second they were issued, so the moment is sent until it is a later one.
    const pushed = async () => {
      await provider.refuseTokensBefore(clientId, new Date());
      return status();
    };
    await expect.poll(pushed, { timeout: 10_000 }).toBe(302);
  });

  it('asks for permissions on the resource of the application, and for a token that has them', async () => {
    const { tokenOf, ask } = await openApplication(base);
    const [member, stranger] = [await provider.newUser(), await provider.newUser()];
    await provider.revokeRole(stranger.userId, 'default-roles-acme');
    for (const path of ['/desk/permissions', '/desk/token']) {
      const allowed = await ask(path, await tokenOf(member));
      expect([path, allowed.status, await allowed.text()]).toEqual([path, 200, member.userId]);
      expect([path, (await ask(path, await tokenOf(stranger))).status]).toEqual([path, 403]);
      expect([path, (await ask(path, 'nonsense')).status]).toEqual([path, 403]);
    }
  });

  it('takes bearer tokens, and lets in by roles of the realm', async () => {
    const { tokenOf, ask } = await openApplication(base);
    const [member, stranger] = [await provider.newUser(), await provider.newUser()];
    await provider.grantRole(member.userId, { name: 'digitanium_user' });
    const token = await tokenOf(member);
    expect(await (await ask('/account', token)).json()).toMatchObject({ sub: member.userId });
    expect(await (await ask('/managers', token)).text()).toBe('managers');
    expect((await ask('/managers', await tokenOf(stranger))).status).toBe(403);
    const [header, payload] = token.split('.');
    expect((await ask('/account', `${header}.${payload}.AAAA`)).status).not.toBe(200);
  });
});
