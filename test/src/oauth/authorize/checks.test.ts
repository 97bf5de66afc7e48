import { describe, expect, it } from 'vitest';
import { CHECKS, checksOf } from '../../../../src/oauth/authorize/checks.ts';
import { AUTHORIZATION_PARAMETERS } from '../../../../src/oauth/authorize/parameters.ts';
import {
  accepted,
  CB,
  CHALLENGE,
  check,
  codeOf,
  PUBLIC,
  pageOf,
  refused,
} from '../../../support/authorization-checks.ts';
import { HOSTILE_TEXTS } from '../../../support/hostile-texts.ts';

describe('the checks of authorization requests', () => {
  it('stand in one order, those first without which an answer could go to an attacker', () => {
    expect(checksOf('authorize').map(({ name }) => name)).toEqual([
      'client_id',
      'redirect_uri',
      'response_mode',
      'duplicates',
      'request object',
      'request',
      'response_type',
      'scope',
      'prompt',
      'code_challenge',
      'max_age',
      'claims',
      'id_token_hint',
      'login_hint',
      'second factor',
      'acr_values',
      'ui_locales',
    ]);
    expect(CHECKS.every(({ clause }) => /^(RFC \d+|OIDC Core|OAuth\.Responses) \d/.test(clause))).toBe(true);
  });

  it('concern of a pushed request all but the client, which authenticates itself (RFC 9126 section 2.1)', () => {
    expect(checksOf('par')).toEqual(checksOf('authorize').slice(1));
  });

  it('accept a request with what is needed, and read it', async () => {
    expect(await accepted({})).toEqual({
      client: PUBLIC,
      redirectUri: CB,
      responseMode: 'query',
      state: 'st',
      scopes: ['openid'],
      isOffline: false,
      prompts: new Set(),
      challenge: CHALLENGE,
      nonce: null,
      maxAgeSeconds: null,
      claims: null,
      subject: null,
      loginHint: null,
      acr: null,
      locales: null,
    });
  });

  it('ignore unknown parameters, also repeated ones and those with hostile names', async () => {
    for (const name of ['foo', 'constructor', '__proto__', 'toString', 'CLIENT_ID', ''])
      expect(await codeOf({ [name]: ['a', 'b', '\0'] })).toBeNull();
  });

  it('count a parameter without a value as absent (RFC 6749 section 3.1)', async () => {
    expect(
      await accepted({ nonce: '', max_age: '', claims: '', request: '', response_mode: '', prompt: '' }),
    ).toMatchObject({
      nonce: null,
      maxAgeSeconds: null,
      responseMode: 'query',
    });
    expect(await pageOf({ client_id: '' })).toBe('invalid AUTHORIZATION_CLIENT_INVALID');
    expect(await codeOf({ response_type: '' })).toBe('invalid_request');
    expect(await accepted({ nonce: [] })).toMatchObject({ nonce: null });
  });
});

describe('a refusal that goes to the application', () => {
  it('goes in the mode that was asked for, with the state', async () => {
    const to = { code: 'invalid_request', redirectUri: CB, state: 'st' };
    expect(await refused({ max_age: 'x' })).toEqual({ ...to, responseMode: 'query' });
    for (const mode of ['query', 'fragment', 'form_post'])
      expect(await refused({ response_mode: mode, max_age: 'x' })).toEqual({ ...to, responseMode: mode });
  });

  it.each(['web_message', 'jwt', 'FRAGMENT', 'query fragment', 'toString'])(
    'goes as a query where the mode is not known: %j',
    async (mode) => {
      expect(await refused({ response_mode: mode })).toMatchObject({ code: 'invalid_request', responseMode: 'query' });
    },
  );

  it('has no state where there are two, or where it is longer than 4 KiB', async () => {
    expect(await refused({ state: ['a', 'b'] })).toMatchObject({ code: 'invalid_request', state: null });
    expect(await refused({ state: 'x'.repeat(20_000) })).toMatchObject({ code: 'invalid_request', state: null });
    expect(await refused({ state: '\u{1F642}'.repeat(1025) })).toMatchObject({ code: 'invalid_request', state: null });
    expect(await refused({ state: 'a\0' })).toMatchObject({ code: 'invalid_request', state: null });
  });

  it.each([
    ['fragment', 'token'],
    ['fragment', 'id_token'],
    ['fragment', 'code id_token'],
    ['fragment', 'code token'],
    ['query', 'none'],
    ['query', 'code tokens'],
    ['query', ['token', 'token']],
  ])(
    'goes in the %s for the response type %j, unless a mode is named (OAuth.Responses sections 3 and 5)',
    async (mode, type) => {
      expect(await refused({ response_type: type })).toMatchObject({ responseMode: mode });
      const named = { response_type: type, response_mode: 'form_post' };
      expect(await refused(named)).toMatchObject({ responseMode: 'form_post' });
    },
  );

  it('keeps a state of 4 KiB, whatever it holds', async () => {
    for (const state of ['x'.repeat(4096), '\u{1F642}'.repeat(1024), ' "\'<&%00+\r\n', '__proto__'])
      expect((await accepted({ state })).state).toBe(state);
  });

  it.each(Object.keys(AUTHORIZATION_PARAMETERS).filter((name) => name !== 'client_id' && name !== 'redirect_uri'))(
    'tells that a parameter is repeated: %s',
    async (name) => {
      expect(await codeOf({ [name]: ['a', 'a'] })).toBe('invalid_request');
      expect(await codeOf({ [name]: ['', ''] })).toBe('invalid_request');
    },
  );

  it.each(Object.keys(AUTHORIZATION_PARAMETERS).filter((name) => name !== 'client_id' && name !== 'redirect_uri'))(
    'is made of every hostile value, and of no other error: %s',
    async (name) => {
      for (const text of [...Object.values(HOSTILE_TEXTS), 'a\0b', '\ud800', 'x'.repeat(70_000)]) {
        const checked = await check({ [name]: text });
        if ('refused' in checked) expect(checked.refused.message).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
      }
      expect(await codeOf({ [name]: 'a\0b' })).toBe('invalid_request');
    },
  );

  it.each([
    ['request', 'request_not_supported'],
    ['request_uri', 'request_uri_not_supported'],
    ['registration', 'registration_not_supported'],
  ])('has a code for %s, before the type of the answer is looked at', async (name, code) => {
    expect(await codeOf({ [name]: 'x', response_type: 'token' })).toBe(code);
  });
});
