import { generateKeyPairSync } from 'node:crypto';
import type { Middleware } from 'koa';
import Provider, {
  type ClientMetadata,
  type Configuration,
  type Grant,
  interactionPolicy,
  type JWK,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { CookieJar } from '../../support/cookie-jar.ts';
import { type Answer, RestClient } from '../../support/rest.ts';
import {
  APP_SCOPE,
  CALLBACK,
  type ClientId,
  type Party,
  pathOf,
  SCOPES,
  type Secrets,
  SIGNED_OUT,
  type Users,
} from './party.ts';

const ISSUER = 'https://op.example.com';
const HOUR = 3600;

const CODE: Partial<ClientMetadata> = {
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: [CALLBACK],
  post_logout_redirect_uris: [SIGNED_OUT],
  scope: SCOPES.join(' '),
};
const CLIENTS: Readonly<Record<ClientId, Partial<ClientMetadata>>> = {
  web: CODE,
  relaxed: CODE,
  app: { ...CODE, token_endpoint_auth_method: 'none' },
  posting: { ...CODE, token_endpoint_auth_method: 'client_secret_post' },
  machine: { grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: APP_SCOPE },
};

/** A key for each algorithm that our service has. */
function newKeys(): JWK[] {
  const keys = {
    EdDSA: generateKeyPairSync('ed25519'),
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };
  return Object.entries(keys).map(([alg, { privateKey }]) => ({
    ...(privateKey.export({ format: 'jwk' }) as JWK),
    use: 'sig',
    alg,
  }));
}

/** Claims by scope, as OpenID Connect Core section 5.4 has them, and those of ID tokens. */
const CLAIMS = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile'].concat([
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ]),
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
  ...Object.fromEntries(['acr', 'amr', 'auth_time', 'iss', 'sid'].map((name) => [name, null])),
};

const configuration = (secrets: Secrets, users: Users): Configuration => ({
  clients: Object.entries(CLIENTS).map(([clientId, metadata]) => {
    const secret = secrets[clientId as ClientId];
    return {
      client_id: clientId,
      ...(secret === null ? {} : { client_secret: secret }),
      ...metadata,
    } as ClientMetadata;
  }),
  clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
  jwks: { keys: newKeys() },
  scopes: [...SCOPES, APP_SCOPE],
  claims: CLAIMS,
  acrValues: ['1fa', '2fa'],
  responseTypes: ['code'],
  enabledJWA: { idTokenSigningAlgValues: ['EdDSA', 'ES256', 'RS256'] },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
  allowOmittingSingleRegisteredRedirectUri: false,
  enableHttpPostMethods: true,
  cookies: { long: { sameSite: 'none' } },
  pkce: { required: (_ctx, client) => client.clientId !== 'relaxed' },
  rotateRefreshToken: true,
  // As with our clients, whose refresh tokens end with the session without lasting access.
  issueRefreshToken: (_ctx: unknown, client: { grantTypeAllowed: (name: string) => boolean }) =>
    client.grantTypeAllowed('refresh_token'),
  ttl: Object.fromEntries(
    ['AccessToken', 'ClientCredentials', 'Grant', 'IdToken', 'Interaction', 'RefreshToken', 'Session'].map((name) => [
      name,
      HOUR,
    ]),
  ),
  findAccount: (_ctx, accountId) => account(users, accountId),
  // The operator trusts the clients, so nobody is asked.
  loadExistingGrant: grantAll,
  interactions: { policy: newPolicy(), url: (_ctx, { uid }) => `/interaction/${uid}` },
  renderError: (ctx, { error }) => {
    ctx.type = 'html';
    ctx.body = error;
  },
  features: {
    claimsParameter: { enabled: true },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    requestObjects: { enabled: false },
  },
});

function account({ anna }: Users, accountId: string) {
  const text = Object.fromEntries(CLAIMS.profile.map((name) => [name, 'x']));
  const all = { ...text, updated_at: 0, email: 'x@example.com', email_verified: true, address: { locality: 'x' } };
  const phone = { phone_number: '+1', phone_number_verified: true };
  return {
    accountId,
    claims: () =>
      accountId === anna ? { sub: accountId, ...all, ...phone } : { sub: accountId, preferred_username: 'x' },
  };
}

/** The prompts of OpenID Connect Core section 3.1.2.1; `select_account` is not among those that it has by itself. */
function newPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return policy;
}

async function grantAll({ oidc }: KoaContextWithOIDC): Promise<Grant> {
  const { accountId = '' } = oidc.session!;
  const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
  grant.addOIDCClaims([...oidc.requestParamClaims]);
  await grant.save();
  return grant;
}

/** `oidc-provider`, configured like our service. */
export async function openTheirs(secrets: Secrets, users: Users): Promise<Party> {
  const provider = new Provider(ISSUER, configuration(secrets, users));
  provider.proxy = true;
  const handle = provider.callback();
  const rest = await RestClient.serve((async (ctx) => {
    ctx.respond = false;
    await handle(ctx.req, ctx.res);
  }) as Middleware);
  const behindProxy = { host: new URL(ISSUER).host, 'x-forwarded-proto': 'https' };
  const ask: Party['ask'] = (method, path, request = {}) =>
    rest.ask(method, path, { ...request, headers: { ...behindProxy, ...request.headers } });
  const { json: metadata } = await ask('GET', '/.well-known/openid-configuration');
  const party: Party = {
    issuer: ISSUER,
    metadata,
    secrets,
    users,
    ask,
    signIn: async (user) => {
      const session = new provider.Session();
      session.loginAccount({ accountId: users[user], acr: '1fa', amr: ['pwd'] });
      await session.save(HOUR);
      const jar = new CookieJar();
      jar.keep([`${provider.cookieName('session')}=${session.jti}`]);
      return jar;
    },
    promptAt: async (path) => {
      const interaction = await provider.Interaction.find(path.split('/').at(-1)!);
      return interaction!.prompt.name;
    },
    endSignOut: async ({ text }, jar) => {
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
      const headers = { cookie: jar.header, 'content-type': 'application/x-www-form-urlencoded' };
      const body = new URLSearchParams({ xsrf, logout: 'yes' }).toString();
      const answer = await ask('POST', `${pathOf(party, 'end_session_endpoint')}/confirm`, { headers, body });
      const location = endedAt(answer);
      return { isAsked: text.includes('op.logoutForm'), location };
    },
    close: () => rest.close(),
  };
  return party;
}

/** Where a sign-out ended; null: on the page of the service. */
function endedAt({ headers: { location }, status, text }: Answer): string | null {
  if (location === undefined) throw new Error(`The sign-out ended with ${status} ${text}.`);
  return location.startsWith(ISSUER) ? null : location;
}
