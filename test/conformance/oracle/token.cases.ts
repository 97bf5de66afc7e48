import { TEST_VERIFIER } from '../../support/oauth.ts';
import type { Answer } from '../../support/rest.ts';
import type { Values } from './authorize.request.ts';
import { observeIdToken, observeTokens } from './observation.ts';
import { APP_SCOPE, CALLBACK } from './party.ts';
import { FORM } from './requests.ts';
import { type Authentication, basic, formOf, type OracleCase, type Side } from './side.ts';

const NONE: readonly string[] = [];
const LONG = 'x'.repeat(20_000);
const UNCHALLENGED: Values = { code_challenge: NONE, code_challenge_method: NONE };

const tell = (name: string, send: (side: Side) => Promise<Answer>): OracleCase => ({
  name,
  run: async (side) => observeTokens(await send(side)),
});

/** Looks at the ID token of an answer, whose claims the other cases leave out. */
const tellClaims = (name: string, send: (side: Side) => Promise<Answer>): OracleCase => ({
  name: `ID token: ${name}`,
  run: async (side) => observeIdToken(await send(side)),
});

/** The faults that a parameter can have, each in a request that is right otherwise. */
const faultsOf = (
  name: string,
  good: (side: Side) => Promise<string>,
  send: (side: Side, values: Values) => Promise<Answer>,
): OracleCase[] => [
  tell(`${name} absent`, (side) => send(side, { [name]: NONE })),
  tell(`${name} empty`, (side) => send(side, { [name]: '' })),
  tell(`${name} twice`, async (side) => send(side, { [name]: Array(2).fill(await good(side)) })),
  tell(`${name} of 20 KB`, (side) => send(side, { [name]: LONG })),
  tell(`${name} of another kind`, (side) => send(side, { [name]: '{"a":[1]}' })),
];

const withCode = async (side: Side, values: Values): Promise<Answer> => side.exchange(await side.code(), values);
const withRefresh = async (side: Side, values: Values): Promise<Answer> =>
  side.refresh((await side.tokens()).refreshToken, values);

/** A right request of a client with the authentication of another kind. */
const as = (name: string, make: (side: Side) => Authentication, values: Values = {}): OracleCase =>
  tell(`client: ${name}`, async (side) => side.exchange(await side.code(), values, 'web', make(side)));
const header = (authorization: string): Authentication => ({ authorization });
const secretOf = ({ party }: Side): string => party.secrets.web ?? '';

const CODE: readonly OracleCase[] = [
  tell('code: plain', (side) => withCode(side, {})),
  ...faultsOf('grant_type', async () => 'authorization_code', withCode),
  ...faultsOf('code', (side) => side.code(), withCode),
  ...faultsOf('redirect_uri', async () => CALLBACK, withCode),
  ...faultsOf('code_verifier', async () => TEST_VERIFIER, withCode),
  ...faultsOf('client_id', async () => 'web', withCode).slice(1),
  ...['password', 'implicit', 'urn:ietf:params:oauth:grant-type:device_code', 'client_credentials'].map((grant) =>
    tell(`grant_type=${grant}`, (side) => withCode(side, { grant_type: grant })),
  ),
  tell('code: twice', async (side) => {
    const { code } = await side.tokens();
    return side.exchange(code);
  }),
  tell('code: of another client', async (side) => side.exchange(await side.code(), {}, 'relaxed')),
  tell('code: another address', (side) => withCode(side, { redirect_uri: `${CALLBACK}/` })),
  tell('code: another verifier', (side) => withCode(side, { code_verifier: 'w'.repeat(43) })),
  tell('code: a short verifier', (side) => withCode(side, { code_verifier: 'v'.repeat(42) })),
  tell('code: a verifier without a challenge', async (side) =>
    side.exchange(await side.code(UNCHALLENGED, 'relaxed'), {}, 'relaxed'),
  ),
  tell('code: neither verifier nor challenge', async (side) =>
    side.exchange(await side.code(UNCHALLENGED, 'relaxed'), { code_verifier: NONE }, 'relaxed'),
  ),
  tell('code: with a scope', (side) => withCode(side, { scope: 'openid' })),
  tell('code: with a parameter twice that nobody knows', (side) => withCode(side, { unknown: ['a', 'b'] })),
  tell('code: of a public client', async (side) => side.exchange(await side.code({}, 'app'), {}, 'app')),
  tell('code: of a client that posts its secret', async (side) =>
    side.exchange(await side.code({}, 'posting'), {}, 'posting'),
  ),
  ...(
    [
      ['several scopes', { scope: 'openid profile email' }],
      ['an unknown scope', { scope: 'openid unknown' }],
      ['lasting access without consent', { scope: 'openid offline_access' }],
    ] as [string, Values][]
  ).map(([name, asked]) => tell(`tokens: ${name}`, async (side) => side.exchange(await side.code(asked)))),
  ...(
    [
      ['plain', {}],
      ['no nonce', { nonce: NONE }],
      ['max_age', { max_age: '10000' }],
      ['acr_values', { acr_values: '1fa' }],
      ['a claim', { scope: 'openid email', claims: '{"id_token":{"email":null}}' }],
      ['claims of a scope', { scope: 'openid email profile' }],
    ] as [string, Values][]
  ).map(([name, asked]) => tellClaims(name, async (side) => side.exchange(await side.code(asked)))),
  tellClaims('refreshed', async (side) => side.refresh((await side.tokens()).refreshToken)),
];

const CLIENT: readonly OracleCase[] = [
  as('nothing', () => 'none', { client_id: NONE }),
  as('an id without a secret', () => 'none'),
  as('the secret in the form', () => 'post'),
  as('a wrong secret', () => header(basic('web', 'wrong'))),
  as('an empty secret', () => header(basic('web', ''))),
  as('a wrong secret in the form', () => 'none', { client_secret: 'wrong' }),
  as('an unknown client', () => header(basic('nobody', 'x'))),
  as('an unknown client in the form', () => 'none', { client_id: 'nobody' }),
  as('another scheme', () => header('Bearer x')),
  as('a scheme without credentials', () => header('Basic')),
  as('no colon', () => header(`Basic ${Buffer.from('web').toString('base64')}`)),
  as('no Base64', () => header('Basic %%%')),
  as('a bad escape', () => header(basic('web', '%zz'))),
  as('header and form', (side) => header(basic('web', secretOf(side))), { client_secret: 'x' }),
  as('header and the same id', (side) => header(basic('web', secretOf(side))), { client_id: 'web' }),
  as('header and another id', (side) => header(basic('web', secretOf(side))), { client_id: 'relaxed' }),
  as('the scheme in capitals', (side) => header(basic('web', secretOf(side)).replace('Basic', 'BASIC'))),
  tell('client: two secrets', async (side) =>
    side.exchange(await side.code(), { client_secret: [secretOf(side), secretOf(side)] }, 'web', 'post'),
  ),
  tell('client: a public client with a secret', async (side) =>
    side.exchange(await side.code({}, 'app'), { client_secret: 'x' }, 'app'),
  ),
  tell('client: one that posts, by a header', async (side) =>
    side.exchange(await side.code({}, 'posting'), {}, 'posting', 'basic'),
  ),
];

/** Requests that are none of the endpoint. */
const TRANSPORT: readonly OracleCase[] = [
  tell('transport: GET', (side) => side.party.ask('GET', side.pathOf('token_endpoint'))),
  tell('transport: PUT', (side) =>
    side.party.ask('PUT', side.pathOf('token_endpoint'), { headers: { 'content-type': FORM }, body: '' }),
  ),
  tell('transport: JSON', (side) =>
    side.party.ask('POST', side.pathOf('token_endpoint'), {
      headers: { authorization: basic('web', secretOf(side)) },
      body: { grant_type: 'authorization_code' },
    }),
  ),
  tell('transport: no body', (side) =>
    side.party.ask('POST', side.pathOf('token_endpoint'), { headers: { authorization: basic('web', secretOf(side)) } }),
  ),
  tell('transport: parameters in the query', async (side) => {
    const query = formOf({
      grant_type: 'authorization_code',
      code: await side.code(),
      redirect_uri: CALLBACK,
      code_verifier: TEST_VERIFIER,
    });
    const headers = { authorization: basic('web', secretOf(side)), 'content-type': FORM };
    return side.party.ask('POST', `${side.pathOf('token_endpoint')}?${query}`, { headers, body: '' });
  }),
];

const REFRESH: readonly OracleCase[] = [
  tell('refresh: plain', (side) => withRefresh(side, {})),
  ...faultsOf('refresh_token', async (side) => (await side.tokens()).refreshToken, withRefresh),
  tell('refresh: of another client', async (side) => side.refresh((await side.tokens()).refreshToken, {}, 'relaxed')),
  tell('refresh: with a client that may not', async (side) =>
    side.refresh((await side.tokens()).refreshToken, {}, 'machine'),
  ),
  tell('refresh: of a public client', async (side) =>
    side.refresh((await side.tokens({}, 'app')).refreshToken, {}, 'app'),
  ),
  tell('refresh: spent', async (side) => {
    const { refreshToken } = await side.tokens();
    await side.refresh(refreshToken);
    return side.refresh(refreshToken);
  }),
  tell('refresh: the next one, after a spent one returned', async (side) => {
    const { refreshToken } = await side.tokens();
    const next = await side.refresh(refreshToken);
    await side.refresh(refreshToken);
    return side.refresh(next.json.refresh_token);
  }),
  tell('refresh: after the code returned', async (side) => {
    const { code, refreshToken } = await side.tokens();
    await side.exchange(code);
    return side.refresh(refreshToken);
  }),
  tell('refresh: an access token', async (side) => side.refresh((await side.tokens()).accessToken)),
  tell('refresh: a code', async (side) => side.refresh(await side.code())),
  ...(
    [
      ['less', 'openid'],
      ['the same', 'openid email'],
      ['more', 'openid email profile'],
      ['nothing known', 'unknown'],
      ['something malformed', 'openid "'],
      ['nothing', ''],
    ] as [string, string][]
  ).map(([name, scope]) =>
    tell(`refresh: asks for ${name}`, async (side) =>
      side.refresh((await side.tokens({ scope: 'openid email' })).refreshToken, { scope }),
    ),
  ),
];

const OWN: readonly OracleCase[] = (
  [
    ['plain', {}],
    ['its scope', { scope: APP_SCOPE }],
    ['an unknown scope', { scope: 'unknown' }],
    ['a scope of users', { scope: 'openid' }],
    ['a scope that is malformed', { scope: '"' }],
    ['a scope twice', { scope: [APP_SCOPE, APP_SCOPE] }],
  ] as [string, Values][]
).map(([name, values]) =>
  tell(`machine: ${name}`, (side) =>
    side.post('token_endpoint', { grant_type: 'client_credentials', ...values }, 'machine'),
  ),
);

export const TOKEN: readonly OracleCase[] = [...CODE, ...CLIENT, ...TRANSPORT, ...REFRESH, ...OWN];
