import { CookieJar } from '../../support/cookie-jar.ts';
import { CHALLENGE, pairsOf, REQUEST, STATE, type Values } from './authorize.request.ts';
import { forgedSignature, unsigned, unsignedOf } from './forged.ts';
import { type Observation, observeAuthorization } from './observation.ts';
import { CALLBACK, type Users } from './party.ts';
import { sendBrowser } from './requests.ts';
import type { OracleCase, Side } from './side.ts';

const NONE: readonly string[] = [];
const LONG = 'x'.repeat(20_000);

const UNCHALLENGED: Values = { code_challenge: NONE, code_challenge_method: NONE };

const subjectClaims = (value: string): Values => ({ claims: JSON.stringify({ id_token: { sub: { value } } }) });

const hint =
  (user: keyof Users, more: Values = {}) =>
  async (side: Side): Promise<Values> => ({ id_token_hint: await side.idTokenOf(user), ...more });

/** Values of a request, which may need something of the service that it goes to. */
type Asked = Values | ((side: Side) => Promise<Values>);

const ask = (name: string, asked: Asked, user: keyof Users | null = 'anna'): OracleCase => ({
  name,
  run: async (side) => {
    const { party } = side;
    const values = typeof asked === 'function' ? await asked(side) : asked;
    const pairs = pairsOf(values);
    const jar = await side.browserOf(user);
    const answer = await sendBrowser(party, jar, 'authorization_endpoint', pairs);
    return observeAuthorization(party, jar, answer, pairs.find(([parameter]) => parameter === 'state')?.[1] ?? null);
  },
});

/** The faults that a parameter of any kind can have. @param good A value that is right. */
const faultsOf = (name: string, good: string): OracleCase[] => [
  ask(`${name} absent`, { [name]: NONE }),
  ask(`${name} empty`, { [name]: '' }),
  ask(`${name} twice`, { [name]: [good, good] }),
  ask(`${name} of 20 KB`, { [name]: LONG }),
  ask(`${name} of another kind`, { [name]: '{"a":[1]}' }),
];

/** A right value for each parameter that the plain request does not have. */
const OPTIONAL: Readonly<Record<string, string>> = {
  response_mode: 'query',
  prompt: 'consent',
  max_age: '10000',
  claims: '{"userinfo":{"email":null}}',
  login_hint: 'anna',
  acr_values: '1fa',
  display: 'page',
  ui_locales: 'en',
  claims_locales: 'en',
  unknown: 'foobar',
};

const each = (name: string, values: readonly string[]): OracleCase[] =>
  values.map((value) => ask(`${name}=${value}`, { [name]: value }));

const REDIRECTS = [
  ...[
    `${CALLBACK}/`,
    `${CALLBACK}?a=b`,
    `${CALLBACK}#a`,
    'https://rp.example.com/Callback',
    'https://RP.example.com/callback',
  ],
  ...['https://rp.example.com:443/callback', 'http://rp.example.com/callback', 'https://evil.example/callback'],
  ...['https://user@rp.example.com/callback', '/callback', 'javascript:alert(1)'],
];
const CLAIMS = [
  ...['{', '[]', 'null', '"x"', '{}', '{"userinfo":null}', '{"userinfo":[]}', '{"userinfo":{}}', '{"unknown":{}}'],
  ...['{"userinfo":{"email":{"essential":true}}}', '{"userinfo":{"email":true}}', '{"userinfo":{"unknown":null}}'],
  ...['{"id_token":{"acr":{"essential":true,"value":"1fa"}}}', '{"id_token":{"acr":{"values":["2fa"]}}}'],
  ...['{"id_token":{"acr":{"essential":true,"values":["phr"]}}}', '{"id_token":{"auth_time":{"essential":true}}}'],
];

export const AUTHORIZE: readonly OracleCase[] = [
  ask('a plain request', {}),
  ask('a plain request without a session', {}, null),
  ...Object.entries(REQUEST).flatMap(([name, good]) => faultsOf(name, good)),
  ...Object.entries(OPTIONAL).flatMap(([name, good]) => [
    ask(`${name} good`, { [name]: good }),
    ...faultsOf(name, good).slice(1),
  ]),
  ...each('client_id', ['nobody', 'machine']),
  ...each('redirect_uri', REDIRECTS),
  ...each('response_type', ['token', 'id_token', 'code id_token', 'none', 'CODE', 'code code']),
  ...each('scope', [
    'profile',
    'unknown',
    'openid unknown',
    'openid openid',
    'openid  profile',
    'openid\tprofile',
    'openid "',
  ]),
  ask('offline_access with consent', { scope: 'openid offline_access', prompt: 'consent' }),
  ask('offline_access without consent', { scope: 'openid offline_access' }),
  ...each('response_mode', ['query', 'fragment', 'form_post', 'query.jwt', 'web_message']),
  ask('response_mode=fragment with an error', { response_mode: 'fragment', prompt: 'none login' }),
  ask('response_mode=form_post with an error', { response_mode: 'form_post', prompt: 'none login' }),
  ask('response_mode of a response type with a token', { response_type: 'token', response_mode: 'query' }),
  ask('code_challenge one character shorter', { code_challenge: CHALLENGE.slice(1) }),
  ask('code_challenge one character longer', { code_challenge: `${CHALLENGE}x` }),
  ask('code_challenge with another character', { code_challenge: `${CHALLENGE.slice(1)}=` }),
  ask('code_challenge of 128 characters', { code_challenge: 'v'.repeat(128) }),
  ...each('code_challenge_method', ['plain', 's256', 'S512']),
  ask('no challenge and no method', UNCHALLENGED),
  ask('no challenge of a public client', { client_id: 'app', ...UNCHALLENGED }),
  ask('a challenge of a public client', { client_id: 'app' }),
  ask('no challenge of a relaxed client', { client_id: 'relaxed', ...UNCHALLENGED }),
  ...each('prompt', [
    'none',
    'login',
    'consent',
    'select_account',
    'create',
    'none login',
    'login consent',
    'LOGIN',
    'login login',
  ]),
  ...['none', 'login', 'select_account'].map((prompt) => ask(`prompt=${prompt} without a session`, { prompt }, null)),
  ...each('max_age', ['0', '1000000', '-1', '1.5', '1e3', ' 10', '99999999999999999999', '0x10']),
  ask('max_age=0 without a page', { max_age: '0', prompt: 'none' }),
  ask('max_age without a session', { max_age: '10000' }, null),
  ...each('claims', CLAIMS),
  ask('claims with the sub of the user', async ({ party }) => subjectClaims(party.users.anna)),
  ask('claims with the sub of another user', async ({ party }) => subjectClaims(party.users.bert)),
  ask('claims with the sub of another user without a page', async ({ party }) => ({
    ...subjectClaims(party.users.bert),
    prompt: 'none',
  })),
  ask('id_token_hint of the user', hint('anna')),
  ask('id_token_hint of the user without a page', hint('anna', { prompt: 'none' })),
  ask('id_token_hint of another user', hint('bert')),
  ask('id_token_hint of another user without a page', hint('bert', { prompt: 'none' })),
  ask('id_token_hint without a session', hint('anna'), null),
  ask('id_token_hint of another client', hint('anna', { client_id: 'relaxed' })),
  ask('id_token_hint twice', async (side) => ({ id_token_hint: Array(2).fill(await side.idTokenOf('anna')) })),
  ask('id_token_hint that was changed', async (side) => ({
    id_token_hint: forgedSignature(await side.idTokenOf('anna')),
  })),
  ask('id_token_hint without a signature', async (side) => ({ id_token_hint: unsigned(await side.idTokenOf('anna')) })),
  ask('id_token_hint of 20 KB', { id_token_hint: LONG }),
  ...each('id_token_hint', ['', 'x', 'a.b.c']),
  ...each('acr_values', ['2fa', 'unknown', '1fa 2fa']),
  ...each('display', ['popup', 'touch', 'wap']),
  ask('request without a signature', async ({ party }) => ({
    request: unsignedOf({ client_id: 'web', iss: 'web', aud: party.issuer }),
  })),
  ...each('request', ['', 'x']),
  ...each('request_uri', ['', 'https://rp.example.com/request', 'urn:ietf:params:oauth:request_uri:x']),
  ...each('registration', ['', '{}']),
  ask('two unknown parameters of one name', { unknown: ['a', 'b'] }),
  ask('state twice with two values', { state: ['a', 'b'] }),
  ask('state twice with an error', { state: ['a', 'a'], prompt: 'none login' }),
  ask('response_mode twice with a fragment', { response_mode: ['fragment', 'fragment'] }),
  ask('response_type and scope wrong', { response_type: 'token', scope: 'unknown' }),
  ask('client and address wrong', { client_id: 'nobody', redirect_uri: 'https://evil.example/' }),
  ask('address and response_type wrong', { redirect_uri: 'https://evil.example/', response_type: 'token' }),
  {
    name: 'a plain request that is posted',
    run: async (side) => {
      const jar = await side.browserOf('anna');
      const answer = await sendBrowser(side.party, jar, 'authorization_endpoint', pairsOf({}), 'POST');
      return observeAuthorization(side.party, jar, answer, STATE);
    },
  },
  { name: 'no parameters', run: async (side) => observePlain(side, 'GET') },
  { name: 'another method', run: async (side) => observePlain(side, 'PUT') },
];

async function observePlain(side: Side, method: string): Promise<Observation> {
  const answer = await side.party.ask(method, side.pathOf('authorization_endpoint'), {
    headers: { accept: 'text/html' },
  });
  return observeAuthorization(side.party, new CookieJar(), answer, null);
}
