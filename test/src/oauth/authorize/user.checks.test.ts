import { describe, expect, it } from 'vitest';
import { madeUpClient } from '../../../support/authorization.ts';
import { accepted, codeOf, type Sent, type Setting } from '../../../support/authorization-checks.ts';

describe('`prompt` of an authorization request', () => {
  it.each([
    ['none', ['none']],
    ['login', ['login']],
    ['consent login', ['consent', 'login']],
    ['select_account login consent', ['select_account', 'login', 'consent']],
    [' login  login ', ['login']],
  ])('is a set: %j', async (prompt, names) => {
    expect([...(await accepted({ prompt })).prompts]).toEqual(names);
  });

  it.each([
    'none login',
    'login none',
    'none consent',
    'none select_account',
    'create',
    'login create',
    'None',
    'toString',
  ])('is refused: %j', async (prompt) => {
    expect(await codeOf({ prompt })).toBe('invalid_request');
  });
});

describe('`max_age` of an authorization request', () => {
  const maxAgeOf = async (sent: Sent, setting?: Setting) => (await accepted(sent, setting)).maxAgeSeconds;

  it('is a number of seconds, which wins over that of the client', async () => {
    const client = madeUpClient({ client: { metadata: { default_max_age: 60 } } });
    expect(await maxAgeOf({ max_age: '0' })).toBe(0);
    expect(await maxAgeOf({ max_age: '999999999999999' })).toBe(999_999_999_999_999);
    expect(await maxAgeOf({}, { client })).toBe(60);
    expect(await maxAgeOf({ max_age: '5' }, { client })).toBe(5);
  });

  it.each(['-1', 'x', '1.5', '1e3', ' 1', '+1', '0x10', '\u0663', '9'.repeat(16)])('is never %j', async (maxAge) => {
    expect(await codeOf({ max_age: maxAge })).toBe('invalid_request');
  });
});

describe('`claims` of an authorization request', () => {
  it('are read by their names', async () => {
    const claims = {
      id_token: { acr: { essential: true, values: ['2fa'], foo: 1 }, email: null },
      userinfo: { address: { essential: false }, name: {} },
      verified_claims: { x: 1 },
    };
    expect((await accepted({ claims: JSON.stringify(claims) })).claims).toEqual({
      idToken: { email: null },
      userinfo: { address: null, name: null },
    });
    expect((await accepted({ claims: '{}' })).claims).toEqual({ idToken: {}, userinfo: {} });
    expect((await accepted({ claims: '{"id_token":null}' })).claims).toEqual({ idToken: {}, userinfo: {} });
  });

  it('leave nothing behind that changes nothing, because they are kept before anybody has signed in', async () => {
    const long = 'x'.repeat(20_000);
    const many = Array.from({ length: 200 }, () => 'anna');
    const claims = {
      id_token: { sub: { values: many }, email: { value: long }, acr: { essential: true, values: [long, '2fa'] } },
      userinfo: { [long]: null, sub: { value: 'anna' }, constructor: null, name: { essential: true } },
    };
    const { claims: kept, acr } = await accepted({ claims: JSON.stringify(claims) });
    expect(kept).toEqual({ idToken: { sub: { value: 'anna' }, email: null }, userinfo: { name: null } });
    expect(acr).toEqual({ values: ['2fa'], isEssential: true });
  });

  it.each([
    '{',
    'null',
    '[]',
    '"x"',
    '{"id_token":[]}',
    '{"id_token":"x"}',
    '{"id_token":{"email":true}}',
    '{"id_token":{"email":{"essential":"yes"}}}',
    '{"userinfo":{"email":{"values":"x"}}}',
    '{"userinfo":{"__proto__":null}}',
    '{"userinfo":{"a":{"value":"\\u0000"}}}',
    '{"userinfo":{"a":{"value":12345678901234567890}}}',
    `{"userinfo":${'{"a":'.repeat(20)}null${'}'.repeat(20)}}`,
  ])('are refused: %j', async (claims) => {
    expect(await codeOf({ claims })).toBe('invalid_request');
  });

  it('are at most 64 KB', async () => {
    const sized = (bytes: number) => `{"userinfo":{"${'x'.repeat(bytes - 22)}":null}}`;
    expect(sized(65_536)).toHaveLength(65_536);
    expect(await codeOf({ claims: sized(65_536) })).toBeNull();
    expect(await codeOf({ claims: sized(65_537) })).toBe('invalid_request');
  });

  it('may name the user, one and the same everywhere (OpenID Connect Core section 5.5.1)', async () => {
    const subjectOf = async (claims: object) => (await accepted({ claims: JSON.stringify(claims) })).subject;
    expect(await subjectOf({ id_token: { sub: { value: 'anna' } } })).toBe('anna');
    expect(await subjectOf({ userinfo: { sub: { value: 'anna' } }, id_token: { sub: { values: ['anna'] } } })).toBe(
      'anna',
    );
    expect(await subjectOf({ id_token: { sub: null, constructor: { value: 'x' } } })).toBeNull();
    for (const sub of [{ values: ['anna', 'boris'] }, { value: 7 }, { value: null }, { value: 'a'.repeat(129) }])
      expect(await codeOf({ claims: JSON.stringify({ id_token: { sub } }) })).toBe('invalid_request');
  });
});

describe('`id_token_hint` of an authorization request', () => {
  it('names the user', async () => {
    expect((await accepted({ id_token_hint: 'token of anna' })).subject).toBe('anna');
  });

  it('is refused where it is no ID token of the issuer, or names another user than `claims`', async () => {
    expect(await codeOf({ id_token_hint: 'forged' })).toBe('invalid_request');
    const claims = '{"id_token":{"sub":{"value":"boris"}}}';
    expect(await codeOf({ id_token_hint: 'token of anna', claims })).toBe('invalid_request');
    expect((await accepted({ id_token_hint: 'token of boris', claims })).subject).toBe('boris');
  });
});

describe('the classes of authentication of a request', () => {
  const acrOf = async (sent: Sent, setting?: Setting) => (await accepted(sent, setting)).acr;

  it('are those of `acr_values`, which are not essential, else those of the client', async () => {
    const client = madeUpClient({ client: { metadata: { default_acr_values: ['2fa'] } } });
    expect(await acrOf({})).toBeNull();
    expect(await acrOf({ acr_values: ' phr  2fa phr' })).toEqual({ values: ['phr', '2fa'], isEssential: false });
    expect(await acrOf({}, { client })).toEqual({ values: ['2fa'], isEssential: false });
    expect(await acrOf({ acr_values: '1fa' }, { client })).toEqual({ values: ['1fa'], isEssential: false });
    expect((await acrOf({ acr_values: Array.from({ length: 50 }, (_, at) => at).join(' ') }))?.values).toHaveLength(20);
    expect((await acrOf({ acr_values: `${'x'.repeat(256)} 2fa` }))?.values).toEqual(['2fa']);
  });

  it('are those of the claim, which may be essential, before those of `acr_values`', async () => {
    const asked = (acr: unknown) => ({ claims: JSON.stringify({ id_token: { acr } }), acr_values: '1fa' });
    expect(await acrOf(asked({ essential: true, value: '2fa' }))).toEqual({ values: ['2fa'], isEssential: true });
    expect(await acrOf(asked({ essential: true, values: ['2fa', 'phr', 7] }))).toEqual({
      values: ['2fa', 'phr'],
      isEssential: true,
    });
    expect(await acrOf(asked({ values: ['2fa'] }))).toEqual({ values: ['2fa'], isEssential: false });
    expect(await acrOf(asked({ essential: true, value: 'x'.repeat(256) }))).toEqual({ values: [], isEssential: true });
    expect(await acrOf(asked({ essential: true }))).toEqual({ values: ['1fa'], isEssential: false });
    expect(await acrOf(asked(null))).toEqual({ values: ['1fa'], isEssential: false });
  });
});

describe('hints for the pages', () => {
  it('are passed on, and never refused', async () => {
    const sent = { login_hint: 'anna@example.com', ui_locales: 'de-AT en', display: 'hologram', claims_locales: 'x' };
    expect(await accepted(sent)).toMatchObject({ loginHint: 'anna@example.com', locales: 'de-AT en' });
    expect((await accepted({ login_hint: '\t anna ' })).loginHint).toBe('anna');
    expect((await accepted({ login_hint: ' ' })).loginHint).toBeNull();
    expect(await accepted({ login_hint: 'x'.repeat(321), ui_locales: 'x'.repeat(101) })).toMatchObject({
      loginHint: null,
      locales: null,
    });
  });
});
