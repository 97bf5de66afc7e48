import { Authority, anonymousCaller } from '../../../src/access/index.ts';
import type { CreateClient } from '../../../src/clients/index.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { scopeLinks, TestClient } from '../../support/oauth.ts';
import { type Answer, serveWorld } from '../../support/rest.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';
import { ACCOUNT } from '../account.ts';
import { APP_SCOPE, CALLBACK, type ClientId, type Party, SCOPES, SIGNED_OUT, type Users } from './party.ts';

const CODE: CreateClient = {
  consent: 'trusted',
  grantTypes: ['authorization_code', 'refresh_token'],
  redirects: [{ uri: CALLBACK }],
  postLogoutRedirects: [{ uri: SIGNED_OUT }],
  scopes: scopeLinks(SCOPES),
};
const CLIENTS: Readonly<Record<ClientId, CreateClient>> = {
  web: { ...CODE, tokenEndpointAuthMethod: 'client_secret_basic' },
  relaxed: { ...CODE, tokenEndpointAuthMethod: 'client_secret_basic', pkce: 'optional' },
  app: { ...CODE, type: 'public' },
  posting: { ...CODE, tokenEndpointAuthMethod: 'client_secret_post' },
  machine: { grantTypes: ['client_credentials'], scopes: scopeLinks([APP_SCOPE]) },
};
/** Steps of an interaction by the names of the prompts of OpenID Connect. */
const PROMPTS: Readonly<Record<string, string>> = {
  PasswordStep: 'login',
  FactorStep: 'login',
  FactorEnrolmentStep: 'login',
  ConsentStep: 'consent',
  AccountStep: 'select_account',
};

const stateIn = ({ text }: Answer) =>
  JSON.parse(/<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text)?.[1] ?? 'null');

/** This service. */
export async function openOurs(): Promise<Party> {
  const world = await World.open();
  const tenant = await world.tenant({ name: 'acme' });
  const rest = await serveWorld(world);
  const secrets = {} as Record<ClientId, string | null>;
  for (const [clientId, input] of Object.entries(CLIENTS))
    secrets[clientId as ClientId] = (await TestClient.create(world, tenant, { clientId, ...input })).secret;
  const anna = (await world.newUser(tenant, ACCOUNT)).id;
  const bert = (await world.newUser(tenant, { username: 'bert' })).id;
  const users: Users = { anna, bert };
  const { json } = await rest.ask('GET', '/t/acme/.well-known/openid-configuration');
  const ask: Party['ask'] = (...request) => rest.ask(...request);
  return {
    issuer: json.issuer,
    metadata: json,
    secrets,
    users,
    ask,
    signIn: async (user) => {
      const jar = new CookieJar();
      const { cookie } = await world.signedIn(tenant, users[user], { inBrowser: true, acr: '1fa' });
      await jar.set('session', tenant, cookie!);
      return jar;
    },
    promptAt: async (path, jar) => {
      const page = await ask('GET', path, { headers: { accept: 'text/html', cookie: jar.header } });
      const step: string = stateIn(page).interaction.step.__typename;
      return PROMPTS[step] ?? step;
    },
    endSignOut: async ({ headers }, jar) => {
      const { location = null } = headers;
      const handle = /\/sign-out\/([\w-]+)$/.exec(location ?? '')?.[1];
      if (handle === undefined) return { isAsked: false, location };
      const authority = new Authority(anonymousCaller(TEST_ORIGIN), tenant, 'self');
      const input = { handle, isConfirmed: true };
      const answer = await jar.use((browser) => world.services.oauth.signOut.confirm(authority, browser, input));
      return { isAsked: true, location: answer.kind === 'redirect' ? answer.redirectTo : null };
    },
    close: async () => {
      await rest.close();
      await world.close();
    },
  };
}
