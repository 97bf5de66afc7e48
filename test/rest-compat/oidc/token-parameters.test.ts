import { describe, expect, it } from 'vitest';
import { oauthErrors } from '../../../src/oauth/index.ts';
import { blitzOfSuite } from '../../support/blitz.ts';

const FORM = 'application/x-www-form-urlencoded';
const GRANT = 'grant_type=client_credentials';
const LONG = 'x'.repeat(20_480);

/** Token requests of a client that authenticates by Basic, and the answer: a status and an OAuth error. */
const REQUESTS: readonly (readonly [name: string, form: string, answer: readonly unknown[]])[] = [
  ['no grant_type', 'scope=user:read', [400, 'invalid_request', oauthErrors.GRANT_TYPE_REQUIRED().message]],
  ['an empty grant_type', 'grant_type=', [400, 'invalid_request', oauthErrors.GRANT_TYPE_REQUIRED().message]],
  ['grant_type twice', `${GRANT}&${GRANT}`, [400, 'invalid_request', 'grant_type: The parameter is repeated.']],
  [
    'an unknown grant_type',
    'grant_type=x',
    [400, 'unsupported_grant_type', oauthErrors.GRANT_TYPE_UNSUPPORTED().message],
  ],
  [
    'a grant_type of 20 KB',
    `grant_type=${LONG}`,
    [400, 'invalid_request', 'grant_type: A text has at most 16384 characters.'],
  ],
  ['an empty scope', `${GRANT}&scope=`, [200]],
  ['scope twice', `${GRANT}&scope=a&scope=a`, [400, 'invalid_request', 'scope: The parameter is repeated.']],
  ['scope twice, once empty', `${GRANT}&scope=&scope=a`, [400, 'invalid_request', 'scope: The parameter is repeated.']],
  [
    'a scope of 20 KB',
    `${GRANT}&scope=${LONG}`,
    [400, 'invalid_request', 'scope: A text has at most 16384 characters.'],
  ],
  [
    'a scope with NUL',
    `${GRANT}&scope=a%00b`,
    [400, 'invalid_request', 'scope: The text holds characters that cannot be stored.'],
  ],
  ['an unknown parameter', `${GRANT}&colour=blue`, [200]],
  ['an unknown parameter twice', `${GRANT}&colour=blue&colour=red`, [200]],
  ['an unknown parameter of 20 KB', `${GRANT}&colour=${LONG}`, [200]],
  ['an unknown parameter with NUL, and one without a name', `${GRANT}&colour=%00&=x`, [200]],
  ['a parameter that this grant does not read', `${GRANT}&refresh_token=x`, [200]],
  ['an assertion beside the secret, which no operation gets', `${GRANT}&client_assertion=x&client_assertion=y`, [200]],
  ['the names of members of objects', `${GRANT}&__proto__=x&constructor=y&toString=z`, [200]],
];

describe.each([
  ['native', '/t/master/oauth/token'],
  ['suite', '/blitz/oauth/te'],
])('the token endpoint of the %s issuer reads parameters as RFC 6749 section 3.2 says', (kind, path) => {
  const blitz = blitzOfSuite();
  const post = async (body: string, query = ''): Promise<readonly unknown[]> => {
    const headers = { 'content-type': FORM, authorization: blitz.basic };
    const { status, json } = await blitz.rest.ask('POST', `${path}${query}`, { headers, body });
    return status === 200 ? [status] : [status, json.error, json.error_description];
  };

  it.each(REQUESTS)('%s', async (_, form, answer) => {
    expect(await post(form)).toEqual(answer);
  });

  it('a form with more than 1000 parameters is refused before any of them is read', async () => {
    const more = (count: number) => `${GRANT}${'&x'.repeat(count)}`;
    expect(await post(more(999))).toEqual([200]);
    expect(await post(more(1000))).toEqual([413, 'invalid_request', 'A request has at most 1000 parameters.']);
  });

  it('records a refused parameter by its error code, without its values', async () => {
    await post(`${GRANT}&scope=secret-1&scope=secret-2&password=secret-3`);
    const event = (await blitz.world.events(blitz.tenant)).at(-1);
    expect(event).toMatchObject({
      type: 'token.refused',
      reason: 'TOKEN_PARAMETER_INVALID',
      params: { grantType: 'client_credentials', issuerKind: kind },
    });
    expect(JSON.stringify(event)).not.toContain('secret-');
  });
});

describe('the token endpoint of the native issuer', () => {
  const blitz = blitzOfSuite();
  const post = (form: Record<string, string>) =>
    blitz.rest.ask('POST', '/t/master/oauth/token', {
      headers: { 'content-type': FORM, authorization: blitz.basic },
      body: new URLSearchParams(form).toString(),
    });

  it.each([
    ['username', { grant_type: 'password', password: 'x' }],
    ['password', { grant_type: 'password', username: 'anna' }],
    ['password without a value', { grant_type: 'password', username: 'anna', password: '' }],
    ['refresh_token', { grant_type: 'refresh_token' }],
  ])('refuses a request without a parameter that the grant requires: %s', async (_, form) => {
    const { status, json } = await post(form);
    expect([status, json]).toEqual([
      400,
      {
        error: 'invalid_request',
        error_description: oauthErrors.TOKEN_PARAMETER_INVALID().message,
      },
    ]);
  });
});

describe('the token endpoint of the suite issuer', () => {
  const blitz = blitzOfSuite();

  it('counts the parameters of query and form together', async () => {
    const headers = { 'content-type': FORM, authorization: blitz.basic };
    const { status, json } = await blitz.rest.ask('POST', `/blitz/oauth/te?${GRANT}`, { headers, body: GRANT });
    expect([status, json.error_description]).toEqual([400, 'grant_type: The parameter is repeated.']);
  });
});
