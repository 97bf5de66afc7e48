import { checkJson, checkToken } from '../checks.ts';
import { fetchKeys, formHeaders, makeApp, requestTokens, seedPeer, signIn, tokenPath } from '../fixtures.ts';
import { CONNECTIONS, overHttp, WARM_UP, WARM_UP_OF_LISTS } from '../http-contender.ts';
import type { LoadRequest } from '../http-message.ts';
import { HANDLE } from '../load-protocol.ts';
import type { BenchRow, Contender } from '../row.ts';
import type { Subject } from '../servers.ts';
import type { World } from '../world.ts';

const SCOPE = 'user:read';
/** Path of the token endpoint of our tenant `master`. */
const OWN_TOKEN = tokenPath('master');
/** The resource server for which the peer issues JWTs (RFC 8707). */
export const RESOURCE = 'urn:bench:api';

export const postForm = (
  client: { clientId: string; clientSecret: string },
  path: string,
  parameters: Record<string, string>,
): LoadRequest => ({
  method: 'POST',
  path,
  headers: formHeaders(client),
  body: new URLSearchParams(parameters).toString(),
});

/** The contender that asks our service for tokens of its bootstrap client. */
export async function ownTokens(world: World, name: string, subject: Subject): Promise<Contender> {
  const keys = await fetchKeys(`${subject.url}/t/master/oauth/jwks`);
  const request = postForm(subject, OWN_TOKEN, { grant_type: 'client_credentials', scope: SCOPE });
  return overHttp(world, {
    name,
    subject,
    plan: { requests: [request] },
    check: checkToken(keys, { client_id: subject.clientId, scope: SCOPE, iss: `${subject.url}/t/master` }),
    warmUp: WARM_UP,
  });
}

const CLIENT_CREDENTIALS = { grant_type: 'client_credentials', scope: SCOPE };

const token: BenchRow = {
  key: 'token',
  title: 'client-credentials token: EdDSA JWT, one durable row',
  servers: ['idgraph', 'oidc-provider', 'hand-written'],
  async prepare(world) {
    const [peer, least] = [await world.server('oidc-provider'), await world.server('hand-written')];
    return [
      await ownTokens(world, 'idgraph', await world.server('idgraph')),
      overHttp(world, {
        name: 'oidc-provider',
        subject: peer,
        plan: { requests: [postForm(peer, '/token', { ...CLIENT_CREDENTIALS, resource: RESOURCE })] },
        check: checkToken(await fetchKeys(`${peer.url}/jwks`), { client_id: 'bench', scope: SCOPE, aud: RESOURCE }),
        warmUp: WARM_UP,
      }),
      overHttp(world, {
        name: 'hand-written',
        subject: least,
        plan: { requests: [postForm(least, '/token', CLIENT_CREDENTIALS)] },
        check: checkToken(await fetchKeys(`${least.url}/jwks`), { client_id: 'bench', scope: SCOPE }),
        warmUp: WARM_UP,
      }),
    ];
  },
};

const introspect: BenchRow = {
  key: 'introspection',
  title: 'introspection of an access token',
  servers: ['idgraph', 'oidc-provider', 'hand-written'],
  async prepare(world) {
    const contender = async (name: string, subject: Subject, from: string, path: string) => {
      const { access_token } = await requestTokens(`${subject.url}${from}`, subject, CLIENT_CREDENTIALS);
      return overHttp(world, {
        name,
        subject,
        plan: { requests: [postForm(subject, path, { token: access_token })] },
        check: checkJson(
          'Not an active token of the client',
          ({ active, scope, client_id }) => active === true && scope === SCOPE && client_id === subject.clientId,
        ),
        warmUp: WARM_UP,
      });
    };
    return [
      await contender('idgraph', await world.server('idgraph'), OWN_TOKEN, '/t/master/oauth/introspect'),
      await contender('oidc-provider', await world.server('oidc-provider'), '/token', '/token/introspection'),
      await contender('hand-written', await world.server('hand-written'), '/token', '/introspect'),
    ];
  },
};

const userinfo: BenchRow = {
  key: 'userinfo',
  title: 'userinfo: claims of the profile and the e-mail address',
  servers: ['idgraph', 'oidc-provider'],
  async prepare(world) {
    const [subject, peer] = [await world.server('idgraph'), await world.server('oidc-provider')];
    const contender = (name: string, server: Subject, path: string, tokens: readonly string[]) =>
      overHttp(world, {
        name,
        subject: server,
        plan: {
          requests: tokens.map((one) => ({ method: 'GET', path, headers: { authorization: `Bearer ${one}` } })),
        },
        check: checkJson('Not the claims of a user', (claims) =>
          ['sub', 'given_name', 'family_name', 'email'].every((name) => typeof claims[name] === 'string'),
        ),
        warmUp: WARM_UP,
      });
    const own = await signIn(world, 'openid profile email');
    const seeds = await seedPeer(peer, own.length);
    return [
      contender(
        'idgraph',
        subject,
        '/t/demo/oauth/userinfo',
        own.map(({ access_token }) => access_token),
      ),
      contender(
        'oidc-provider',
        peer,
        '/me',
        seeds.map(({ accessToken }) => accessToken),
      ),
    ];
  },
};

/** Each connection refreshes one family again and again, with the refresh token of its last answer. */
const refresh: BenchRow = {
  key: 'refresh',
  title: 'refresh with rotation: EdDSA JWT, one durable row',
  servers: ['idgraph', 'oidc-provider'],
  async prepare(world) {
    const [subject, peer] = [await world.server('idgraph'), await world.server('oidc-provider')];
    const app = await makeApp(world);
    const own = await signIn(world, 'profile');
    const seeds = await seedPeer(peer, own.length);
    const plan = (request: LoadRequest, first: readonly string[]) => ({
      requests: [request],
      connections: Math.min(CONNECTIONS, first.length),
      follows: { member: 'refresh_token', first },
    });
    const grant = { grant_type: 'refresh_token', refresh_token: HANDLE };
    return [
      overHttp(world, {
        name: 'idgraph',
        subject,
        plan: plan(
          postForm(app, tokenPath('demo'), grant),
          own.map(({ refresh_token }) => refresh_token),
        ),
        check: checkToken(
          await fetchKeys(`${subject.url}/t/demo/oauth/jwks`),
          { client_id: app.clientId, iss: `${subject.url}/t/demo` },
          ['refresh_token'],
        ),
        warmUp: WARM_UP_OF_LISTS,
      }),
      overHttp(world, {
        name: 'oidc-provider',
        subject: peer,
        plan: plan(
          postForm(peer, '/token', grant),
          seeds.map(({ refreshToken }) => refreshToken),
        ),
        check: checkToken(await fetchKeys(`${peer.url}/jwks`), { client_id: 'bench', aud: RESOURCE }, [
          'refresh_token',
        ]),
        warmUp: WARM_UP_OF_LISTS,
      }),
    ];
  },
};

/** Enough for the compiler: a sign-in takes as long as a hundred tokens, because Argon2 is meant to be slow. */
const WARM_UP_OF_SIGN_INS = 300;
const SIGN_IN_CONNECTIONS = 16;

/** No two connections sign the same user in at a moment. */
const signInByPassword: BenchRow = {
  key: 'sign-in',
  title: 'sign-in by password (Argon2id): session, access and refresh token',
  servers: ['idgraph'],
  async prepare(world) {
    const subject = await world.server('idgraph');
    const app = await makeApp(world);
    const grant = { grant_type: 'password', scope: 'profile' };
    return [
      overHttp(world, {
        name: 'idgraph',
        subject,
        plan: {
          requests: app.people.map((person) => postForm(app, tokenPath('demo'), { ...grant, ...person })),
          connections: SIGN_IN_CONNECTIONS,
          isPartitioned: true,
        },
        check: checkToken(
          await fetchKeys(`${subject.url}/t/demo/oauth/jwks`),
          { client_id: app.clientId, iss: `${subject.url}/t/demo` },
          ['refresh_token'],
        ),
        warmUp: WARM_UP_OF_SIGN_INS,
      }),
    ];
  },
};

export const OAUTH_ROWS = { token, introspect, userinfo, refresh, signInByPassword };
