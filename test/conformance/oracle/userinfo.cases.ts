import type { Answer } from '../../support/rest.ts';
import type { Values } from './authorize.request.ts';
import { observeJson } from './observation.ts';
import { FORM } from './requests.ts';
import { formOf, type OracleCase, type Side } from './side.ts';

const tell = (name: string, send: (side: Side) => Promise<Answer>): OracleCase => ({
  name,
  run: async (side) => observeJson(await send(side)),
});

const accessToken = async (side: Side, asked: Values = {}): Promise<string> => (await side.tokens(asked)).accessToken;

/** @param authorization The whole header. */
const get = (side: Side, authorization?: string, query = ''): Promise<Answer> =>
  side.party.ask('GET', `${side.pathOf('userinfo_endpoint')}${query}`, {
    headers: authorization === undefined ? {} : { authorization },
  });
const post = (side: Side, form: Values, authorization?: string): Promise<Answer> =>
  side.party.ask('POST', side.pathOf('userinfo_endpoint'), {
    headers: { 'content-type': FORM, ...(authorization === undefined ? {} : { authorization }) },
    body: formOf(form),
  });

export const USERINFO: readonly OracleCase[] = [
  tell('a token in the header', async (side) => get(side, `Bearer ${await accessToken(side)}`)),
  tell('a token in the header of a POST', async (side) => post(side, {}, `Bearer ${await accessToken(side)}`)),
  tell('a token in the form', async (side) => post(side, { access_token: await accessToken(side) })),
  tell('a token twice in the form', async (side) =>
    post(side, { access_token: Array(2).fill(await accessToken(side)) }),
  ),
  tell('a token in header and form', async (side) => {
    const token = await accessToken(side);
    return post(side, { access_token: token }, `Bearer ${token}`);
  }),
  tell('a token in the query', async (side) => get(side, undefined, `?access_token=${await accessToken(side)}`)),
  tell('a token with the scheme in small letters', async (side) => get(side, `bearer ${await accessToken(side)}`)),
  tell('a token of another scheme', async (side) => get(side, `Basic ${await accessToken(side)}`)),
  tell('a token with a second word', async (side) => get(side, `Bearer ${await accessToken(side)} x`)),
  tell('no token', (side) => get(side)),
  tell('no token in a POST', (side) => post(side, {})),
  tell('an empty token in the form', (side) => post(side, { access_token: '' })),
  tell('a scheme without a token', (side) => get(side, 'Bearer')),
  tell('a token that is none', (side) => get(side, 'Bearer x')),
  tell('a token of 10 KB', (side) => get(side, `Bearer ${'x'.repeat(10_000)}`)),
  tell('an ID token', async (side) => get(side, `Bearer ${(await side.tokens()).idToken}`)),
  tell('a refresh token', async (side) => get(side, `Bearer ${(await side.tokens()).refreshToken}`)),
  tell('a code', async (side) => get(side, `Bearer ${await side.code()}`)),
  tell('a token of a client itself', async (side) => {
    const { json } = await side.post('token_endpoint', { grant_type: 'client_credentials' }, 'machine');
    return get(side, `Bearer ${json.access_token}`);
  }),
  tell('a token without openid', async (side) => {
    const { json } = await side.exchange(await side.code({ scope: 'profile', nonce: [] }));
    return get(side, `Bearer ${json.access_token}`);
  }),
  tell('a token whose code returned', async (side) => {
    const { code, accessToken: token } = await side.tokens();
    await side.exchange(code);
    return get(side, `Bearer ${token}`);
  }),
  tell('a token whose refresh token returned', async (side) => {
    const { refreshToken, accessToken: token } = await side.tokens();
    await side.refresh(refreshToken);
    await side.refresh(refreshToken);
    return get(side, `Bearer ${token}`);
  }),
  tell('a token that was refreshed', async (side) => {
    const { refreshToken } = await side.tokens({ scope: 'openid email' });
    const { json } = await side.refresh(refreshToken);
    return get(side, `Bearer ${json.access_token}`);
  }),
  tell('a token that was revoked', async (side) => {
    const token = await accessToken(side);
    await side.post('revocation_endpoint', { token }, 'web');
    return get(side, `Bearer ${token}`);
  }),
  tell('a token that another client tried to revoke', async (side) => {
    const token = await accessToken(side);
    await side.post('revocation_endpoint', { token }, 'relaxed');
    return get(side, `Bearer ${token}`);
  }),
  tell('a token whose refresh token was revoked', async (side) => {
    const { refreshToken, accessToken: token } = await side.tokens();
    await side.post('revocation_endpoint', { token: refreshToken }, 'web');
    return get(side, `Bearer ${token}`);
  }),
  ...['openid profile', 'openid email', 'openid address', 'openid phone', 'openid profile email address phone'].map(
    (scope) => tell(`the scopes ${scope}`, async (side) => get(side, `Bearer ${await accessToken(side, { scope })}`)),
  ),
  ...[
    '{"userinfo":{"email":null}}',
    '{"userinfo":{"email":{"essential":true}}}',
    '{"userinfo":{"unknown":null}}',
    '{"id_token":{"email":null}}',
  ].map((claims) =>
    tell(`the claims ${claims}`, async (side) => get(side, `Bearer ${await accessToken(side, { claims })}`)),
  ),
  tell('another method', (side) => side.party.ask('PUT', side.pathOf('userinfo_endpoint'))),
  tell('a POST of JSON', async (side) =>
    side.party.ask('POST', side.pathOf('userinfo_endpoint'), { body: { access_token: await accessToken(side) } }),
  ),
];
